"""A language with longer words, read from right to left: each kind of page in Chromium, on a desk and on phones."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import WHAT_IS_LOST, Look, first_link, logged_in, take_on
from tests.embedded import EmbeddedDemo
from tests.journeys.test_every_page import CHANGE, DESK, EARNERS
from tests.languages.pseudo import OPEN, RIGHT_TO_LEFT

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STRANGERS = [
    *("/", "/help/?organisation=northgate", "/guides/", "/guides/sharing/", "/verify/?code=7KQ4-M2XD", "/verify/list/"),
    *("/badges/", "/badges/clean-needle-technique/", "/issuers/northgate/", "/log/", "/nothing-here/"),
    *("/p/amara-okafor/", "/s/no-such-link", "/log-in/", "/log-in/new-password/", "/log-in/first-time/"),
]
ONE_BADGE = ["", "share/", "links/", "signature/", "website/", "correct/", "correct/name/"]
# What says left or right where the page has turned round, and arrows that did not turn with it.
NOT_TURNED_ROUND = """() => [
    ...[...document.querySelectorAll('body *')].filter(element => element.checkVisibility() && element.closest('[dir]').dir === 'rtl')
      .filter(element => { const style = getComputedStyle(element)
        const floats = !/flex|grid/.test(getComputedStyle(element.parentElement).display)
        return (floats && ['left', 'right'].includes(style.float)) || style.textAlign === 'left' }),
    ...[...document.querySelectorAll('.icon:has(use:is([href$="-left"], [href$="-right"]))')]
      .filter(icon => getComputedStyle(icon).scale !== '-1 1'),
  ].map(element => element.outerHTML.slice(0, 100))"""


@pytest.fixture(scope="module")
def links(embedded: EmbeddedDemo) -> dict[str, Any]:
    return json.loads(embedded.manage("demo_links", "--json"))


@pytest.fixture(scope="module")
def foreign(embedded: EmbeddedDemo) -> Iterator[str]:
    """The demonstration once more, at an address where it speaks every reader's language, these two included."""
    with closing(sqlite3.connect(embedded.database, timeout=30, isolation_level=None)) as database:
        chosen = database.execute("SELECT language, id FROM accounts_user").fetchall()
        database.execute("UPDATE accounts_user SET language = ''")
        with embedded.served_with("tests.languages.settings") as address:
            yield address
        database.executemany("UPDATE accounts_user SET language = ? WHERE id = ?", chosen)


def faults(page: Page, address: str, paths: list[str]) -> list[str]:
    page.context.set_extra_http_headers({"Accept-Language": RIGHT_TO_LEFT})
    found = []
    for path in paths:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
        if page.locator("html").get_attribute("dir") != "rtl" or OPEN not in page.locator("body").inner_text():
            found.append(f"{path} speaks another language")
        for width in (1280, 390, 320):
            take_on(page, Look(width, "light"))
            found += [f"{path} [{width}] {thing}" for thing in page.evaluate(WHAT_IS_LOST)]
        found += [f"{path} stayed as it was: {thing}" for thing in page.evaluate(NOT_TURNED_ROUND)]
    return found


def test_pages_for_strangers_turn_round_and_hold_longer_words(
    browser: Browser, links: dict[str, Any], foreign: str
) -> None:
    states = [page.removeprefix(links["base"]) for page in links["pages"].values()]

    assert faults(browser.new_page(), foreign, STRANGERS + states) == []


def test_pages_for_earners_turn_round_and_hold_longer_words(
    browser: Browser, links: dict[str, Any], foreign: str
) -> None:
    page = logged_in(browser, links, links["earners"][0])
    badge = first_link(page, links["base"] + "/portfolio/", "h3 a")
    collection = first_link(page, links["base"] + "/portfolio/collections/", ".rows a[href*='/collections/']")

    assert faults(page, foreign, [*EARNERS, *(badge + rest for rest in ONE_BADGE), collection]) == []


def test_pages_for_staff_turn_round_and_hold_longer_words(
    browser: Browser, links: dict[str, Any], foreign: str
) -> None:
    page = logged_in(browser, links, links["staff"][0])
    lists = ("badges/issuance", "badges/badge", "badges/batch", "earners/earnerrequest", "notifications/message")
    opened = [first_link(page, f"{links['base']}/admin/{name}/", CHANGE) for name in lists]

    assert faults(page, foreign, DESK + opened) == []
