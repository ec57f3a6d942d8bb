"""The icons a badge may carry: a choice of Lucide (licence in icons/), by their English names."""

import functools
import re
from pathlib import Path

from badgecert.core.svg_path import number
from badges.drawing.exceptions import BadgeArtError

GRID = 24
LINE = 1.55
"""The width of the lines on the grid: a little finer than on a button."""

_FOLDER = Path(__file__).with_name("icons")


@functools.cache
def icon_names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.svg")))


def draw_icon(name: str, *, x: float, y: float, size: float, colour: str) -> str:
    """The icon centred on a point."""
    place = f"translate({number(x - size / 2)} {number(y - size / 2)}) scale({number(size / GRID, 3)})"
    return (
        f'<g transform="{place}" fill="none" stroke="{colour}" stroke-width="{LINE}" '
        f'stroke-linecap="round" stroke-linejoin="round">{_body(name)}</g>'
    )


@functools.cache
def _body(name: str) -> str:
    if name not in icon_names():
        msg = f"There is no icon called “{name}”. Choose one from the list."
        raise BadgeArtError(msg)
    svg = (_FOLDER / f"{name}.svg").read_text()
    inside = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL).split(">", 1)[1].rsplit("</svg>", 1)[0]
    return re.sub(r"\s+", " ", inside).replace(" />", "/>").replace("> <", "><").strip()
