"""How large a line may be: measured from the widths of the letters, so that nothing is rendered twice."""

from dataclasses import dataclass

from certificates.rendering.typefaces import Typeface, width_of

_SAFETY = 1.02
"""Kerning can widen a line by a hair."""


@dataclass(frozen=True)
class Room:
    """Where a text must fit: one line from the largest to the smallest size, then two lines at the smallest."""

    width: float
    """In points."""
    largest: int
    smallest: int
    tiny: int = 7
    """What a text of absurd length may shrink to."""


def fitting_size(text: str, faces: tuple[Typeface, ...], room: Room, *, weight: int) -> int:
    """The size in points."""
    for size in range(room.largest, room.smallest - 1, -1):
        if width_of(text, faces, weight=weight, size=size) * _SAFETY <= room.width:
            return size
    for size in range(room.smallest, room.tiny, -1):
        if _lines(text, faces, room.width, weight=weight, size=size) <= 2:
            return size
    return room.tiny


def _lines(text: str, faces: tuple[Typeface, ...], width: float, *, weight: int, size: int) -> int:
    """The lines that words fill from the left; a word wider than a line is broken."""
    lines, used = 1, 0.0
    space = width_of(" ", faces, weight=weight, size=size)
    for word in text.split():
        length = width_of(word, faces, weight=weight, size=size) * _SAFETY
        if used and used + space + length > width:
            lines, used = lines + 1, 0.0
        whole, rest = divmod(length, width)
        lines += int(whole)
        used = rest if whole else used + (space if used else 0) + length
    return lines
