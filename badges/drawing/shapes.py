"""The six outlines of a badge, round the middle of a canvas of 600 units."""

import math
from collections.abc import Callable
from dataclasses import dataclass

from badgecert.core.svg_path import PathData

MIDDLE = 300
LOBES = 20


@dataclass(frozen=True)
class Shape:
    outline: Callable[[float], str]
    """The path data for a radius."""
    text_radius: int
    """Where the ring text runs; the disc ends 40 units inside it."""
    raised_by: int = 0
    """How far the disc stands above the middle of the canvas."""


def circle(radius: float) -> str:
    path = PathData()
    path.move(MIDDLE - radius, MIDDLE)
    path.arc(radius, MIDDLE + radius, MIDDLE)
    path.arc(radius, MIDDLE - radius, MIDDLE)
    path.close()
    return str(path)


def hexagon(radius: float) -> str:
    return _rounded([_polar(radius * 1.03, step / 6) for step in range(6)], radius * 0.16)


def octagon(radius: float) -> str:
    return _rounded([_polar(radius * 1.04, (step + 0.5) / 8) for step in range(8)], radius * 0.12)


def eight_point(radius: float) -> str:
    points = [_polar(radius * (0.885 if step % 2 else 1.03), step / 16) for step in range(16)]
    return _rounded(points, radius * 0.075)


def scallop(radius: float) -> str:
    inner = radius * 0.955
    lobe = inner * math.sin(math.pi / LOBES) * 1.04
    path = PathData()
    path.move(*_polar(inner, 0))
    for step in range(1, LOBES + 1):
        path.arc(lobe, *_polar(inner, step / LOBES))
    path.close()
    return str(path)


def shield(radius: float) -> str:
    scale = radius / 280

    def right(*numbers: float) -> list[float]:
        return [MIDDLE + value * scale for value in numbers]

    def left(*numbers: float) -> list[float]:
        mirrored = (-value if position % 2 == 0 else value for position, value in enumerate(numbers))
        return [MIDDLE + value * scale for value in mirrored]

    path = PathData()
    path.move(*right(0, -284))
    path.cubic(*right(70, -246, 160, -236, 236, -240))
    path.quadratic(*right(256, -240, 256, -220))
    path.line(*right(256, -20))
    path.cubic(*right(256, 140, 150, 236, 0, 290))
    path.cubic(*left(150, 236, 256, 140, 256, -20))
    path.line(*left(256, -220))
    path.quadratic(*left(256, -240, 236, -240))
    path.cubic(*left(160, -236, 70, -246, 0, -284))
    path.close()
    return str(path)


SHAPES = {
    "circle": Shape(circle, text_radius=226),
    "hexagon": Shape(hexagon, text_radius=205),
    "octagon": Shape(octagon, text_radius=222),
    "eight-point": Shape(eight_point, text_radius=212),
    "scallop": Shape(scallop, text_radius=216),
    "shield": Shape(shield, text_radius=192, raised_by=14),
}


def _polar(distance: float, turn: float) -> tuple[float, float]:
    """The point at a distance from the middle, `turn` of a full turn clockwise from the top."""
    angle = 2 * math.pi * turn
    return MIDDLE + distance * math.sin(angle), MIDDLE - distance * math.cos(angle)


def _rounded(corners: list[tuple[float, float]], cut: float) -> str:
    """A polygon whose corners are rounded off, each beginning `cut` units before its point."""
    path = PathData()
    for position, corner in enumerate(corners):
        before, after = corners[position - 1], corners[(position + 1) % len(corners)]
        begin, end = _towards(corner, before, cut), _towards(corner, after, cut)
        if position == 0:
            path.move(*begin)
        else:
            path.line(*begin)
        path.quadratic(*corner, *end)
    path.close()
    return str(path)


def _towards(start: tuple[float, float], end: tuple[float, float], length: float) -> tuple[float, float]:
    part = min(length / math.dist(start, end), 0.5)
    return start[0] + (end[0] - start[0]) * part, start[1] + (end[1] - start[1]) * part
