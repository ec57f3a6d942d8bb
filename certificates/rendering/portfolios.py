"""A person's badges as a list on paper, each with the address at which it is checked."""

import functools
import html
import string
from dataclasses import dataclass
from pathlib import Path

from certificates.rendering.design import PAPERS
from certificates.rendering.pdf import identifier_of
from certificates.rendering.qr import print_qr_svg
from certificates.rendering.typefaces import BESLEY
from certificates.rendering.typesetting import Typesetter, kind_of

_LAYOUTS = Path(__file__).with_name("layouts")


@dataclass(frozen=True)
class ListedBadge:
    name: str
    issuer: str
    holder: str
    lines: tuple[str, ...]
    """Such as "Issued 14 March 2025, valid until 13 March 2028"."""
    url: str
    """Where it is checked."""
    picture: bytes
    """PNG or SVG."""


@dataclass(frozen=True)
class PortfolioFacts:
    title: str
    person: str
    dated: str
    """Such as "As it stood on 22 November 2026"."""
    note: str
    """How a reader checks what stands here, and what was left out."""
    badges: tuple[ListedBadge, ...]
    url: str = ""
    """Of the same list on the web; empty when there is none."""
    check: str = ""
    """The words beside the QR code."""
    paper: str = "a4"
    language: str = "en"


def render_portfolio(facts: PortfolioFacts) -> bytes:
    """As many pages as it takes. Raises CertificateError rather than print boxes or leave gaps."""
    from certificates.rendering.engine import write_pdf  # noqa: PLC0415  # as in pdf.py

    setter = Typesetter(facts.language, BESLEY)
    pictures = {f"badge-{number}": badge.picture for number, badge in enumerate(facts.badges)}
    if facts.url:
        pictures["qr.svg"] = print_qr_svg(facts.url).encode()
    assets = {name: (picture, kind_of(picture)) for name, picture in pictures.items()}
    content = _template().substitute(
        language=html.escape(facts.language),
        plain_title=html.escape(f"{facts.title} \u2013 {facts.person}"),
        plain_person=html.escape(facts.person),
        title=setter.text(facts.title),
        person=setter.text(facts.person),
        dated=setter.text(facts.dated),
        note=setter.text(facts.note),
        address=_address(facts, setter),
        badges="".join(_badge(badge, number, setter) for number, badge in enumerate(facts.badges)),
    )
    return write_pdf(
        html=content,
        style=_style(facts.paper),
        faces=frozenset(setter.faces),
        assets=assets,
        identifier=identifier_of(content, assets),
    )


def _badge(badge: ListedBadge, number: int, setter: Typesetter) -> str:
    lines = "".join(f"<p>{setter.text(line)}</p>" for line in badge.lines)
    return (
        f'<li><img src="asset:badge-{number}" alt="{html.escape(badge.name)}">'
        f"<div><h2>{setter.text(badge.name)}</h2><p>{setter.text(badge.issuer)}</p>{lines}"
        f'<p class="url"><a href="{html.escape(badge.url)}">{html.escape(badge.url)}</a></p></div></li>'
    )


def _address(facts: PortfolioFacts, setter: Typesetter) -> str:
    if not facts.url:
        return ""
    url = html.escape(facts.url)
    return (
        f'<p class="qr"><a href="{url}"><img src="asset:qr.svg" alt="{html.escape(facts.check)}: {url}"></a>'
        f'<b>{setter.text(facts.check)}</b><br><a href="{url}">{url}</a></p>'
    )


@functools.cache
def _template() -> string.Template:
    return string.Template((_LAYOUTS / "portfolio.html").read_text())


@functools.cache
def _style(paper: str) -> str:
    sheet = PAPERS[paper]
    page = f"@page {{ size: {sheet.height}mm {sheet.width}mm; margin: 20mm 22mm 22mm }}\n"
    return page + (_LAYOUTS / "portfolio.css").read_text()
