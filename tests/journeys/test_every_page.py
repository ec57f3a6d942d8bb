"""Every page of the demonstration in Chromium: axe-core finds nothing and nothing sticks out, light and dark, on a desk
and on a phone."""

import json
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import accessibility_faults, in_every_look, overflowing_width
from tests.embedded import EmbeddedDemo

# Four looks of a dozen pages take a while on two cores.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

STRANGERS = [
    "/",
    "/verify/",
    "/verify/?code=7KQ4-M2XD",
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


@pytest.fixture
def links(embedded: EmbeddedDemo) -> dict[str, Any]:
    return json.loads(embedded.manage("demo_links", "--json"))


def logged_in(browser: Browser, links: dict[str, Any], person: dict[str, str]) -> Page:
    page = browser.new_page()
    page.goto(f"{links['base']}/log-in/")
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    page.get_by_role("button", name="Log in", exact=True).click()
    page.wait_for_url(lambda url: "/log-in/" not in url)
    return page


def faults(page: Page, addresses: list[str]) -> list[str]:
    """What is wrong with these pages in any of the four looks, one line each."""
    found = []
    for address in addresses:
        page.goto(address)
        found += faults_as_it_stands(page, address)
    return found


def faults_as_it_stands(page: Page, name: str) -> list[str]:
    found = []
    for look in in_every_look(page):
        found += [f"{name} [{look}] {fault}" for fault in accessibility_faults(page)]
        if wider := overflowing_width(page):
            found.append(f"{name} [{look}] is {wider} pixels wider than the window")
    return found


def test_pages_for_strangers_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    addresses = [links["base"] + path for path in STRANGERS]

    assert faults(browser.new_page(), addresses) == []


def test_pages_of_every_state_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    old_version = links["pages"]["corrected"] + "/versions/1"

    assert faults(browser.new_page(), [*links["pages"].values(), old_version]) == []


def test_mails_and_claim_links_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    page = browser.new_page()
    page.goto(f"{links['mailbox']}?to=bram@dewit.example")
    page.locator("ul.rows a").last.click()
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
    page.goto(links["base"] + "/portfolio/")
    badge = page.get_by_role("heading", level=3).get_by_role("link").first.get_attribute("href") or ""

    page.goto(links["base"] + "/portfolio/collections/")
    collection = page.locator(".rows a[href*='/collections/']").first.get_attribute("href") or ""
    page.goto(links["base"] + "/portfolio/links/")
    share_link = page.locator(".share-links input").first.get_attribute("value") or ""

    addresses = [links["base"] + path for path in (*EARNERS, badge, f"{badge}share/", f"{badge}links/", collection)]
    addresses.append(share_link)
    assert faults(page, addresses) == []


def test_pages_for_staff_have_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    page = logged_in(browser, links, links["staff"][0])
    page.goto(links["base"] + "/admin/badges/issuance/")
    issuance = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""
    page.goto(links["base"] + "/admin/badges/badge/")
    badge = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""

    page.goto(links["base"] + "/admin/badges/batch/")
    batch = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""

    page.goto(links["base"] + "/admin/accounts/user/?q=ingrid")
    person = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""
    page.goto(links["base"] + "/admin/earners/earnerrequest/?q=okafor")
    asked = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""
    person, asked = person.partition("?")[0], asked.partition("?")[0]
    pages = [person, person.replace("/change/", "/lock/"), asked, issuance.replace("/change/", "/correct/")]

    addresses = [links["base"] + path for path in (*DESK, issuance, badge, batch, *pages)]
    assert faults(page, addresses) == []


def test_page_of_a_second_person_has_no_faults(browser: Browser, links: dict[str, Any]) -> None:
    [owner] = [person for person in links["staff"] if person["email"] == "weiling@analysts.example"]
    page = logged_in(browser, links, owner)
    page.goto(links["base"] + "/admin/badges/proposal/")
    proposal = page.locator("#result_list a[href*='/change/']").first.get_attribute("href") or ""

    assert faults(page, [links["base"] + "/admin/", links["base"] + proposal]) == []
