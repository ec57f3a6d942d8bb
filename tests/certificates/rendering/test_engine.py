import subprocess
import sys

import pytest

from certificates.rendering import drawings
from certificates.rendering.engine import write_pdf
from certificates.rendering.exceptions import BrokenAssetError
from tests.house.source import ROOT

LOADS_THE_ENGINE = """
import certificates.rendering.engine
from PIL import ImageFile
print(ImageFile.LOAD_TRUNCATED_IMAGES)
"""


def test_loading_the_engine_leaves_uploads_to_be_whole_pictures():
    # In a process of its own, because WeasyPrint changes Pillow on the first import only.
    said = subprocess.run(
        [sys.executable, "-c", LOADS_THE_ENGINE], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert said.stdout == "False\n"


def _page(svg: bytes) -> bytes:
    return write_pdf(
        html='<!doctype html><html lang="en"><title>Drawing</title><img src="asset:drawing.svg" alt="A drawing">',
        style="img { width: 20mm; height: 20mm }",
        faces=frozenset(),
        assets={"drawing.svg": (svg, "image/svg+xml")},
        identifier=b"0" * 16,
    )


def _svg(parts: str) -> bytes:
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20">{parts}</svg>'.encode()


PLAIN = '<circle cx="10" cy="10" r="9" fill="#5b1f55" fill-opacity=".5" stroke="#c8963e"/>'
GROUP = '<g opacity=".5"><path fill="#0d4a37" d="M1 1h9v9z"/><path fill="#0d4a37" d="M5 5h9v9z"/></g>'


@pytest.mark.parametrize("parts", [PLAIN, GROUP, PLAIN + GROUP])
def test_drawing_is_the_same_on_every_page(parts: str) -> None:
    pages = [_page(_svg(parts)) for _time in range(3)]

    assert pages[0] == pages[1] == pages[2]


def test_lines_of_a_plain_drawing_are_worked_out_once(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_out = []
    draw = drawings.SVGImage.draw

    def counting(image: drawings.SVGImage, *arguments: object) -> None:
        worked_out.append(image)
        draw(image, *arguments)

    monkeypatch.setattr(drawings.SVGImage, "draw", counting)
    svg = _svg(PLAIN + "<!-- of its own -->")

    for _time in range(3):
        _page(svg)

    assert len(worked_out) == 1


@pytest.mark.parametrize("parts", ['<image href="file:///etc/passwd"/>', '<image href="asset:drawing.svg"/>', "<g>"])
def test_drawing_that_cannot_be_drawn_is_refused_each_time(parts: str) -> None:
    for _time in range(2):
        with pytest.raises(BrokenAssetError):
            _page(_svg(parts))
