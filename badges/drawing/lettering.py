"""Text as outlines, so that a badge looks the same in mails, PDFs and pictures, with no font at hand."""

import functools
from pathlib import Path

from fontTools.misc.transform import Transform
from fontTools.pens.basePen import decomposeQuadraticSegment
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.transformPen import TransformPen
from fontTools.ttLib import TTFont

from badgecert.core.sentences import sentence as _
from badgecert.core.svg_path import PathData
from badges.drawing.exceptions import BadgeArtError

FONT_FILE = Path(__file__).with_name("fonts") / "public-sans-750.woff2"


class Lettering:
    """One line of text at one size with letterspacing, in units of the canvas."""

    def __init__(self, text: str, size: float, tracking: float) -> None:
        self._font = _font()
        names = self._font.getBestCmap()
        missing = "".join(sorted({character for character in text if ord(character) not in names}))
        if missing:
            msg = _(
                "The picture has no letters for “%(letters)s”. Use Latin letters, or leave the text out.",
                letters=missing,
            )
            raise BadgeArtError(msg)
        self._glyphs = [names[ord(character)] for character in text]
        self._scale = size / self._font["head"].unitsPerEm
        self._tracking = tracking
        self._advances: list[float] = [self._font["hmtx"][glyph][0] * self._scale for glyph in self._glyphs]

    @property
    def width(self) -> float:
        return sum(self._advances, self._tracking * (len(self._advances) - 1))

    def on_line(self, x: float, y: float) -> str:
        """Centred on x, standing on y."""
        at = x - self.width / 2
        places = []
        for advance in self._advances:
            places.append(Transform().translate(at, y))
            at += advance + self._tracking
        return self._outlined(places)

    def on_ring(self, x: float, y: float, radius: float, *, upside: bool = True) -> str:
        """Round a centre: over the top reading clockwise, or under the bottom reading upright."""
        angle = -self.width / 2 / radius
        places = []
        for advance in self._advances:
            middle = angle + advance / 2 / radius
            around = Transform().translate(x, y).rotate(middle if upside else -middle)
            places.append(around.translate(-advance / 2, -radius if upside else radius))
            angle += (advance + self._tracking) / radius
        return self._outlined(places)

    def _outlined(self, places: list[Transform]) -> str:
        glyph_set = self._font.getGlyphSet()
        pen = DecomposingRecordingPen(glyph_set)
        for glyph, place in zip(self._glyphs, places, strict=True):
            glyph_set[glyph].draw(TransformPen(pen, place.scale(self._scale, -self._scale)))
        path = PathData()
        for command, points in pen.value:
            match command:
                case "moveTo":
                    path.move(*points[0])
                case "lineTo":
                    path.line(*points[0])
                case "qCurveTo":
                    for control, end in decomposeQuadraticSegment(points):
                        path.quadratic(*control, *end)
                case "closePath":
                    path.close()
        return str(path)


def fit(text: str, *, size: float, tracking: float, width: float) -> Lettering:
    """The text at the size, or smaller until it fits; the tracking is a part of the size."""
    lettering = Lettering(text, size, tracking * size)
    if lettering.width <= width:
        return lettering
    smaller = size * width / lettering.width
    return Lettering(text, smaller, tracking * smaller)


@functools.cache
def _font() -> TTFont:
    return TTFont(FONT_FILE)
