"""The picture that other sites show of a link: 1200 by 627 points, as LinkedIn, Facebook and X take it.

They keep it for a week. So it says until when a badge is valid rather than that it is valid now.
"""

import functools
from dataclasses import dataclass, replace

import resvg_py
from PIL import Image, ImageDraw

from badgecert.core.guilloche import PAGE_ROSETTE, rosette
from certificates.rendering.raster import MARK, PLUM, as_png, mark_picture, opened, without_colour
from certificates.rendering.raster_text import SetText, TextStyle, set_text
from certificates.rendering.typefaces import DISPLAY, TEXT

WIDTH, HEIGHT = 1200, 627
BYTES_LIMIT = 300_000

_MARGIN = 72
_COLUMN = 690
_PICTURE, _PICTURE_CENTRE = 380, (978, 300)
_BAND = 72
_LEAST_SPACE = 12
# Its widest ring would lie under the words, and its fine lines weigh.
_RINGS = PAGE_ROSETTE[1:]
_PAPER, _INK, _INK_2, _PALE = "#fdfcfa", "#241628", "#594c5e", "#e4d6e3"
# Text and ground.
_TONES = {
    "valid": ("#0b5d40", "#def2e7"),
    "warn": ("#7d4a00", "#fdf0d3"),
    "danger": ("#a01a31", "#fce5e8"),
    "calm": ("#3f4b60", "#e7ebf2"),
}

_HOLDER = TextStyle(DISPLAY, 600, _INK, largest=66, smallest=36, lines=2, more_lines=1)
_BADGE = TextStyle(TEXT, 600, PLUM, largest=38, smallest=28, lines=2)
_ISSUER = TextStyle(TEXT, 600, _INK, largest=28, smallest=22, lines=2)
_LABEL = TextStyle(TEXT, 400, _INK_2, largest=22, smallest=20)
_STATE = TextStyle(TEXT, 600, _INK, largest=26, smallest=20)
_BRAND = TextStyle(DISPLAY, 600, _INK, largest=30, smallest=22)
_ADDRESS = TextStyle(TEXT, 600, "#ffffff", largest=28, smallest=20)
_INVITATION = TextStyle(DISPLAY, 600, _INK, largest=60, smallest=36, lines=2)


@dataclass(frozen=True, kw_only=True)
class PreviewFacts:
    """All that is drawn, in words."""

    site_name: str
    address: str
    state: str
    tone: str
    headline: str
    badge_name: str
    issuer_label: str
    issuer_name: str
    picture: bytes
    is_faded: bool
    language: str


def draw_preview(facts: PreviewFacts) -> bytes:
    image, canvas = _ground()
    picture = _badge(facts.picture, faded=facts.is_faded)
    x, y = _PICTURE_CENTRE
    image.paste(picture, (x - picture.width // 2, y - picture.height // 2), picture)
    _brand(canvas, facts.site_name)
    _strip(canvas, facts.address)

    y = _pill(canvas, facts.state, facts.tone, top=122)
    room = HEIGHT - _BAND - y
    column = _column(facts, room - 2 * _LEAST_SPACE)
    y += max(_LEAST_SPACE, (room - _height(column)) // 2 - 6)
    for text, gap in column:
        text.draw(canvas, _MARGIN, y)
        y += text.height + gap
    return _encoded(image)


def _column(facts: PreviewFacts, room: int) -> list[tuple[SetText, int]]:
    """Each text with the space below it; all of them smaller until they have room."""
    for scale in (1, 0.9, 0.8, 0.7, 0):
        column = [
            (_fitted(text, style, scale, facts.language), gap)
            for text, style, gap in (
                (facts.headline, _HOLDER, 14),
                (facts.badge_name, _BADGE, 26),
                (facts.issuer_label, _LABEL, 2),
                (facts.issuer_name, _ISSUER, 0),
            )
        ]
        if _height(column) <= room:
            break
    return column


def _fitted(text: str, style: TextStyle, scale: float, language: str) -> SetText:
    largest = max(style.smallest, round(style.largest * scale))
    return set_text(text, replace(style, largest=largest), width=_COLUMN, language=language)


def _height(column: list[tuple[SetText, int]]) -> int:
    return sum(text.height + gap for text, gap in column)


def draw_neutral_preview(*, site_name: str, invitation: str, address: str) -> bytes:
    """For a link whose badge is nobody else's business: it shows the site alone."""
    image, canvas = _ground()
    mark = mark_picture(260)
    x, y = _PICTURE_CENTRE
    image.paste(mark, (x - mark.width // 2, y - mark.height // 2), mark)
    _brand(canvas, site_name)
    _strip(canvas, address)
    text = set_text(invitation, _INVITATION, width=_COLUMN)
    text.draw(canvas, _MARGIN, (HEIGHT - _BAND - text.height) / 2)
    return _encoded(image)


def _brand(canvas: ImageDraw.ImageDraw, site_name: str) -> None:
    set_text(site_name, _BRAND, width=_COLUMN - 64).draw(canvas, _MARGIN + 58, 50)


def _strip(canvas: ImageDraw.ImageDraw, address: str) -> None:
    canvas.rectangle((0, HEIGHT - _BAND, WIDTH, HEIGHT), fill=PLUM)
    text = set_text(address, _ADDRESS, width=WIDTH - 2 * _MARGIN)
    text.draw(canvas, _MARGIN, HEIGHT - _BAND + (_BAND - text.height) / 2)


def _pill(canvas: ImageDraw.ImageDraw, state: str, tone: str, *, top: int) -> int:
    """Where it ends."""
    ink, ground = _TONES[tone]
    text = set_text(state, replace(_STATE, colour=ink), width=_COLUMN)
    bottom = top + text.height + 20
    canvas.rounded_rectangle((_MARGIN, top, _MARGIN + text.width + 44, bottom), radius=(bottom - top) // 2, fill=ground)
    text.draw(canvas, _MARGIN + 22, top + 10)
    return bottom


def _badge(png: bytes, *, faded: bool) -> Image.Image:
    picture = opened(png, within=_PICTURE)
    return without_colour(picture) if faded else picture


def _ground() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = opened(_ground_png(), within=WIDTH).convert("RGB")
    return image, ImageDraw.Draw(image)


@functools.cache
def _ground_png() -> bytes:
    x, y = _PICTURE_CENTRE
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"><defs><linearGradient id="foil">'
        '<stop offset="0" stop-color="#8f6420"/><stop offset=".3" stop-color="#e9c274"/>'
        '<stop offset=".55" stop-color="#a97a2c"/><stop offset=".8" stop-color="#f0d08b"/>'
        '<stop offset="1" stop-color="#8f6420"/></linearGradient></defs>'
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="{_PAPER}"/>'
        f'<g fill="none" stroke="{_PALE}" transform="translate({x} {y})">{rosette(_RINGS, "r")}</g>'
        f'<rect width="{WIDTH}" height="10" fill="url(#foil)"/>'
        f'<g transform="translate({_MARGIN} 44) scale(1.4)">{MARK}</g></svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=WIDTH))


def _encoded(image: Image.Image) -> bytes:
    png = as_png(image)
    # A photograph in the badge would make it too heavy for some; with fewer colours it is light.
    return png if len(png) <= BYTES_LIMIT else as_png(image.quantize(256))
