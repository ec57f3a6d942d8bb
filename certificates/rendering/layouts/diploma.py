"""Diploma: a classical sheet in black, which any printer prints well."""

from badgecert.core.guilloche import CERTIFICATE_ROSETTE, rosette
from badgecert.core.svg_path import number
from certificates.rendering.colours import darkened
from certificates.rendering.dates import dates_in_words
from certificates.rendering.design import INK, Design, Paper, Wording
from certificates.rendering.typefaces import CLASSICAL, ENGROSSED

WHITE = "#ffffff"

_OUTER_RULE, _INNER_RULE = 12.0, 14.5
"""Distances from the edge of the paper, in millimetres."""
_SEAL_FROM_FOOT, _SEAL_RADIUS, _SEAL_HOLE = 44.0, 19, 13
_FAINT_LINE = "#8a828c"
_CORNER = (
    '<path d="M0 16A16 16 0 0 0 16 0" stroke-width=".25"/><path d="M0 19A19 19 0 0 0 19 0" stroke-width=".7"/>'
    '<path d="M0 0h9.5M0 0v9.5" stroke-width=".7"/><path d="m5.5 2.9 2.6 2.6-2.6 2.6-2.6-2.6z" fill="{colour}" stroke="none"/>'
)


def draw_background(paper: Paper, colour: str) -> str:
    width, height = paper.width, paper.height
    rings = [ring.scaled(_SEAL_RADIUS) for ring in CERTIFICATE_ROSETTE[:2]]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" fill="none">'
        f'<path fill="{WHITE}" d="M0 0h{number(width)}v{number(height)}H0z"/>'
        f"{_frame(paper, _OUTER_RULE, colour, 1.1)}{_frame(paper, _INNER_RULE, colour, 0.25)}{_corners(paper, colour)}"
        f'<g transform="translate({number(width / 2, 2)} {number(height - _SEAL_FROM_FOOT)})">'
        f'<g stroke="{_FAINT_LINE}" stroke-width=".13">{rosette(rings, "seal", decimals=2)}</g>'
        f'<circle r="{_SEAL_HOLE}" fill="{WHITE}"/></g></svg>'
    )


def _frame(paper: Paper, inset: float, colour: str, thickness: float) -> str:
    width, height = number(paper.width - 2 * inset), number(paper.height - 2 * inset)
    return (
        f'<rect x="{inset}" y="{inset}" width="{width}" height="{height}" stroke="{colour}" '
        f'stroke-width="{number(thickness, 2)}"/>'
    )


def _corners(paper: Paper, colour: str) -> str:
    left, top = _INNER_RULE, _INNER_RULE
    right, bottom = number(paper.width - _INNER_RULE), number(paper.height - _INNER_RULE)
    places = ((left, top, 1, 1), (right, top, -1, 1), (left, bottom, 1, -1), (right, bottom, -1, -1))
    return "".join(
        f'<g transform="translate({x} {y}) scale({across} {down})" stroke="{colour}">'
        f"{_CORNER.format(colour=colour)}</g>"
        for x, y, across, down in places
    )


DIPLOMA = Design(
    name="diploma",
    draw_background=draw_background,
    colour=INK,
    legible=lambda colour: darkened(colour, against=WHITE),
    wording=Wording("", "has conferred upon", "the standing of"),
    dates=dates_in_words,
    text_width=lambda paper: paper.width - 68,
    recipient_sizes=(46, 26),
    badge_name_sizes=(29, 16),
    issuer_sizes=(17, 12),
    signature_width=58,
    two_signatures_width=42,
    qr_colour="#000",
    title_faces=CLASSICAL,
    issuer_faces=CLASSICAL,
    recipient_faces=ENGROSSED,
    recipient_weight=600,
    text_faces=CLASSICAL,
)
