import math
import re

import pytest

from badgecert.core.guilloche import Ring, band, rosette
from badgecert.core.svg_path import PathData, number


@pytest.mark.parametrize(
    ("value", "text"),
    [(12.0, "12"), (-3.5, "-3.5"), (0.25, ".2"), (-0.04, "0"), (-0.5, "-.5"), (100, "100")],
)
def test_numbers_are_written_short(value: float, text: str) -> None:
    assert number(value) == text


def test_a_path_comes_back_to_its_start_however_it_is_rounded() -> None:
    path = PathData()
    corners = [(math.cos(step / 7) * 100 / 3, math.sin(step / 7) * 100 / 3) for step in range(44)]

    path.move(*corners[0])
    for corner in [*corners[1:], corners[0]]:
        path.line(*corner)

    steps = [tuple(map(float, re.findall(r"-?[\d.]+", step))) for step in str(path).split("l")[1:]]
    assert sum(x for x, _ in steps) == pytest.approx(0, abs=1e-9)
    assert sum(y for _, y in steps) == pytest.approx(0, abs=1e-9)


def test_a_ring_stays_between_its_extremes() -> None:
    ring = Ring(radius=100, amplitude=10, waves=8, turns=5)

    x, y = 0.0, 0.0
    distances = []
    for command in re.findall(r"[mcs][^mcsz]*", ring.path(decimals=3)):
        *_, dx, dy = (float(n) for n in re.findall(r"-?\d*\.?\d+", command))
        x, y = x + dx, y + dy
        distances.append(math.hypot(x, y))
    assert min(distances) >= 90 - 0.1
    assert max(distances) <= 110 + 0.1
    assert max(distances) - min(distances) > 15


def test_a_rosette_repeats_each_ring_evenly() -> None:
    svg = rosette([Ring(100, 10, waves=8, turns=5), Ring(50, 10, waves=4, turns=2)], "r")

    assert re.findall(r'<path id="(\w+)"', svg) == ["r0", "r1"]
    assert re.findall(r'href="#(\w+)" transform="rotate\(([\d.]+)\)"', svg) == [
        ("r0", "9"),
        ("r0", "18"),
        ("r0", "27"),
        ("r0", "36"),
        ("r1", "45"),
    ]


def test_a_band_keeps_to_its_rectangle() -> None:
    path = band(left=10, top=20, right=210, bottom=120, amplitude=2, wavelength=8, strands=3)

    points = []
    x, y = 0.0, 0.0
    for command in re.findall(r"[mcs][^mcsz]*", path):
        *_, dx, dy = (float(n) for n in re.findall(r"-?\d*\.?\d+", command))
        x, y = x + dx, y + dy
        points.append((x, y))
    assert path.count("m") == 4 * 3
    assert min(x for x, _ in points) == pytest.approx(8)
    assert max(x for x, _ in points) == pytest.approx(212)
    assert min(y for _, y in points) == pytest.approx(18)
    assert max(y for _, y in points) == pytest.approx(122)
    assert not [point for point in points if 12.1 < point[0] < 207.9 and 22.1 < point[1] < 117.9]
