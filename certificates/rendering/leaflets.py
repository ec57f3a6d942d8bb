"""Leaflets: pages of the site's own words and pictures, set for paper."""

import html
import re
from dataclasses import dataclass
from pathlib import Path

from certificates.rendering.design import PAPERS
from certificates.rendering.pdf import identifier_of
from certificates.rendering.typefaces import BESLEY, TEXT
from certificates.rendering.typesetting import Typesetter, css_family

_STYLE = Path(__file__).with_name("layouts") / "leaflet.css"
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True)
class LeafletFacts:
    page: str
    """A whole HTML document of ours. Its pictures are `asset:NAME`."""
    pictures: tuple[tuple[str, bytes, str], ...]
    """Name, content, media type."""
    language: str = "en"
    paper: str = "a4"


def render_leaflet(facts: LeafletFacts) -> bytes:
    """Raises CertificateError rather than print boxes or leave gaps."""
    from certificates.rendering.engine import write_pdf  # noqa: PLC0415  # as in pdf.py

    setter = Typesetter(facts.language, BESLEY)
    words = "".join(sorted(set(html.unescape(_TAG.sub("", facts.page))) - set("\n\r\t")))
    family = css_family(setter.faces_for(words, TEXT))
    sheet = PAPERS[facts.paper]
    style = f"@page {{ size: {sheet.height}mm {sheet.width}mm }}\nhtml {{ font-family: {family} }}\n"
    assets = {name: (content, kind) for name, content, kind in facts.pictures}
    return write_pdf(
        html=facts.page,
        style=style + _STYLE.read_text(),
        faces=frozenset(setter.faces),
        assets=assets,
        identifier=identifier_of(facts.page, assets),
    )
