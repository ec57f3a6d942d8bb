"""Ledger: a modern page with a deep column at its side, in which the badge stands on a seal of paper."""

from badgecert.core.guilloche import CERTIFICATE_ROSETTE, rosette
from badgecert.core.svg_path import number
from badges.drawing.palettes import mix
from certificates.rendering.colours import darkened
from certificates.rendering.dates import plain_dates
from certificates.rendering.design import Design, Paper, Wording
from certificates.rendering.typefaces import TEXT

WHITE, PAPER_COLOUR, PLUM, BRASS = "#ffffff", "#fdfcfa", "#5b1f55", "#c8963e"

COLUMN_WIDTH = 84.0
_RULE_WIDTH = 1.6
_SEAL, _SEAL_RADIUS, _SEAL_RING = (42.0, 74.0), 35.0, 36.4
"""Its centre and its radii, in millimetres."""
_ROSETTE_RADIUS = 92
_COLUMN_CONTRAST = 14
"""Of white on the column: small text stands on it, over lines."""
_FAINT = 0.7
"""Of the column in the lines of its rosette; the rest is white."""


def column_colour(colour: str) -> str:
    return darkened(colour, against=WHITE, least=_COLUMN_CONTRAST)


def draw_background(paper: Paper, colour: str) -> str:
    width, height, column = number(paper.width), number(paper.height), number(COLUMN_WIDTH)
    ground = column_colour(colour)
    x, y = (number(place) for place in _SEAL)
    rings = [ring.scaled(_ROSETTE_RADIUS) for ring in CERTIFICATE_ROSETTE]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none">'
        f'<path fill="{WHITE}" d="M0 0h{width}v{height}H0z"/>'
        f'<clipPath id="column"><path d="M0 0h{column}v{height}H0z"/></clipPath>'
        f'<path fill="{ground}" d="M0 0h{column}v{height}H0z"/>'
        f'<g clip-path="url(#column)"><g transform="translate({x} {y})" stroke="{mix(ground, WHITE, _FAINT)}"'
        f' stroke-width=".16">{rosette(rings, "column", decimals=2)}</g></g>'
        f'<circle cx="{x}" cy="{y}" r="{_SEAL_RADIUS}" fill="{PAPER_COLOUR}"/>'
        f'<circle cx="{x}" cy="{y}" r="{_SEAL_RING}" stroke="{BRASS}" stroke-width=".5"/>'
        f'<path fill="{BRASS}" d="M{column} 0h{_RULE_WIDTH}v{height}h-{_RULE_WIDTH}z"/></svg>'
    )


LEDGER = Design(
    name="ledger",
    draw_background=draw_background,
    colour=PLUM,
    legible=lambda colour: darkened(colour, against=WHITE),
    wording=Wording("", "This certifies that", "has earned the credential"),
    dates=plain_dates,
    text_width=lambda paper: paper.width - 125,
    recipient_sizes=(38, 22),
    badge_name_sizes=(22, 15),
    issuer_sizes=(12, 10),
    signature_width=66,
    two_signatures_width=66,
    issuer_faces=TEXT,
    description=(140, 10, 3),
)
