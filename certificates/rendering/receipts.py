"""Receipts: what this site checked, when, and what it found, on a sheet that can be filed."""

import functools
import html
import string
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from certificates.rendering.design import PAPERS
from certificates.rendering.pdf import identifier_of
from certificates.rendering.qr import print_qr_svg
from certificates.rendering.typefaces import BESLEY
from certificates.rendering.typesetting import Typesetter, direction

_LAYOUT = Path(__file__).with_name("layouts")


class ReceiptLine(NamedTuple):
    """One thing that was checked."""

    outcome: str
    """passed, failed or could_not_check."""
    outcome_word: str
    title: str
    sentence: str


class ReceiptSection(NamedTuple):
    heading: str
    rows: tuple[tuple[str, str], ...]
    """Label and value."""


@dataclass(frozen=True)
class ReceiptFacts:
    title: str
    """Of the document, and its heading."""
    site: str
    host: str
    checked_at: datetime
    checked: str
    """The same in words."""
    tone: str
    """Of the verdict: valid, warn, danger or calm."""
    word: str
    headline: str
    summary: str
    facts: tuple[tuple[str, str], ...]
    checks_heading: str
    checks: tuple[ReceiptLine, ...]
    sections: tuple[ReceiptSection, ...]
    notes: tuple[str, ...]
    check: str
    """The words beside the QR code, which leads to `address`."""
    address: str
    code: str
    """As it is printed; empty for a badge of another platform."""
    paper: str = "a4"
    language: str = "en"
    log_head: str = ""
    """As certificates carry it."""


def render_receipt(facts: ReceiptFacts) -> bytes:
    """Raises CertificateError rather than print boxes or leave gaps."""
    from certificates.rendering.engine import write_pdf  # noqa: PLC0415  # as in pdf.py

    setter = Typesetter(facts.language, BESLEY)
    content = _html(facts, setter)
    assets = {"qr.svg": (print_qr_svg(facts.address).encode(), "image/svg+xml")}
    return write_pdf(
        html=content,
        style=_style(facts.paper),
        faces=frozenset(setter.faces),
        assets=assets,
        identifier=identifier_of(content, assets, facts.log_head.encode()),
        log_head=facts.log_head,
    )


def _html(facts: ReceiptFacts, setter: Typesetter) -> str:
    values = {
        "language": html.escape(facts.language),
        "title": html.escape(facts.title),
        "plain_site": html.escape(facts.site),
        "iso_checked_at": facts.checked_at.isoformat(timespec="seconds"),
        "heading": setter.text(facts.title),
        "site": setter.text(facts.site),
        "host": setter.text(facts.host),
        "checked": setter.text(facts.checked),
        "tone": html.escape(facts.tone),
        "word": setter.text(facts.word),
        "headline": setter.text(facts.headline),
        "headline_direction": direction(facts.headline),
        "summary": setter.text(facts.summary),
        "facts": _table(facts.facts, setter),
        "checks": _checks(facts, setter),
        "sections": "".join(_section(section, setter) for section in facts.sections),
        "notes": "".join(f"<p>{setter.text(note)}</p>" for note in facts.notes),
        "check": setter.text(facts.check),
        "address": html.escape(facts.address),
        "code": html.escape(facts.code),
        "qr_alternative": html.escape(f"{facts.check}: {facts.address}"),
    }
    return _template().substitute(values)


def _table(rows: tuple[tuple[str, str], ...], setter: Typesetter) -> str:
    if not rows:
        return ""
    written = "".join(
        f'<tr><th scope="row">{setter.text(label)}</th><td dir="{direction(value)}">{setter.text(value)}</td></tr>'
        for label, value in rows
    )
    return f"<table>{written}</table>"


def _checks(facts: ReceiptFacts, setter: Typesetter) -> str:
    if not facts.checks:
        return ""
    lines = "".join(
        f'<tr class="{html.escape(line.outcome)}"><th scope="row" class="outcome">{setter.text(line.outcome_word)}</th>'
        f"<td><b>{setter.text(line.title)}</b><br>{setter.text(line.sentence)}</td></tr>"
        for line in facts.checks
    )
    return f"<h2>{setter.text(facts.checks_heading)}</h2><table>{lines}</table>"


def _section(section: ReceiptSection, setter: Typesetter) -> str:
    return f'<section class="small"><h2>{setter.text(section.heading)}</h2>{_table(section.rows, setter)}</section>'


@functools.cache
def _template() -> string.Template:
    return string.Template((_LAYOUT / "receipt.html").read_text())


@functools.cache
def _style(paper: str) -> str:
    sheet = PAPERS[paper]
    page = f"@page {{ size: {sheet.height}mm {sheet.width}mm; margin: 13mm 22mm 31mm }}\n"
    return page + (_LAYOUT / "receipt.css").read_text()
