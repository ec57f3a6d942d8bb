"""Engraved: a banknote. Guilloche band and corner rosettes round the text, a faint rosette beneath it."""

from badgecert.core.guilloche import CERTIFICATE_ROSETTE, CORNER_ROSETTE, Ring, band, rosette
from badgecert.core.svg_path import number
from badges.drawing.palettes import mix
from certificates.rendering.colours import darkened
from certificates.rendering.dates import plain_dates
from certificates.rendering.design import Design, Paper, Wording

PAPER_COLOUR, PLUM, BRASS = "#fdfcfa", "#5b1f55", "#c8963e"
_FAINT = 0.16
"""Of the colour on the paper, mixed here because transparent lines take a printer and WeasyPrint longer."""

_OUTER_RULE, _BAND, _INNER_RULE = 8.5, 13.0, 17.5
"""Distances from the edge of the paper, in millimetres."""
_ROSETTE_RADIUS, _ROSETTE_LIFT = 78, 5
_CORNER_RADIUS, _CORNER_GROUND = 6, 6.2


def draw_background(paper: Paper, colour: str) -> str:
    width, height = paper.width, paper.height
    centre = f"translate({number(width / 2)} {number(height / 2 - _ROSETTE_LIFT)})"
    waves = band(
        left=_BAND,
        top=_BAND,
        right=width - _BAND,
        bottom=height - _BAND,
        amplitude=2.6,
        wavelength=8,
        strands=6,
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" fill="none">'
        f'<path fill="{PAPER_COLOUR}" d="M0 0h{number(width)}v{number(height)}H0z"/>'
        f'<g transform="{centre}" stroke="{mix(colour, PAPER_COLOUR, _FAINT)}" stroke-width=".12">'
        f"{rosette(_sized(CERTIFICATE_ROSETTE, _ROSETTE_RADIUS), 'centre', decimals=2)}</g>"
        f'<path stroke="{colour}" stroke-width=".17" d="{waves}"/>'
        f"{_rule(paper, _OUTER_RULE, colour, 0.6, bend=4)}{_rule(paper, _INNER_RULE, BRASS, 0.35)}"
        f"{_corners(paper, colour)}</svg>"
    )


def _rule(paper: Paper, inset: float, colour: str, thickness: float, bend: float = 0) -> str:
    """A frame line; `bend` rounds its corners so far that the ornaments hide them."""
    width, height = number(paper.width - 2 * inset), number(paper.height - 2 * inset)
    return (
        f'<rect x="{inset}" y="{inset}" width="{width}" height="{height}" rx="{number(bend)}" stroke="{colour}" '
        f'stroke-width="{number(thickness, 2)}"/>'
    )


def _corners(paper: Paper, colour: str) -> str:
    rings = _sized(CORNER_ROSETTE, _CORNER_RADIUS)
    places = [(x, y) for x in (_BAND, paper.width - _BAND) for y in (_BAND, paper.height - _BAND)]
    return "".join(
        f'<g transform="translate({number(x)} {number(y)})" stroke="{colour}" stroke-width=".14">'
        f'<circle r="{_CORNER_GROUND}" fill="{PAPER_COLOUR}" stroke="none"/>'
        f"{rosette(rings, f'corner{position}-', decimals=2)}</g>"
        for position, (x, y) in enumerate(places)
    )


def _sized(rings: tuple[Ring, ...], radius: float) -> list[Ring]:
    return [ring.scaled(radius) for ring in rings]


ENGRAVED = Design(
    name="engraved",
    draw_background=draw_background,
    colour=PLUM,
    legible=lambda colour: darkened(colour, against=PAPER_COLOUR),
    wording=Wording("Certificate", "awarded to", "who has met the requirements for"),
    dates=plain_dates,
    text_width=lambda paper: paper.width - 60,
    recipient_sizes=(35, 20),
    badge_name_sizes=(19, 14),
    issuer_sizes=(13, 10),
    signature_width=62,
    two_signatures_width=44,
)
