"""A badge picture drawn by formula: values in, SVG out, the same bytes for the same values."""

import html
import math
import re
from dataclasses import dataclass

from badgecert.core.guilloche import Ring, rosette
from badgecert.core.sentences import sentence as _
from badgecert.core.svg_path import PathData, number
from badges.drawing.exceptions import BadgeArtError
from badges.drawing.lettering import fit
from badges.drawing.palettes import ACCENTS, OWN, PALETTES, Palette, derive_palette, mix
from badges.drawing.shapes import MIDDLE, SHAPES, Shape
from badges.drawing.symbols import draw_icon

RING_TEXT_LENGTH = 26
RIBBON_LENGTH = 14
HIGHEST_LEVEL = 4

_OUTER_RADIUS, _INNER_RADIUS = 284, 267
_ACCENT_LINE = 5
_TOP_SIZE, _BOTTOM_SIZE, _RING_TRACKING = 33, 30, 0.155
_TOP_ARC, _BOTTOM_ARC = math.radians(187), math.radians(145)
_ICON, _ICON_OVER_RIBBON, _ICON_OVER_STARS = 184, 168, 150
_RIBBON_SIZE, _RIBBON_TRACKING, _RIBBON_HEIGHT = 35, 0.143, 76
_RIBBON_MARGIN, _RIBBON_NARROWEST, _RIBBON_WIDEST = 46, 250, 424
_STAR_DISTANCE = 38


@dataclass(frozen=True)
class BadgeArt:
    """What a picture shows. Raises BadgeArtError, with a sentence for the person who chose it."""

    shape: str
    top_text: str
    icon: str
    palette: str
    # With the palette "own": a colour as #rrggbb, and one of ACCENTS.
    colour: str = ""
    accent: str = "brass"
    bottom_text: str = ""
    ribbon: str = ""
    level: int = 0

    def __post_init__(self) -> None:
        if self.shape not in SHAPES:
            msg = _(
                "There is no shape called “%(name)s”. Choose one of: %(known)s.",
                name=self.shape,
                known=", ".join(SHAPES),
            )
            raise BadgeArtError(msg)
        if self.palette == OWN:
            if not re.fullmatch(r"#[0-9a-fA-F]{6}", self.colour):
                msg = _("Choose a colour of your own, written like #5b1f55.")
                raise BadgeArtError(msg)
            if self.accent not in ACCENTS:
                known = ", ".join(ACCENTS)
                msg = _(
                    "There is no accent called “%(name)s”. Choose one of: %(known)s.", name=self.accent, known=known
                )
                raise BadgeArtError(msg)
        elif self.palette not in PALETTES:
            known = ", ".join(PALETTES)
            msg = _("There is no palette called “%(name)s”. Choose one of: %(known)s.", name=self.palette, known=known)
            raise BadgeArtError(msg)
        if max(len(self.top_text), len(self.bottom_text)) > RING_TEXT_LENGTH:
            msg = _("Put the long title in the badge's name; the picture needs 2\u20133 words.")
            raise BadgeArtError(msg)
        if len(self.ribbon) > RIBBON_LENGTH:
            msg = _("A ribbon holds a level or a year of up to %(most)d characters.", most=RIBBON_LENGTH)
            raise BadgeArtError(msg)
        if self.ribbon and self.bottom_text:
            msg = _("The ribbon takes the place of the text below. Leave one of them empty.")
            raise BadgeArtError(msg)
        if not 0 <= self.level <= HIGHEST_LEVEL:
            msg = _("A badge shows 0 to %(most)d stars.", most=HIGHEST_LEVEL)
            raise BadgeArtError(msg)

    @property
    def colours(self) -> Palette:
        """Of a colour of one's own the nearest shade on which every text can be read."""
        if self.palette == OWN:
            return derive_palette(self.colour.lower(), ACCENTS[self.accent])
        return PALETTES[self.palette]

    @property
    def label(self) -> str:
        """The words of the picture, for those who cannot see it."""
        return ", ".join(text for text in (self.top_text, self.ribbon, self.bottom_text) if text)


def draw_badge(art: BadgeArt) -> str:
    shape, palette = SHAPES[art.shape], art.colours
    parts = [
        _ground(shape, palette),
        _disc(shape, palette),
        _ring_texts(art, shape, palette),
        _icon(art, shape, palette),
        _ribbon(art, shape, palette) if art.ribbon else "",
        _stars(art, shape, palette),
    ]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" width="600" height="600" viewBox="0 0 600 600" role="img" '
        f'aria-label="{html.escape(art.label)}">{"".join(parts)}</svg>'
    )


def _ground(shape: Shape, palette: Palette) -> str:
    return (
        f'<path fill="{palette.deep}" d="{shape.outline(_OUTER_RADIUS)}"/>'
        f'<path fill="{palette.main}" stroke="{palette.accent}" stroke-width="{_ACCENT_LINE}" '
        f'd="{shape.outline(_INNER_RADIUS)}"/>'
    )


def _disc(shape: Shape, palette: Palette) -> str:
    y, radius = MIDDLE - shape.raised_by, _disc_radius(shape)
    # The name holds the radius, because several badges may stand in one page and ids are shared there.
    faint = mix(palette.main, palette.tint, 0.38)
    lines = rosette([Ring(radius - 22, 11, 16, 5)], f"disc{radius}-")
    return (
        f'<circle cx="{MIDDLE}" cy="{y}" r="{radius}" fill="{palette.tint}" stroke="{palette.accent}" '
        f'stroke-width="{_ACCENT_LINE}"/>'
        f'<g transform="translate({MIDDLE} {y})" fill="none" stroke="{faint}" stroke-width="1.3">'
        f"{lines}</g>"
    )


def _ring_texts(art: BadgeArt, shape: Shape, palette: Palette) -> str:
    y, radius = MIDDLE - shape.raised_by, shape.text_radius
    parts = []
    if art.top_text:
        top = fit(art.top_text, size=_TOP_SIZE, tracking=_RING_TRACKING, width=_TOP_ARC * (radius - 2))
        parts.append(f'<path fill="{palette.tint}" d="{top.on_ring(MIDDLE, y, radius - 13)}"/>')
    if art.bottom_text:
        bottom = fit(art.bottom_text, size=_BOTTOM_SIZE, tracking=_RING_TRACKING, width=_BOTTOM_ARC * radius)
        outline = bottom.on_ring(MIDDLE, y, radius + 11, upside=False)
        parts.append(f'<path fill="{palette.accent}" d="{outline}"/>')
    return "".join(parts)


def _icon(art: BadgeArt, shape: Shape, palette: Palette) -> str:
    size, lifted_by = _ICON, 0
    if art.ribbon:
        size, lifted_by = _ICON_OVER_RIBBON, 16
    elif art.level:
        size, lifted_by = _ICON_OVER_STARS, 20
    return draw_icon(art.icon, x=MIDDLE, y=MIDDLE - shape.raised_by - lifted_by, size=size, colour=palette.main)


def _ribbon(art: BadgeArt, shape: Shape, palette: Palette) -> str:
    text = fit(
        art.ribbon,
        size=_RIBBON_SIZE,
        tracking=_RIBBON_TRACKING,
        width=_RIBBON_WIDEST - 2 * _RIBBON_MARGIN,
    )
    width = max(_RIBBON_NARROWEST, text.width + 2 * _RIBBON_MARGIN)
    height, half = _RIBBON_HEIGHT, _RIBBON_HEIGHT // 2
    y = MIDDLE - shape.raised_by + _disc_radius(shape) - 62
    left, right = number(MIDDLE - width / 2), number(MIDDLE + width / 2)
    tail_left, tail_right = number(MIDDLE - width / 2 - 44), number(MIDDLE + width / 2 + 44)
    return (
        f'<path fill="{palette.deep}" d="M{tail_left} {y + 20}h84v{height}h-84l24-{half}z'
        f'M{tail_right} {y + 20}h-84v{height}h84l-24-{half}z"/>'
        f'<path fill="{palette.main}" fill-opacity=".55" d="M{left} {y + height}h40v20zM{right} {y + height}h-40v20z"/>'
        f'<rect x="{left}" y="{y}" width="{number(width)}" height="{height}" rx="5" fill="{palette.accent}"/>'
        f'<path fill="{palette.deep}" d="{text.on_line(MIDDLE, y + half + 12.5)}"/>'
    )


def _stars(art: BadgeArt, shape: Shape, palette: Palette) -> str:
    """Four-pointed stars: under the ribbon on the ground, else at the foot of the disc."""
    if not art.level:
        return ""
    foot = MIDDLE - shape.raised_by + _disc_radius(shape)
    y, colour = (foot + 42, palette.accent) if art.ribbon else (foot - 66, palette.main)
    path = PathData()
    for position in range(art.level):
        _star(path, MIDDLE + (position - (art.level - 1) / 2) * _STAR_DISTANCE, y)
    return f'<path fill="{colour}" d="{path}"/>'


def _star(path: PathData, x: float, y: float) -> None:
    for corner in range(8):
        reach, angle = 5.5 if corner % 2 else 13, corner * math.pi / 4
        point = (x + reach * math.sin(angle), y - reach * math.cos(angle))
        if corner == 0:
            path.move(*point)
        else:
            path.line(*point)
    path.close()


def _disc_radius(shape: Shape) -> int:
    return shape.text_radius - 40
