"""Pictures of the demo's pages into var/screenshots: light and dark, 1280 and 390 wide, for somebody to look at.

Starts a demo of its own. Run it by `sh scripts/dev.sh screenshots [NAME…]`: five minutes for all of them, and sheets of
twenty at the end. `screenshots guide [GUIDE…]` takes the pictures that the guides show instead (scripts/guide_pictures.py).
"""

import json
import re
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, sync_playwright

from scripts.contact_sheets import lay_out_sheets
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
            # What a stranger saw, nobody has to look at again.
            seen: set[str] = set()
            for visit in (as_a_stranger, as_an_earner, as_staff):
                visit(chromium, links, lambda page, name: picture(page, name, wanted), seen)
            chromium.close()
        lay_out_sheets(FOLDER)
    finally:
        demo.stop()


Picture = Callable[[Page, str], None]
# What tells one badge, person or file from another of its kind.
_ONE_OF_A_KIND = re.compile(
    r"(?<=/)(?:[0-9a-f]{8}-[0-9a-f-]{27}|[0-9A-HJKMNP-TV-Z]{12}|\d+|\d{8}T\d+-[0-9a-f]{8}|[\w.-]{43,})(?=/|$)"
    r"|(?<=^/issuers/)[\w-]+|(?<=^/badges/)[\w-]+|(?<=^/p/)[\w-]+"
)
# Secrets that the desk shows as dots lead nowhere.
_NO_PAGE = re.compile(
    r"^/(log-out|static|pictures|styleguide|%E2%80%A2)|\.\w{2,4}$|/(share/to|embed|alone)/?|/html$|/claim/"
)


def picture(page: Page, name: str, wanted: list[str]) -> None:
    if not wanted or name in wanted:
        for path in take_pictures(page, name, FOLDER):
            print(path)


def as_a_stranger(chromium: Browser, links: dict[str, Any], take: Picture, seen: set[str]) -> None:
    page = chromium.new_page()
    for name, url in links["pages"].items():
        page.goto(url)
        take(page, f"page-{name.replace('_', '-')}")
    page.goto(f"{links['pages']['corrected']}/versions/1")
    take(page, "page-superseded")
    starts = [
        "/",
        "/s/no-such-link",
        "/log-in/",
        "/verify/?code=abc",
        "/help/?organisation=northgate",
        "/mailbox/",
        "/nothing-here/",
    ]
    each_page(page, links["base"], starts, take, seen)


def as_an_earner(chromium: Browser, links: dict[str, Any], take: Picture, seen: set[str]) -> None:
    page = logged_in(chromium, links, links["earners"][0])
    page.goto(f"{links['base']}/portfolio/links/")
    page.goto(page.locator(".share-links input").first.input_value())
    take(page, "share-link")
    each_page(
        page, links["base"], ["/portfolio/", "/portfolio/?q=nothing-like-it", "/profile/", "/requests/"], take, seen
    )


def as_staff(chromium: Browser, links: dict[str, Any], take: Picture, seen: set[str]) -> None:
    page = logged_in(chromium, links, links["staff"][0])
    each_page(page, links["base"], ["/admin/"], take, seen, within="/admin/")


def each_page(page: Page, base: str, starts: list[str], take: Picture, seen: set[str], *, within: str = "/") -> None:
    """Every page that links lead to from these, one of each kind."""
    waiting = list(starts)
    seen |= {kind_of(start) for start in starts}
    while waiting:
        address = waiting.pop(0)
        answer = page.goto(base + address)
        if answer is None or not answer.headers.get("content-type", "").startswith("text/html"):
            continue
        if urlsplit(page.url).path == "/log-in/" != urlsplit(address).path:
            # For somebody who is logged in.
            seen.discard(kind_of(address))
            continue
        take(page, name_of(address))
        for link in page.locator("a[href]").evaluate_all("links => links.map(link => link.href)"):
            parts = urlsplit(link)
            if f"{parts.scheme}://{parts.netloc}" != base or not parts.path.startswith(within):
                continue
            if kind_of(parts.path) not in seen and not _NO_PAGE.search(parts.path):
                seen.add(kind_of(parts.path))
                waiting.append(parts.path)


def kind_of(address: str) -> str:
    return _ONE_OF_A_KIND.sub("one", address)


def name_of(address: str) -> str:
    path, _mark, query = kind_of(address).partition("?")
    name = path.strip("/").replace("/", "-").replace("admin", "desk") or "home"
    return f"{name}-{re.sub(r'[^a-z0-9]+', '-', query.lower())}" if query else name


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
