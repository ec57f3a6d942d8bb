"""The typefaces of the certificates, and which to take for a name.

A name is set in one typeface if any has all its letters: a word half in one and half in another looks like a mistake.
"""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from badgecert.core.glyphs import glyph_widths, visible

FONTS = Path(__file__).with_name("fonts")


@dataclass(frozen=True)
class Typeface:
    family: str
    weights: tuple[int, ...] = (600,)

    def font(self, weight: int) -> str:
        """The name of the font file for a weight, or for the nearest there is."""
        nearest = min(self.weights, key=lambda offered: abs(offered - weight))
        return f"{self.family.lower().replace(' ', '-')}-{nearest}"

    def covers(self, characters: Iterable[str]) -> bool:
        widths = glyph_widths()[self.font(self.weights[-1])]
        return all(character in widths for character in characters)


BESLEY = Typeface("Besley", (400, 600))
CORMORANT = Typeface("Cormorant Garamond", (500, 600))
PUBLIC_SANS = Typeface("Public Sans", (400, 600))
PINYON_SCRIPT = Typeface("Pinyon Script", (400,))
NOTO_SERIF = Typeface("Noto Serif")
NOTO_SANS = Typeface("Noto Sans", (400,))
SIMPLIFIED_CHINESE = Typeface("Noto Serif SC")
TRADITIONAL_CHINESE = Typeface("Noto Serif TC")
JAPANESE = Typeface("Noto Serif JP")
KOREAN = Typeface("Noto Serif KR")
OTHER_SCRIPTS = (
    Typeface("Scheherazade New"),
    Typeface("Noto Serif Hebrew"),
    Typeface("Noto Serif Thai"),
    Typeface("Noto Sans Armenian"),
    Typeface("Noto Sans Bengali"),
    Typeface("Noto Sans Devanagari"),
    Typeface("Noto Sans Ethiopic"),
    Typeface("Noto Sans Georgian"),
    Typeface("Noto Sans Gujarati"),
    Typeface("Noto Sans Gurmukhi"),
    Typeface("Noto Sans Kannada"),
    Typeface("Noto Sans Khmer"),
    Typeface("Noto Sans Lao"),
    Typeface("Noto Sans Malayalam"),
    Typeface("Noto Sans Myanmar"),
    Typeface("Noto Sans Sinhala"),
    Typeface("Noto Sans Tamil"),
    Typeface("Noto Sans Telugu"),
)
CHINESE_FIRST = (SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, JAPANESE, KOREAN)
JAPANESE_FIRST = (JAPANESE, SIMPLIFIED_CHINESE, TRADITIONAL_CHINESE, KOREAN)

DISPLAY = (BESLEY, NOTO_SERIF, *OTHER_SCRIPTS)
"""For names and titles. The text that has letters of East Asia asks those typefaces after these."""
CLASSICAL = (CORMORANT, NOTO_SERIF, *OTHER_SCRIPTS)
"""For the whole of a diploma."""
TEXT = (PUBLIC_SANS, NOTO_SANS, NOTO_SERIF, *OTHER_SCRIPTS)
SCRIPT = (PINYON_SCRIPT, *DISPLAY)
"""For a signature that is typed."""
ENGROSSED = (PINYON_SCRIPT, *CLASSICAL)
"""For the name on a diploma, which a scribe would write by hand."""


def typefaces_for(text: str, chain: tuple[Typeface, ...], language: str = "") -> tuple[Typeface, ...]:
    """The typefaces a text needs, best first: one, if any of the chain has all its characters."""
    characters = visible(text)
    candidates = (*chain, *_east_asian(text, language))
    for face in candidates:
        if face.covers(characters):
            return (face,)
    needed = {next((face for face in candidates if face.covers(character)), chain[0]) for character in characters}
    return tuple(face for face in candidates if face in needed)


def width_of(text: str, faces: tuple[Typeface, ...], *, weight: int, size: float) -> float:
    """How wide the text will be at most, in the unit of the size; joined letters may take less."""
    fonts = [glyph_widths()[face.font(weight)] for face in faces]
    total = 0
    for character in text:
        total += next((width for font in fonts if (width := font.get(character)) is not None), 0)
    return total * size / 1000


def is_right_to_left(text: str) -> bool:
    """By the first letter that has a direction, as browsers decide `dir=auto`."""
    for character in text:
        direction = unicodedata.bidirectional(character)
        if direction in {"L", "R", "AL"}:
            return direction != "L"
    return False


def _east_asian(text: str, language: str) -> tuple[Typeface, ...]:
    """Kana tell a Japanese text; Chinese characters alone do not, so the language of the certificate decides."""
    has_kana = any("\u3040" <= character <= "\u30ff" for character in text)
    return JAPANESE_FIRST if has_kana or language.split("-")[0] == "ja" else CHINESE_FIRST
