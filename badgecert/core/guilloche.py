"""Guilloche: the fine interlaced lines of banknotes, shared by badges, certificates and pages.

They are easy to draw by formula and hard to copy by hand. Plain Python: numbers in, SVG out.
"""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from badgecert.core.svg_path import PathData, number

# Control points of the cubic that runs from one extreme of a sine to the next, in half wavelengths.
_SINE_HANDLE = 0.3642


@dataclass(frozen=True)
class Ring:
    """The closed curve r(θ) = radius + amplitude · sin(waves · θ), repeated `turns` times by rotation."""

    radius: float
    amplitude: float
    waves: int
    turns: int
    step: int = 5
    """Degrees between two points of the curve; divides 360."""

    def path(self, decimals: int = 1) -> str:
        points = []
        for degrees in range(0, 360, self.step):
            angle = math.radians(degrees)
            distance = self.radius + self.amplitude * math.sin(self.waves * angle)
            points.append((distance * math.sin(angle), -distance * math.cos(angle)))
        return closed_curve(points, decimals)

    def rotations(self) -> Iterator[float]:
        """The angles of the repetitions after the first, in degrees."""
        for turn in range(1, self.turns):
            yield 360 / self.waves / self.turns * turn

    def scaled(self, factor: float) -> "Ring":
        return Ring(self.radius * factor, self.amplitude * factor, self.waves, self.turns, self.step)


PAGE_ROSETTE = (Ring(306, 46, 16, 6, 5), Ring(214, 40, 8, 9, 8), Ring(128, 34, 8, 7, 8), Ring(62, 20, 8, 5, 9))
"""Within 360 units of its centre, eightfold like the mark."""
CERTIFICATE_ROSETTE = (Ring(0.86, 0.12, 16, 5, 5), Ring(0.58, 0.12, 12, 6, 6), Ring(0.33, 0.1, 8, 6, 8))
"""Within one unit of its centre: scale it to the paper."""
CORNER_ROSETTE = (Ring(0.78, 0.2, 8, 5, 8), Ring(0.38, 0.22, 8, 4, 9))


def rosette(rings: Iterable[Ring], name: str, decimals: int = 1) -> str:
    """The paths of a rosette round the origin; `name` makes their ids, so it must be its own in the document."""
    parts = []
    for position, ring in enumerate(rings):
        key = f"{name}{position}"
        parts.append(f'<path id="{key}" d="{ring.path(decimals)}"/>')
        parts.extend(f'<use href="#{key}" transform="rotate({number(angle, 2)})"/>' for angle in ring.rotations())
    return "".join(parts)


def band(
    *, left: float, top: float, right: float, bottom: float, amplitude: float, wavelength: float, strands: int
) -> str:
    """Path data of sine strands that run along a rectangle, a whole number of waves on each side.

    The strands begin and end within half a wavelength of the corners: cover those with an ornament.
    """
    corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
    path = PathData(decimals=2)
    for position, (x, y) in enumerate(corners):
        end_x, end_y = corners[(position + 1) % 4]
        length = abs(end_x - x) + abs(end_y - y)
        along = ((end_x - x) / length, (end_y - y) / length)
        half = length / round(length / wavelength) / 2
        for strand in range(strands):
            _strand(
                path, start=(x, y), along=along, length=length, half=half, lag=strand / strands, amplitude=amplitude
            )
    return str(path)


def closed_curve(points: list[tuple[float, float]], decimals: int = 1) -> str:
    """A smooth closed curve through the points (Catmull-Rom, as cubics)."""
    path = PathData(decimals)
    path.move(*points[0])
    count = len(points)
    for position in range(1, count + 1):
        before, here = points[position - 2], points[position - 1]
        there, after = points[position % count], points[(position + 1) % count]
        handle = (there[0] - (after[0] - here[0]) / 6, there[1] - (after[1] - here[1]) / 6)
        if position == 1:
            path.cubic(here[0] + (there[0] - before[0]) / 6, here[1] + (there[1] - before[1]) / 6, *handle, *there)
        else:
            path.smooth(*handle, *there)
    path.close()
    return str(path)


def _strand(
    path: PathData,
    *,
    start: tuple[float, float],
    along: tuple[float, float],
    length: float,
    half: float,
    lag: float,
    amplitude: float,
) -> None:
    """One sine from its first to its last extreme on a side; `lag` is its part of a whole wave."""

    def place(distance: float, height: float) -> tuple[float, float]:
        return (
            start[0] + along[0] * distance - along[1] * height,
            start[1] + along[1] * distance + along[0] * height,
        )

    distance = (0.5 + 2 * lag) % 1 * half
    height = amplitude if (0.5 + 2 * lag) % 2 < 1 else -amplitude
    path.move(*place(distance, height))
    first = True
    while distance + half <= length + 1e-9:
        handle = place(distance + half * (1 - _SINE_HANDLE), -height)
        end = place(distance + half, -height)
        if first:
            path.cubic(*place(distance + half * _SINE_HANDLE, height), *handle, *end)
        else:
            path.smooth(*handle, *end)
        distance, height, first = distance + half, -height, False
