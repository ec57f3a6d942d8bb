"""Draw the mark and the rosettes of the web pages into static/img.

    python -m scripts.draw_ornaments

Run it after a change of their geometry.
"""

import math
from pathlib import Path

import resvg_py

from badgecert.core.guilloche import PAGE_ROSETTE, rosette
from badgecert.core.svg_path import number

IMAGES = Path(__file__).resolve().parent.parent / "static" / "img"

PLUM, BRASS, PAPER = "#5b1f55", "#c8963e", "#faf8fb"
PLUM_ON_DARK = "#e4a9da"
ENGRAVED_PLUM = "#7a4a74"
TOUCH_ICON = 180

SQUARE = 20.0
"""Width of either square of the mark, on its grid of 32."""


def mark_shapes(*, stroke: float, diamond: bool) -> str:
    """Issuer and earner: two squares interlaced; the credential is where they overlap."""
    edge = 16 - SQUARE / 2
    crossing = SQUARE / 2 * (math.sqrt(2) - 1)
    square = f'<rect x="{number(edge)}" y="{number(edge)}" width="{number(SQUARE)}" height="{number(SQUARE)}" rx="1"/>'
    reach = stroke * (1 + math.sqrt(2)) / 2
    over = f'<path id="over" d="M{number(16 + crossing - reach, 2)} {number(edge)}h{number(2 * reach, 2)}"/>' + "".join(
        f'<use href="#over" transform="rotate({angle} 16 16)"/>' for angle in (90, 180, 270)
    )
    centre = '<path class="plum" d="M16 11.8 20.2 16 16 20.2 11.8 16z"/>' if diamond else ""
    return (
        f'<g fill="none" stroke-width="{number(stroke)}" stroke-linejoin="round">'
        f'<g class="plum-line">{square}</g><g stroke="{BRASS}" transform="rotate(45 16 16)">{square}</g>'
        f'<g class="plum-line">{over}</g></g>{centre}'
    )


def mark(*, stroke: float = 2.1, diamond: bool = True) -> str:
    dark = f".plum{{fill:{PLUM_ON_DARK}}}.plum-line{{stroke:{PLUM_ON_DARK}}}"
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">'
        f"<style>.plum{{fill:{PLUM}}}.plum-line{{stroke:{PLUM}}}@media(prefers-color-scheme:dark){{{dark}}}</style>"
        f"{mark_shapes(stroke=stroke, diamond=diamond)}</svg>\n"
    )


def touch_icon() -> bytes:
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-5 -5 42 42">'
        f"<style>.plum{{fill:{PLUM}}}.plum-line{{stroke:{PLUM}}}</style>"
        f'<path fill="{PAPER}" d="M-5-5h42v42H-5z"/>{mark_shapes(stroke=2.1, diamond=True)}</svg>'
    )
    return bytes(resvg_py.svg_to_bytes(svg_string=svg, width=TOUCH_ICON, height=TOUCH_ICON))


def page_rosette(colour: str) -> str:
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="-360 -360 720 720" fill="none" '
        f'stroke="{colour}" stroke-width=".9">{rosette(PAGE_ROSETTE, "r")}</svg>\n'
    )


def draw(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "mark.svg").write_text(mark())
    (folder / "favicon.svg").write_text(mark(stroke=2.8, diamond=False))
    (folder / "rosette.svg").write_text(page_rosette("#fff"))
    (folder / "rosette-plum.svg").write_text(page_rosette(ENGRAVED_PLUM))
    (folder / "apple-touch-icon.png").write_bytes(touch_icon())


if __name__ == "__main__":
    draw(IMAGES)
