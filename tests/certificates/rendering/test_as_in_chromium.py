"""Names look on paper as a browser shows them: another program's shaping, from the same fonts (WeasyPrint issue 2841)."""

import io
from dataclasses import replace

import pypdfium2
import pytest
from PIL import Image, ImageChops, ImageFilter, ImageStat
from playwright.sync_api import Page

from certificates.rendering.pdf import render_certificate
from certificates.rendering.screen import screen_html
from tests.certificates.rendering.combinations import NAMES
from tests.certificates.rendering.test_pdf import FACTS

pytestmark = pytest.mark.slow

PAGE = (1122, 794)
# Where the name stands on Engraved; what is as dark as this is ink.
NAME = (112, 262, 1010, 340)
INK = 120
# Of 255. The same name differs by 12 at most over its whole and 71 at one place, another name by 39 and 155 at least.
WHOLE, ONE_PLACE = 20, 110


def ink_of(page: Image.Image) -> Image.Image:
    """The name alone, in a size of its own: the programs place a line one above another by a hair."""
    dark = page.convert("L").resize(PAGE).crop(NAME).point(lambda value: 255 if value < INK else 0)
    return dark.crop(dark.getbbox()).resize((480, 64)).filter(ImageFilter.GaussianBlur(2))


def difference(one: Image.Image, other: Image.Image) -> tuple[float, int]:
    changed = ImageChops.difference(one, other)
    return ImageStat.Stat(changed).mean[0], changed.resize((60, 8), Image.Resampling.BOX).getextrema()[1]


def printed(name: str) -> Image.Image:
    document = pypdfium2.PdfDocument(render_certificate(replace(FACTS, recipient_name=name)))
    picture = document[0].render(scale=96 / 72).to_pil()
    document.close()
    return ink_of(picture)


def shown(page: Page, name: str) -> Image.Image:
    page.set_content(screen_html(replace(FACTS, recipient_name=name)))
    page.evaluate("document.fonts.ready")
    return ink_of(Image.open(io.BytesIO(page.screenshot())))


def test_every_script_is_printed_as_chromium_shows_it(page: Page) -> None:
    page.set_viewport_size({"width": PAGE[0], "height": PAGE[1]})
    by_chromium = {key: shown(page, name) for key, name in NAMES.items()}

    for key, name in NAMES.items():
        on_paper = printed(name)
        whole, place = difference(on_paper, by_chromium[key])
        assert (whole < WHOLE, place < ONE_PLACE) == (True, True), (key, whole, place)
        for other, picture in by_chromium.items():
            if other != key:
                assert difference(on_paper, picture)[0] > WHOLE, (key, other)
