"""A badge as it stands today, for mail signatures and pages elsewhere: across one that does not count lies what it is."""

from PIL import Image, ImageDraw

from certificates.rendering.raster import as_png, mark_picture, opened, without_colour
from certificates.rendering.raster_text import TextStyle, set_text
from certificates.rendering.typefaces import TEXT

SIDE = 256
"""Twice the largest that a signature shows, for sharp screens."""

_BAND = "#594c5e"
_WORD = TextStyle(TEXT, 600, "#ffffff", largest=36, smallest=18)
_PADDING = 12


def draw_live_picture(badge: bytes | None, *, word: str) -> bytes:
    """The badge, or our mark where it may not be shown; `word` lies across it, if there is one."""
    picture = opened(badge, within=SIDE) if badge else mark_picture(SIDE)
    if not word:
        return as_png(picture)
    image = Image.new("RGBA", (SIDE, SIDE))
    faded = without_colour(picture)
    image.paste(faded, ((SIDE - faded.width) // 2, (SIDE - faded.height) // 2))
    text = set_text(word, _WORD, width=SIDE - 2 * _PADDING)
    canvas = ImageDraw.Draw(image)
    top = (SIDE - text.height) / 2 - _PADDING
    canvas.rectangle((0, top, SIDE, top + text.height + 2 * _PADDING), fill=_BAND)
    text.draw(canvas, (SIDE - text.width) / 2, top + _PADDING)
    return as_png(image)
