"""The PDF of a certificate. Plain Python: values in, bytes out, the same bytes for the same values."""

import functools
import hashlib
import html
import string
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from badgecert.core.codes import grouped
from certificates.rendering.attached import Attached
from certificates.rendering.design import PAPERS, Design, Paper, Wording
from certificates.rendering.fitting import Room, fit, shortened
from certificates.rendering.layouts.diploma import DIPLOMA
from certificates.rendering.layouts.engraved import ENGRAVED
from certificates.rendering.layouts.ledger import LEDGER
from certificates.rendering.qr import print_qr_svg
from certificates.rendering.typefaces import BESLEY, TEXT, Typeface
from certificates.rendering.typesetting import Typesetter, css_family, direction, kind_of

DESIGNS = {design.name: design for design in (ENGRAVED, LEDGER, DIPLOMA)}
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
    colour: str = ""
    """Such as #5b1f55, in place of the design's own."""
    paper: str = "a4"
    stamp: str | None = None
    """Such as "Expired on 13 March 2026" or "Revoked on 3 October 2026"."""
    mark: str = ""
    """Across the page of what is no certificate yet, such as "Preview"."""
    number: str = ""
    """By which the issuer's own books know it."""
    language: str = "en"
    credential: bytes = b""
    """The signed credential, attached as credential.json."""
    log_head: str = ""
    """The newest signed head of the public log, as JSON."""

    def __post_init__(self) -> None:
        if len(self.signatories) > MOST_SIGNATORIES:
            msg = f"A certificate has room for {MOST_SIGNATORIES} signatories."
            raise ValueError(msg)


def render_certificate(facts: CertificateFacts) -> bytes:
    """One page, tagged and searchable. Raises CertificateError rather than print boxes or leave gaps."""
    # WeasyPrint is large and needs system libraries: only the processes that print load it.
    from certificates.rendering.engine import write_pdf  # noqa: PLC0415

    page = CertificatePage(facts)
    content, assets = page.html(), page.assets()
    return write_pdf(
        html=content,
        style=style_of(facts),
        faces=page.faces,
        assets=assets,
        attached=_attachment(facts),
        identifier=identifier_of(content, assets, facts.credential + facts.log_head.encode()),
        log_head=facts.log_head,
    )


def _attachment(facts: CertificateFacts) -> Attached | None:
    if not facts.credential:
        return None
    # A moment of its own, so that the same facts give the same bytes.
    made_at = datetime.combine(facts.issued_on, time.min, tzinfo=UTC)
    return Attached("credential.json", facts.credential, "Open Badges 3.0 credential", made_at)


class CertificatePage:
    """The HTML of one certificate and its pictures."""

    def __init__(self, facts: CertificateFacts) -> None:
        self.facts = facts
        self.design = DESIGNS[facts.design]
        self.paper = PAPERS[facts.paper]
        # In which stamps and marks are set.
        self._set = Typesetter(facts.language, BESLEY)
        self.colour = self.design.legible(facts.colour) if facts.colour else self.design.colour

    @property
    def faces(self) -> frozenset[Typeface]:
        """Those that the texts turned out to need, once the HTML is made."""
        return frozenset(self._set.faces)

    def html(self) -> str:
        facts, design = self.facts, self.design
        wording = _completed(facts.wording, design.wording)
        dates = wording.dates or design.dates(facts.issued_on, facts.expires_on)
        is_signed_by_two = len(facts.signatories) == MOST_SIGNATORIES
        address = urlsplit(facts.verify_url)
        values = {
            "language": html.escape(facts.language),
            "colour": self.colour,
            "document_title": html.escape(f"Certificate: {facts.badge_name} \u2013 {facts.recipient_name}"),
            "description": html.escape(facts.description),
            "short_description": self._short_description(),
            "issued_on": facts.issued_on.isoformat(),
            "heading": html.escape(wording.heading),
            "heading_family": self._family(wording.heading, design.title_faces),
            "heading_direction": direction(wording.heading),
            "heading_if_any": self._heading(wording.heading),
            "awarded_to": self._text(wording.awarded_to),
            "met_requirements": self._text(wording.met_requirements),
            "dates": self._text(dates),
            # On two lines where a second signatory leaves the first line free.
            "dates_apart": self._text(dates) if is_signed_by_two else "<br>".join(map(self._text, dates.split(" · "))),
            "check": self._text(wording.check, TEXT),
            "verify_url": html.escape(facts.verify_url),
            "printed_host": html.escape(address.netloc),
            "printed_path": html.escape(address.path),
            "grouped_code": grouped(facts.code),
            "number_below": f"<br>{self._text(facts.number, TEXT)}" if facts.number else "",
            "number_beside": f" · {self._text(facts.number, TEXT)}" if facts.number else "",
            "badge_alternative": html.escape(facts.badge_name),
            "qr_alternative": html.escape(f"{wording.check}: {facts.verify_url}"),
            "logo_class": "with-logo" if facts.issuer_logo else "without-logo",
            "issuer_name": html.escape(facts.issuer_name),
            "issuer_logo": self._logo(),
            "stamp": f'<p class="stamp">{self._text(facts.stamp, TEXT)}</p>' if facts.stamp else "",
            "mark": f'<p class="mark">{self._text(facts.mark, TEXT)}</p>' if facts.mark else "",
            "signatures": self._signatures(),
            "signatures_class": "two" if is_signed_by_two else "",
            "recipient_weight": str(design.recipient_weight),
            **self._fitted("issuer", facts.issuer_name, design.issuer_sizes, design.issuer_faces),
            **self._fitted("recipient", facts.recipient_name, design.recipient_sizes, design.recipient_faces),
            **self._fitted("badge_name", facts.badge_name, design.badge_name_sizes, design.title_faces),
        }
        return _template(design.name).substitute(values)

    def assets(self) -> Mapping[str, tuple[bytes, str]]:
        facts = self.facts
        assets = {
            "background.svg": _background(self.design, self.paper, self.colour),
            "qr.svg": print_qr_svg(facts.verify_url, self.design.qr_colour).encode(),
            "badge": facts.badge_svg or facts.badge_png,
        }
        if facts.issuer_logo:
            assets["logo"] = facts.issuer_logo
        for position, signatory in enumerate(facts.signatories):
            if signatory.signature_png:
                assets[f"signature-{position}"] = signatory.signature_png
        return {name: (content, kind_of(content)) for name, content in assets.items()}

    def _fitted(self, key: str, text: str, sizes: tuple[int, int], chain: tuple[Typeface, ...]) -> dict[str, str]:
        faces = self._set.faces_for(text, chain)
        room = Room(self.design.text_width(self.paper) * _POINTS_PER_MM, largest=sizes[0], smallest=sizes[1])
        fitted = fit(text, faces, room, weight=600)
        return {
            f"{key}_lines": "<br>".join(html.escape(line) for line in fitted.lines),
            f"{key}_size": str(fitted.size),
            f"{key}_family": css_family(faces),
            f"{key}_direction": direction(text),
        }

    def _heading(self, heading: str) -> str:
        if not heading:
            return ""
        return f'<p class="heading" dir="{direction(heading)}">{html.escape(heading)}</p>'

    def _short_description(self) -> str:
        """The first words of the description, where the design has room for it."""
        if self.design.description is None or not self.facts.description:
            return ""
        width, size, lines = self.design.description
        text = " ".join(self.facts.description.split())
        faces = self._set.faces_for(text, TEXT)
        return self._text(shortened(text, faces, width=width * _POINTS_PER_MM, size=size, lines=lines), TEXT)

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
                f'<p class="name">{self._text(signatory.name, TEXT)}</p><p>{self._text(signatory.title, TEXT)}</p></div>'
            )
        return "".join(parts)

    def _hand(self, signatory: Signatory, position: int, width: float) -> str:
        if signatory.signature_png:
            return f'<img src="asset:signature-{position}" alt="{html.escape(signatory.name)}">'
        faces = self._set.faces_for(signatory.name, self.design.signature_faces)
        room = Room(width * _POINTS_PER_MM, largest=_SIGNATURE_SIZES[0], smallest=_SIGNATURE_SIZES[1], lines=1)
        fitted = fit(signatory.name, faces, room, weight=400)
        style = html.escape(f"font-family: {css_family(faces)}; font-size: {fitted.size}pt")
        return f'<span style="{style}" dir="{direction(signatory.name)}">{html.escape(signatory.name)}</span>'

    def _text(self, text: str, chain: tuple[Typeface, ...] = ()) -> str:
        return self._set.text(text, chain or self.design.text_faces)

    def _family(self, text: str, chain: tuple[Typeface, ...]) -> str:
        return css_family(self._set.faces_for(text, chain))


def identifier_of(content: str, assets: Mapping[str, tuple[bytes, str]], beside: bytes = b"") -> bytes:
    """Of the file, as every PDF/A has one: the same for the same content."""
    digest = hashlib.sha256(content.encode() + beside)
    for picture, _ in assets.values():
        digest.update(picture)
    return digest.digest()[:16]


def _completed(wording: Wording, defaults: Wording) -> Wording:
    own = ("heading", "awarded_to", "met_requirements")
    return replace(wording, **{name: getattr(wording, name) or getattr(defaults, name) for name in own})


@functools.cache
def _template(design: str) -> string.Template:
    return string.Template((_LAYOUTS / f"{design}.html").read_text())


def style_of(facts: CertificateFacts) -> str:
    return _style(DESIGNS[facts.design], PAPERS[facts.paper])


@functools.cache
def _style(design: Design, paper: Paper) -> str:
    background = "url(asset:background.svg) 0 0 / 100% 100% no-repeat"
    page = f"@page {{ size: {paper.width}mm {paper.height}mm; margin: 0; background: {background} }}\n"
    return page + "".join((_LAYOUTS / f"{name}.css").read_text() for name in ("shared", design.name))


@functools.lru_cache(maxsize=64)
def _background(design: Design, paper: Paper, colour: str) -> bytes:
    return design.draw_background(paper, colour).encode()
