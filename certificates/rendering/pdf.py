"""The PDF of a certificate. Plain Python: values in, bytes out, the same bytes for the same values."""

import functools
import hashlib
import html
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from badgecert.core.codes import grouped
from badgecert.core.glyphs import unrenderable
from certificates.rendering.attached import Attached
from certificates.rendering.design import PAPERS, Design, Paper
from certificates.rendering.exceptions import UnrenderableTextError
from certificates.rendering.fitting import Room, fit
from certificates.rendering.layouts.engraved import ENGRAVED
from certificates.rendering.qr import print_qr_svg
from certificates.rendering.typefaces import (
    BESLEY,
    DISPLAY,
    PUBLIC_SANS,
    SCRIPT,
    TEXT,
    Typeface,
    is_right_to_left,
    typefaces_for,
)

DESIGNS = {design.name: design for design in (ENGRAVED,)}
MOST_SIGNATORIES = 2

_LAYOUTS = Path(__file__).with_name("layouts")
_POINTS_PER_MM = 72 / 25.4
_SIGNATURE_SIZES = (19, 11)


class Signatory(NamedTuple):
    name: str
    title: str
    signature_png: bytes | None = None
    """Without it the name stands above the line in a script type."""


@dataclass(frozen=True)
class Wording:
    """The words round the facts, in the language of the certificate."""

    heading: str = "Certificate"
    awarded_to: str = "awarded to"
    met_requirements: str = "who has met the requirements for"
    check: str = "Check this certificate"
    dates: str = ""
    """The line with the dates; written in English when it is left out."""


@dataclass(frozen=True)
class CertificateFacts:
    recipient_name: str
    badge_name: str
    issuer_name: str
    description: str
    issued_on: date
    expires_on: date | None
    code: str
    verify_url: str
    badge_png: bytes
    badge_svg: bytes | None = None
    """Preferred, because it is sharp at every size."""
    issuer_logo: bytes | None = None
    """PNG or SVG."""
    signatories: tuple[Signatory, ...] = ()
    wording: Wording = field(default_factory=Wording)
    design: str = ENGRAVED.name
    paper: str = "a4"
    stamp: str | None = None
    """Such as "Expired on 13 March 2026" or "Revoked on 3 October 2026"."""
    language: str = "en"
    credential: bytes = b""
    """The signed credential, attached as credential.json."""

    def __post_init__(self) -> None:
        if len(self.signatories) > MOST_SIGNATORIES:
            msg = f"A certificate has room for {MOST_SIGNATORIES} signatories."
            raise ValueError(msg)


def render_certificate(facts: CertificateFacts) -> bytes:
    """One page, tagged and searchable. Raises CertificateError rather than print boxes or leave gaps."""
    # WeasyPrint is large and needs system libraries: only the processes that print load it.
    from certificates.rendering.engine import write_pdf  # noqa: PLC0415

    page = _Page(facts)
    content, assets = page.html(), page.assets()
    return write_pdf(
        html=content,
        style=_style(page.design, PAPERS[facts.paper]),
        faces=frozenset(page.faces),
        assets=assets,
        attached=_attachment(facts),
        identifier=_identifier(content, assets, facts.credential),
    )


def _attachment(facts: CertificateFacts) -> Attached | None:
    if not facts.credential:
        return None
    # A moment of its own, so that the same facts give the same bytes.
    made_at = datetime.combine(facts.issued_on, time.min, tzinfo=UTC)
    return Attached("credential.json", facts.credential, "Open Badges 3.0 credential", made_at)


class _Page:
    """The HTML of one certificate, and the typefaces its texts turned out to need."""

    def __init__(self, facts: CertificateFacts) -> None:
        self.facts = facts
        self.design = DESIGNS[facts.design]
        self.faces: set[Typeface] = {BESLEY, PUBLIC_SANS}
        self._text_width = (PAPERS[facts.paper].width - 2 * self.design.side_margin) * _POINTS_PER_MM

    def html(self) -> str:
        facts, design, wording = self.facts, self.design, self.facts.wording
        address = urlsplit(facts.verify_url)
        values = {
            "language": html.escape(facts.language),
            "document_title": html.escape(f"Certificate: {facts.badge_name} \u2013 {facts.recipient_name}"),
            "description": html.escape(facts.description),
            "issued_on": facts.issued_on.isoformat(),
            "heading": html.escape(wording.heading),
            "heading_family": self._family(wording.heading, DISPLAY),
            "heading_direction": _direction(wording.heading),
            "awarded_to": self._text(wording.awarded_to),
            "met_requirements": self._text(wording.met_requirements),
            "dates": self._text(wording.dates or _english_dates(facts)),
            "check": self._text(wording.check),
            "verify_url": html.escape(facts.verify_url),
            "printed_host": html.escape(address.netloc),
            "printed_path": html.escape(address.path),
            "grouped_code": grouped(facts.code),
            "badge_alternative": html.escape(facts.badge_name),
            "qr_alternative": html.escape(f"{wording.check}: {facts.verify_url}"),
            "logo_class": "with-logo" if facts.issuer_logo else "without-logo",
            "issuer_name": html.escape(facts.issuer_name),
            "issuer_logo": self._logo(),
            "stamp": f'<p class="stamp">{self._text(facts.stamp)}</p>' if facts.stamp else "",
            "signatures": self._signatures(),
            **self._fitted("issuer", facts.issuer_name, design.issuer_sizes),
            **self._fitted("recipient", facts.recipient_name, design.recipient_sizes),
            **self._fitted("badge_name", facts.badge_name, design.badge_name_sizes),
        }
        return _template(design.name).substitute(values)

    def assets(self) -> Mapping[str, tuple[bytes, str]]:
        facts = self.facts
        assets = {
            "background.svg": _background(self.design, PAPERS[facts.paper]),
            "qr.svg": print_qr_svg(facts.verify_url, self.design.qr_colour).encode(),
            "badge": facts.badge_svg or facts.badge_png,
        }
        if facts.issuer_logo:
            assets["logo"] = facts.issuer_logo
        for position, signatory in enumerate(facts.signatories):
            if signatory.signature_png:
                assets[f"signature-{position}"] = signatory.signature_png
        return {name: (content, _kind(content)) for name, content in assets.items()}

    def _fitted(self, key: str, text: str, sizes: tuple[int, int]) -> dict[str, str]:
        faces = self._faces_for(text, DISPLAY)
        room = Room(self._text_width, largest=sizes[0], smallest=sizes[1])
        fitted = fit(text, faces, room, weight=600)
        return {
            f"{key}_lines": "<br>".join(html.escape(line) for line in fitted.lines),
            f"{key}_size": str(fitted.size),
            f"{key}_family": _css_family(faces),
            f"{key}_direction": _direction(text),
        }

    def _logo(self) -> str:
        if not self.facts.issuer_logo:
            return ""
        return f'<p class="logo"><img src="asset:logo" alt="{html.escape(self.facts.issuer_name)}"></p>'

    def _signatures(self) -> str:
        signatories = self.facts.signatories
        places = ("first", "second") if len(signatories) == MOST_SIGNATORIES else ("only",)
        design = self.design
        width = design.two_signatures_width if len(signatories) == MOST_SIGNATORIES else design.signature_width
        parts = []
        for position, (signatory, place) in enumerate(zip(signatories, places, strict=False)):
            parts.append(
                f'<div class="signature {place}"><p class="hand">{self._hand(signatory, position, width)}</p>'
                f'<p class="name">{self._text(signatory.name)}</p><p>{self._text(signatory.title)}</p></div>'
            )
        return "".join(parts)

    def _hand(self, signatory: Signatory, position: int, width: float) -> str:
        if signatory.signature_png:
            return f'<img src="asset:signature-{position}" alt="{html.escape(signatory.name)}">'
        faces = self._faces_for(signatory.name, SCRIPT)
        room = Room(width * _POINTS_PER_MM, largest=_SIGNATURE_SIZES[0], smallest=_SIGNATURE_SIZES[1], lines=1)
        fitted = fit(signatory.name, faces, room, weight=400)
        style = html.escape(f"font-family: {_css_family(faces)}; font-size: {fitted.size}pt")
        return f'<span style="{style}" dir="{_direction(signatory.name)}">{html.escape(signatory.name)}</span>'

    def _text(self, text: str) -> str:
        """Escaped; set apart when it is not in the type of the page."""
        faces = self._faces_for(text, TEXT)
        if faces == (PUBLIC_SANS,):
            return html.escape(text)
        family = html.escape(f"font-family: {_css_family(faces)}")
        return f'<span style="{family}" dir="{_direction(text)}">{html.escape(text)}</span>'

    def _family(self, text: str, chain: tuple[Typeface, ...]) -> str:
        return _css_family(self._faces_for(text, chain))

    def _faces_for(self, text: str, chain: tuple[Typeface, ...]) -> tuple[Typeface, ...]:
        if missing := unrenderable(text):
            msg = f"The certificate has no letters for {missing}. Leave them out."
            raise UnrenderableTextError(msg)
        faces = typefaces_for(text, chain, self.facts.language)
        self.faces.update(faces)
        return faces


def _identifier(content: str, assets: Mapping[str, tuple[bytes, str]], credential: bytes) -> bytes:
    digest = hashlib.sha256(content.encode() + credential)
    for picture, _ in assets.values():
        digest.update(picture)
    return digest.digest()[:16]


def _english_dates(facts: CertificateFacts) -> str:
    issued = f"Issued {_english_date(facts.issued_on)}"
    return f"{issued} · valid until {_english_date(facts.expires_on)}" if facts.expires_on else issued


def _english_date(day: date) -> str:
    return f"{day.day} {day:%B %Y}"


def _direction(text: str) -> str:
    return "rtl" if is_right_to_left(text) else "ltr"


def _css_family(faces: tuple[Typeface, ...]) -> str:
    return ", ".join(f'"{face.family}"' for face in faces)


def _kind(content: bytes) -> str:
    return "image/svg+xml" if content.lstrip().startswith(b"<") else "image/png"


@functools.cache
def _template(design: str) -> string.Template:
    return string.Template((_LAYOUTS / f"{design}.html").read_text())


@functools.cache
def _style(design: Design, paper: Paper) -> str:
    page = f"@page {{ size: {paper.width}mm {paper.height}mm; margin: 0; background: url(asset:background.svg) 0 0 / 100% 100% no-repeat }}\n"
    reset = "* { box-sizing: border-box; margin: 0; padding: 0 }\n"
    return page + reset + (_LAYOUTS / f"{design.name}.css").read_text()


@functools.cache
def _background(design: Design, paper: Paper) -> bytes:
    return design.draw_background(paper).encode()
