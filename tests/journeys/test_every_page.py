"""Every page of the demonstration in Chromium: axe-core finds nothing, nothing is cut off, covered or out of reach, and
nothing breaks the policy. On a desk and on phones, light and dark, and with everything twice as large.

`tests/browser.py` has the looks; each page is loaded once for all of them.
"""

import json
from collections.abc import Sequence
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import (
    DESK_TWICE_AS_LARGE,
    PHONE_TWICE_AS_LARGE,
    accessibility_faults_in_every_look,
    first_link,
    logged_in,
    lost_at_any_width,
    note_faults,
    press,
)
from tests.embedded import EmbeddedDemo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STRANGERS = [
    "/",
    "/verify/",
    "/verify/?code=7KQ4-M2XD",
    "/verify/list/",
    "/badges/",
    "/badges/clean-needle-technique/",
    "/issuers/northgate/",
    "/log/",
    "/p/amara-okafor/",
    "/p/amara-okafor/for-employers/",
    "/p/nobody-at-all/",
    "/s/no-such-link",
    "/log-in/",
    "/log-in/new-password/",
    "/log-in/first-time/",
    "/guides/",
    "/guides/log-in/",
    "/guides/employers/",
    "/help/",
    "/log-out/",
    "/mailbox/",
    "/mailbox/messages/",
    "/nothing-here/",
]
EARNERS = [
    "/portfolio/",
    "/portfolio/?q=nothing-like-it",
    "/portfolio/?tab=archived",
    "/portfolio/?collection=for-employers",
    "/portfolio/collections/",
    "/portfolio/links/",
    "/portfolio/public-page/",
    "/requests/",
    "/profile/",
    "/profile/mail/",
    "/profile/password/",
    "/profile/browsers/",
    "/profile/second-step/",
    "/profile/data/",
    "/profile/delete/",
]
DESK = [
    "/admin/",
    "/admin/issue/",
    "/admin/issue/file/",
    "/admin/badges/badge/",
    "/admin/badges/badge/add/",
    "/admin/badges/issuance/",
    "/admin/badges/batch/",
    "/admin/notifications/message/",
    "/admin/notifications/message/sending/",
    "/admin/notifications/message/why/?address=ingrid@soerensen.example",
    "/admin/notifications/message/retry-failed/",
    "/admin/issuers/staffmember/",
    "/admin/earners/earnerrequest/",
    "/admin/earners/earnerrequest/paper/",
    "/admin/earners/question/",
    "/admin/core/auditevent/",
    "/admin/notifications/message/words/",
    "/admin/notifications/message/promise/",
]

ALL_WINDOWS = (DESK_TWICE_AS_LARGE, PHONE_TWICE_AS_LARGE)
CHANGE = "#result_list a[href*='/change/']"


@pytest.fixture
def links(embedded: EmbeddedDemo) -> dict[str, Any]:
    return json.loads(embedded.manage("demo_links", "--json"))


def faults(page: Page, addresses: list[str], *, twice_as_large: Sequence[int] = (DESK_TWICE_AS_LARGE,)) -> list[str]:
    """What is wrong with these pages in any look, one line each."""
    found, broken = [], note_faults(page)
    for address in addresses:
        page.goto(address)
        found += faults_as_it_stands(page, address, twice_as_large)
    return found + broken


def faults_as_it_stands(page: Page, name: str, twice_as_large: Sequence[int] = (DESK_TWICE_AS_LARGE,)) -> list[str]:
    page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true })")
    lost = lost_at_any_width(page, twice_as_large=twice_as_large)
    return [f"{name} {fault}" for fault in (*accessibility_faults_in_every_look(page), *lost)]


def test_pages_for_strangers_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    addresses = [links["base"] + path for path in STRANGERS]

    assert faults(browser.new_page(), addresses, twice_as_large=ALL_WINDOWS) == []


def test_pages_of_every_state_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    old_version = links["pages"]["corrected"] + "/versions/1"

    assert faults(browser.new_page(), [*links["pages"].values(), old_version], twice_as_large=ALL_WINDOWS) == []


def test_mails_and_claim_links_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    page = browser.new_page()
    page.goto(f"{links['mailbox']}?to=bram@dewit.example")
    press(page.locator("ul.rows a").last)
    mail = page.url
    claim = page.get_by_role("link").filter(has_text="/claim/").first.get_attribute("href") or ""
    # Where the mailbox shows it, it is sandboxed and no script runs, axe-core's neither.
    body = page.request.get(links["base"] + (page.locator("iframe").get_attribute("src") or "")).text()

    found = faults(page, [mail, claim])
    page.goto("about:blank")
    page.set_content(body)

    assert found + faults_as_it_stands(page, "the mail itself") == []


def test_pages_for_earners_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    page = logged_in(browser, links, links["earners"][0])
    badge = first_link(page, links["base"] + "/portfolio/", "h3 a")
    collection = first_link(page, links["base"] + "/portfolio/collections/", ".rows a[href*='/collections/']")
    page.goto(links["base"] + "/portfolio/links/")
    share_link = page.locator(".share-links input").first.get_attribute("value") or ""

    addresses = [links["base"] + path for path in (*EARNERS, badge, f"{badge}share/", f"{badge}links/", collection)]
    addresses.append(share_link)
    assert faults(page, addresses, twice_as_large=ALL_WINDOWS) == []


def test_pages_for_staff_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    page = logged_in(browser, links, links["staff"][0])
    lists = (
        "badges/issuance/",
        "badges/badge/",
        "badges/batch/",
        "accounts/user/?q=ingrid",
        "earners/earnerrequest/?q=okafor",
    )
    opened = [first_link(page, f"{links['base']}/admin/{name}", CHANGE).partition("?")[0] for name in lists]
    issuance, person = opened[0], opened[3]
    steps = [person.replace("/change/", "/lock/"), issuance.replace("/change/", "/correct/")]

    addresses = [links["base"] + path for path in (*DESK, *opened, *steps)]
    assert faults(page, addresses) == []


def test_page_of_a_second_person_has_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    [owner] = [person for person in links["staff"] if person["email"] == "weiling@analysts.example"]
    page = logged_in(browser, links, owner)
    proposal = first_link(page, links["base"] + "/admin/badges/proposal/", CHANGE)

    assert faults(page, [links["base"] + "/admin/", links["base"] + proposal]) == []
