"""Pictures of the demo's pages into var/screenshots: light and dark, 1280 and 390 wide, for somebody to look at.

Starts a demo of its own. Run it by `sh scripts/dev.sh screenshots [NAME…]`. `screenshots guide [GUIDE…]` takes the
pictures that the guides show instead (scripts/guide_pictures.py).
"""

import json
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.guide_pictures import take_guide_pictures
from tests.browser import LAUNCH_FLAGS, take_pictures
from tests.embedded import EmbeddedDemo

FOLDER = Path(__file__).resolve().parent.parent / "var" / "screenshots"


def main(wanted: list[str]) -> None:
    demo = EmbeddedDemo()
    try:
        links = json.loads(demo.manage("demo_links", "--json"))
        with sync_playwright() as playwright:
            chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=LAUNCH_FLAGS)
            if wanted[:1] == ["guide"]:
                take_guide_pictures(chromium, demo, wanted[1:])
                return
            for visit in (as_a_stranger, as_an_earner, as_staff):
                visit(chromium, links, lambda page, name: picture(page, name, wanted))
            chromium.close()
    finally:
        demo.stop()


Picture = Callable[[Page, str], None]


def picture(page: Page, name: str, wanted: list[str]) -> None:
    if not wanted or name in wanted:
        for path in take_pictures(page, name, FOLDER):
            print(path)


def as_a_stranger(chromium: Browser, links: dict[str, Any], take: Picture) -> None:
    page = chromium.new_page()
    paths = {"home": "/", "log-in": "/log-in/", "first-time": "/log-in/first-time/", "verify": "/verify/"}
    for name, path in {**paths, "guide-log-in": "/guides/log-in/", "mailbox": "/mailbox/"}.items():
        page.goto(links["base"] + path)
        take(page, name)
    for name, url in links["pages"].items():
        page.goto(url)
        take(page, f"page-{name.replace('_', '-')}")


def as_an_earner(chromium: Browser, links: dict[str, Any], take: Picture) -> None:
    page = logged_in(chromium, links, links["earners"][0])
    for name in (
        "portfolio",
        "portfolio/collections",
        "portfolio/links",
        "portfolio/public-page",
        "portfolio/public-page/share",
        "profile",
        "profile/browsers",
        "p/amara-okafor",
    ):
        page.goto(f"{links['base']}/{name}/")
        take(page, name.replace("/", "-"))
    page.goto(f"{links['base']}/portfolio/")
    share = page.get_by_role("link", name="Share").first.get_attribute("href") or ""
    for name in ("share", "signature", "website"):
        page.goto(f"{links['base']}{share.removesuffix('share/')}{name}/")
        take(page, f"portfolio-{name}")


def as_staff(chromium: Browser, links: dict[str, Any], take: Picture) -> None:
    page = logged_in(chromium, links, links["staff"][0])
    page.goto(f"{links['base']}/admin/")
    take(page, "desk")
    addresses = page.locator("a[href^='/admin/']").evaluate_all("links => links.map(link => link.getAttribute('href'))")
    for address in sorted({address.split("?")[0] for address in addresses} - {"/admin/"}):
        page.goto(links["base"] + address)
        take(page, f"desk{address.removeprefix('/admin').rstrip('/').replace('/', '-')}")


def logged_in(chromium: Browser, links: dict[str, Any], person: dict[str, str]) -> Page:
    page = chromium.new_context().new_page()
    page.goto(f"{links['base']}/log-in/")
    page.fill("[name=email]", person["email"])
    page.fill("[name=password]", person["password"])
    page.locator("main form [type=submit]").first.click()
    page.wait_for_url(lambda url: "/log-in/" not in url)
    return page


if __name__ == "__main__":
    main(sys.argv[1:])
