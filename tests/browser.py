"""Looking at pages the way people do: two widths, two colour schemes, and axe-core."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

LAUNCH_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Look(NamedTuple):
    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


LOOKS = [Look(1280, "light"), Look(1280, "dark"), Look(390, "light"), Look(390, "dark")]


def in_every_look(page: Page) -> Iterator[Look]:
    """Puts the page, as it stands, into each of the four looks in turn."""
    for look in LOOKS:
        page.set_viewport_size({"width": look.width, "height": 844 if look.width < 600 else 900})
        page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")
        yield look


def accessibility_faults(page: Page) -> list[str]:
    """What axe-core finds on the page as it stands, one line each; `== []` is the assertion."""
    return [
        f"{fault['id']}: {fault['help']} at {' '.join(map(str, node['target']))}"
        # A sandboxed frame never answers axe, which then waits a minute for it; what it shows is a page of its own.
        for fault in Axe().run(page, options={"iframes": False}).response["violations"]
        for node in fault["nodes"]
    ]


def accessibility_faults_in_every_look(page: Page) -> list[str]:
    return [f"[{look}] {fault}" for look in in_every_look(page) for fault in accessibility_faults(page)]


def overflowing_width(page: Page) -> int:
    """How many pixels the page is wider than its window; 0 is right."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def is_no_raw_form(page: Page) -> bool:
    """Django's own form pages have a row of save buttons and a form of the model's name."""
    return page.locator(".submit-row, #content-main form[id$='_form']").count() == 0


def take_pictures(page: Page, name: str, folder: Path) -> list[Path]:
    """One full-page picture for each look, for somebody to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for look in in_every_look(page):
        picture = folder / f"{name}-{look}.png"
        # What sticks to the window's edge would otherwise lie across the middle of the picture.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": look.width, "height": height})
        page.screenshot(path=picture, full_page=True)
        pictures.append(picture)
    return pictures
