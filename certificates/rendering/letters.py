"""Letters and receipts: an organisation's writing paper, upright, as many pages as the words take."""

import functools
import html
import string
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from badgecert.core.codes import grouped
from certificates.rendering.dates import plain
from certificates.rendering.design import PAPERS
from certificates.rendering.pdf import Signatory, identifier_of
from certificates.rendering.qr import print_qr_svg
from certificates.rendering.typefaces import BESLEY, SCRIPT
from certificates.rendering.typesetting import Typesetter, css_family, direction, kind_of

_LAYOUT = Path(__file__).with_name("layouts")


@dataclass(frozen=True)
class LetterFacts:
    title: str
    """Of the document, and its heading."""
    sender: str
    sender_lines: tuple[str, ...]
    """Postal address and how to reach them, below the name."""
    addressee: tuple[str, ...]
    dated: date
    paragraphs: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    """What is confirmed, label and value."""
    code: str
    verify_url: str
    check: str
    """The words beside the QR code."""
    logo: bytes | None = None
    signatory: Signatory | None = None
    paper: str = "a4"
    language: str = "en"
    log_head: str = ""
    """As certificates carry it."""


def render_letter(facts: LetterFacts) -> bytes:
    """Raises CertificateError rather than print boxes or leave gaps."""
    from certificates.rendering.engine import write_pdf  # noqa: PLC0415  # as in pdf.py

    setter = Typesetter(facts.language, BESLEY)
    content = _html(facts, setter)
    pictures = {"qr.svg": print_qr_svg(facts.verify_url).encode()}
    if facts.logo:
        pictures["logo"] = facts.logo
    if facts.signatory and facts.signatory.signature_png:
        pictures["signature"] = facts.signatory.signature_png
    assets = {name: (picture, kind_of(picture)) for name, picture in pictures.items()}
    return write_pdf(
        html=content,
        style=_style(facts.paper),
        faces=frozenset(setter.faces),
        assets=assets,
        identifier=identifier_of(content, assets, facts.log_head.encode()),
        log_head=facts.log_head,
    )


def _html(facts: LetterFacts, setter: Typesetter) -> str:
    values = {
        "language": html.escape(facts.language),
        "title": html.escape(facts.title),
        "heading": setter.text(facts.title),
        "sender": setter.text(facts.sender),
        "plain_sender": html.escape(facts.sender),
        "logo": f'<img class="logo" src="asset:logo" alt="{html.escape(facts.sender)}">' if facts.logo else "",
        "sender_lines": _lines(facts.sender_lines, setter),
        "addressee": _lines(facts.addressee, setter),
        "dated": plain(facts.dated),
        "iso_dated": facts.dated.isoformat(),
        "paragraphs": "".join(f'<p dir="{direction(text)}">{setter.text(text)}</p>' for text in facts.paragraphs),
        "rows": "".join(
            f'<tr><th scope="row">{setter.text(label)}</th><td>{setter.text(value)}</td></tr>'
            for label, value in facts.rows
        ),
        "signature": _signature(facts.signatory, setter) if facts.signatory else "",
        "check": setter.text(facts.check),
        "verify_url": html.escape(facts.verify_url),
        "code": grouped(facts.code),
        "qr_alternative": html.escape(f"{facts.check}: {facts.verify_url}"),
    }
    return _template().substitute(values)


def _lines(lines: Sequence[str], setter: Typesetter) -> str:
    return "<br>".join(setter.text(line) for line in lines if line)


def _signature(signatory: Signatory, setter: Typesetter) -> str:
    if signatory.signature_png:
        hand = f'<img src="asset:signature" alt="{html.escape(signatory.name)}">'
    else:
        family = html.escape(f"font-family: {css_family(setter.faces_for(signatory.name, SCRIPT))}")
        hand = f'<span style="{family}" dir="{direction(signatory.name)}">{html.escape(signatory.name)}</span>'
    return (
        f'<div class="signature"><p class="hand">{hand}</p>'
        f'<p class="name">{setter.text(signatory.name)}</p><p>{setter.text(signatory.title)}</p></div>'
    )


@functools.cache
def _template() -> string.Template:
    return string.Template((_LAYOUT / "writing_paper.html").read_text())


@functools.cache
def _style(paper: str) -> str:
    sheet = PAPERS[paper]
    page = f"@page {{ size: {sheet.height}mm {sheet.width}mm; margin: 22mm 24mm 38mm }}\n"
    return page + (_LAYOUT / "writing_paper.css").read_text()
