"""Which characters our fonts have, and how wide they are.

Read from a table that scripts/build_certificate_fonts.py writes, so that a name can be checked and measured without
opening megabytes of fonts.
"""

import functools
import json
import unicodedata
from array import array
from bisect import bisect_right
from pathlib import Path

_TABLE = Path(__file__).with_name("glyph_widths.json")


class GlyphWidths:
    """The widths of one font, in thousandths of its size."""

    def __init__(self, runs: list[tuple[int, int, int]]) -> None:
        """Each run is the first and the last of neighbouring characters of one width, and that width."""
        # Arrays, because every web process keeps them: 20,000 lists would take 4 MB.
        self._firsts = array("I", (first for first, _, _ in runs))
        self._lasts = array("I", (last for _, last, _ in runs))
        self._widths = array("H", (width for _, _, width in runs))

    def __contains__(self, character: str) -> bool:
        return self.get(character) is not None

    def get(self, character: str) -> int | None:
        position = bisect_right(self._firsts, ord(character)) - 1
        if position < 0 or ord(character) > self._lasts[position]:
            return None
        return self._widths[position]


def unrenderable(text: str) -> str:
    """The characters of a text, each once, that no font of the certificates has."""
    return "".join(dict.fromkeys(character for character in visible(text) if _widest(character) is None))


def width_in_ems(text: str) -> float:
    """How wide the text is at most, in sizes of its letters."""
    return sum(_widest(character) or 0 for character in text) / 1000


# Names of one file share their letters.
@functools.lru_cache(maxsize=4096)
def _widest(character: str) -> int | None:
    widths = [width for font in glyph_widths().values() if (width := font.get(character)) is not None]
    return max(widths, default=None)


def visible(text: str) -> str:
    """Without spaces and the marks that only steer joining and direction: no font needs a glyph for them."""
    return "".join(c for c in text if not c.isspace() and unicodedata.category(c) != "Cf")


@functools.cache
def glyph_widths() -> dict[str, GlyphWidths]:
    """By the names of the font files."""
    table: dict[str, list[tuple[int, int, int]]] = json.loads(_TABLE.read_text())
    return {font: GlyphWidths(runs) for font, runs in table.items()}
