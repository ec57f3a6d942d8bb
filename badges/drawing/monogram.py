"""An issuer's logo until it brings its own: one letter on a rounded square."""

import html

from badgecert.core.sentences import sentence as _
from badges.drawing.exceptions import BadgeArtError
from badges.drawing.lettering import Lettering
from badges.drawing.palettes import PALETTES

_SIDE = 240
_CORNER = 52
_LETTER = 150
_CAP_HEIGHT = 0.7
"""Of the font's size."""


def draw_monogram(letter: str, palette: str) -> str:
    """Square SVG; raises BadgeArtError for more than one letter or a letter that the font does not have."""
    if len(letter) != 1:
        msg = _("A monogram is one letter.")
        raise BadgeArtError(msg)
    colours = PALETTES[palette]
    middle = _SIDE / 2
    outline = Lettering(letter, _LETTER, 0).on_line(middle, middle + _LETTER * _CAP_HEIGHT / 2)
    inset = 10
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_SIDE}" height="{_SIDE}" viewBox="0 0 {_SIDE} {_SIDE}" '
        f'role="img" aria-label="{html.escape(letter)}">'
        f'<rect width="{_SIDE}" height="{_SIDE}" rx="{_CORNER}" fill="{colours.main}"/>'
        f'<rect x="{inset}" y="{inset}" width="{_SIDE - 2 * inset}" height="{_SIDE - 2 * inset}" '
        f'rx="{_CORNER - inset}" fill="none" stroke="{colours.accent}" stroke-width="3" stroke-opacity=".55"/>'
        f'<path fill="{colours.accent}" d="{outline}"/></svg>'
    )
