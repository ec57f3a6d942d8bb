"""Text on pictures, in every script: set in the typefaces of the certificates and shaped by HarfBuzz."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from PIL import ImageDraw, ImageFont

from certificates.rendering.typefaces import FONTS, Typeface, is_right_to_left, typefaces_for, width_of

# Kerning can widen a line by a hair.
_SAFETY = 1.02
_ZERO_WIDTH_JOINER = "\u200d"
# Such as the virama, which joins the next letter to this one.
_JOINING_CLASS = 9


@dataclass(frozen=True)
class TextStyle:
    chain: tuple[Typeface, ...]
    weight: int
    colour: str
    largest: int
    smallest: int
    lines: int = 1
    # So many more at the smallest size.
    more_lines: int = 0


@dataclass(frozen=True)
class SetText:
    """A text that was made to fit, ready to be drawn."""

    lines: tuple[str, ...]
    size: int
    faces: tuple[Typeface, ...]
    style: TextStyle

    @property
    def leading(self) -> int:
        return round(self.size * 1.18)

    @property
    def height(self) -> int:
        return self.leading * len(self.lines)

    @property
    def width(self) -> float:
        return max(self._width(line) for line in self.lines)

    def draw(self, canvas: ImageDraw.ImageDraw, x: float, y: float) -> None:
        """From its upper left corner."""
        baseline = y + self.size
        for line in self.lines:
            at = x
            for part, font in self._runs(line):
                canvas.text((at, baseline), part, font=font, fill=self.style.colour, anchor="ls")
                at += font.getlength(part)
            baseline += self.leading

    def _runs(self, line: str) -> list[tuple[str, ImageFont.FreeTypeFont]]:
        """The parts that one typeface has, from left to right. HarfBuzz orders the letters inside of each."""
        chosen: list[Typeface] = []
        for character in line:
            before = chosen[-1] if chosen else self.faces[0]
            fits = (face for face in self.faces if face.covers([character]))
            # A space goes with what stands before it: on its left in Hebrew, on its right in English.
            chosen.append(before if character == " " else next(fits, before))
        places = groupby(range(len(line)), key=lambda place: chosen[place])
        runs = [("".join(line[place] for place in run), self._font(face)) for face, run in places]
        return runs[::-1] if is_right_to_left(line) else runs

    def _font(self, face: Typeface) -> ImageFont.FreeTypeFont:
        path = FONTS / f"{face.font(self.style.weight)}.woff2"
        return ImageFont.truetype(str(path), self.size, layout_engine=ImageFont.Layout.RAQM)

    def _width(self, line: str) -> float:
        return width_of(line, self.faces, weight=self.style.weight, size=self.size)


def set_text(text: str, style: TextStyle, *, width: float, language: str = "") -> SetText:
    """At the largest size at which it fits into its lines; at the smallest, what does not fit is cut off."""
    text = " ".join(text.split())
    faces = typefaces_for(text, style.chain, language)

    def lines_at(size: int) -> list[str]:
        return list(_wrapped(text, faces, style.weight, size, width / _SAFETY))

    for size in range(style.largest, style.smallest, -2):
        lines = lines_at(size)
        if len(lines) <= style.lines:
            return SetText(tuple(lines), size, faces, style)
    most = style.lines + style.more_lines
    lines = lines_at(style.smallest)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][:-1].rstrip(' .,;:')}…"]
    return SetText(tuple(lines), style.smallest, faces, style)


def _wrapped(text: str, faces: tuple[Typeface, ...], weight: int, size: int, width: float) -> Iterator[str]:
    """Broken at spaces; a word that is wider than a line, or a script without spaces, between two letters."""

    def fits(part: str) -> bool:
        return width_of(part, faces, weight=weight, size=size) <= width

    line = ""
    for word in text.split(" "):
        joined = f"{line} {word}" if line else word
        if fits(joined):
            line = joined
            continue
        if line:
            yield line
        line = ""
        for letter in _letters(word):
            if line and not fits(line + letter):
                yield line
                line = ""
            line += letter
    if line:
        yield line


def _letters(word: str) -> Iterator[str]:
    """With the marks that belong to each."""
    letter = ""
    for character in word:
        is_mark = unicodedata.category(character).startswith("M") or character == _ZERO_WIDTH_JOINER
        joins = letter and (letter[-1] == _ZERO_WIDTH_JOINER or unicodedata.combining(letter[-1]) == _JOINING_CLASS)
        if letter and not is_mark and not joins:
            yield letter
            letter = ""
        letter += character
    if letter:
        yield letter
