"""How large a line may be: measured from the widths of the letters, so that nothing is rendered twice."""

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass

from certificates.rendering.typefaces import Typeface, width_of

_SAFETY = 1.02
"""Kerning can widen a line by a hair."""
_RAGGED = 0.92
"""What lines that end at a word hold of their width."""


@dataclass(frozen=True)
class Room:
    """Where a text must fit: on one line from the largest to the smallest size, then on two lines."""

    width: float
    """In points."""
    largest: int
    smallest: int
    lines: int = 2
    tiny: int = 7
    """What a text of absurd length may shrink to."""


@dataclass(frozen=True)
class Fitted:
    size: int
    """In points."""
    lines: tuple[str, ...]


def fit(text: str, faces: tuple[Typeface, ...], room: Room, *, weight: int) -> Fitted:
    """The text at the largest size that fits, divided at a space into two lines of like length if it must be."""

    def width(part: str, size: int) -> float:
        return width_of(part, faces, weight=weight, size=size) * _SAFETY

    for size in range(room.largest, room.smallest - 1, -1):
        if width(text, size) <= room.width:
            return Fitted(size, (text,))
    for size in range(room.smallest, room.tiny, -1):
        lines = _halves(text, size, width) if room.lines > 1 else (text,)
        if all(width(line, size) <= room.width for line in lines):
            return Fitted(size, lines)
    return Fitted(room.tiny, (text,))


def shortened(text: str, faces: tuple[Typeface, ...], *, width: float, size: float, lines: int) -> str:
    """As many whole words as fit on so many lines, with an ellipsis for the rest."""
    room = width * lines * _RAGGED
    words = text.split(" ")

    def part(kept: int) -> str:
        return text if kept == len(words) else " ".join(words[:kept]).rstrip(".,;:") + " …"

    def is_too_wide(kept: int) -> bool:
        return width_of(part(kept), faces, weight=400, size=size) * _SAFETY > room

    if not is_too_wide(len(words)):
        return text
    # Measured a few times, however many words somebody wrote.
    kept = bisect_left(range(1, len(words)), True, key=is_too_wide)  # noqa: FBT003  # what is looked for
    return part(kept) if kept else ""


def _halves(text: str, size: int, width: Callable[[str, int], float]) -> tuple[str, ...]:
    """Divided so that the longer line is as short as can be; a text without spaces stays whole."""
    words = text.split(" ")
    divisions = [(" ".join(words[:place]), " ".join(words[place:])) for place in range(1, len(words))]
    if not divisions:
        return (text,)
    return min(divisions, key=lambda lines: max(width(line, size) for line in lines))
