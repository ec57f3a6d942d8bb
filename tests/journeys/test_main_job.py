"""The main job by hand, in Chromium: issue, mail, log in, claim, show, verify, print. On real parts, and as a first run."""

import io
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from pypdf import PdfReader

from badges.models import ExpiryRule
from tests.browser import press
from tests.embedded import EmbeddedDemo
from tests.factories import PASSWORD, make_published_badge, make_staff
from tests.smtp import MailServer
from tests.worker import Worker

pytestmark = pytest.mark.slow

NAME = "Žofie Okafor-Lindqvist"
ADDRESS = "zofie@newcomer.example"
OWN_PASSWORD = "engraved lines and cool paper"
PATIENCE_SECONDS = 120

# The text of the newest mail to an address, "" while there is none.
MailReader = Callable[[str], str]


@dataclass(frozen=True)
class Place:
    base: str
    staff_email: str
    staff_password: str
    badge_name: str
    mail_to: MailReader


def test_main_job_on_postgresql_redis_a_worker_and_a_mail_server(
    browser: Browser, site: str, worker: Worker, smtp: MailServer, issuer: Any
) -> None:
    badge = make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=24)
    staff = make_staff(issuer)

    def mail_to(address: str) -> str:
        received = smtp.to(address)
        return received[-1].body("plain") if received else ""

    walk(browser, Place(site, staff.email, PASSWORD, badge.current_version.name, mail_to))


def test_main_job_on_the_embedded_default(browser: Browser, embedded: EmbeddedDemo) -> None:
    links = json.loads(embedded.manage("demo_links", "--json"))
    [staff] = [person for person in links["staff"] if person["email"].startswith("dolores@")]
    reader = browser.new_page()

    def mail_to(address: str) -> str:
        reader.goto(f"{links['mailbox']}?to={address}")
        mails = reader.locator("ul.rows a")
        if not mails.count():
            return ""
        press(mails.first)
        return reader.locator("pre").inner_text()

    walk(
        browser,
        Place(embedded.base, staff["email"], staff["password"], "Certified Practice Professional", mail_to),
    )


def walk(browser: Browser, place: Place) -> None:
    staff_issue_it(browser.new_page(), place)
    mail = wait_for_mail(place)
    desk_and_phone = browser.new_context()
    earner_logs_in_for_the_first_time(desk_and_phone.new_page(), place, mail)
    code = earner_makes_it_public(desk_and_phone.pages[0])
    employer_has_the_answer_on_the_first_screen(
        browser.new_context(viewport={"width": 390, "height": 844}), place, code
    )
    the_certificate_says_the_same(desk_and_phone, place, code)
    # Their open lines would keep the site's connections to the database.
    for context in browser.contexts:
        context.close()


def staff_issue_it(page: Page, place: Place) -> None:
    page.goto(f"{place.base}/admin/issue/")
    page.get_by_label("E-mail address").fill(place.staff_email)
    page.get_by_label("Password", exact=True).fill(place.staff_password)
    press(page.get_by_role("button", name="Log in"))
    expect(page.get_by_role("heading", name="Issue a badge")).to_be_visible()

    page.get_by_label("Badge", exact=True).select_option(label=place.badge_name)
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("E-mail address").fill(ADDRESS)
    page.get_by_label("Issued on").fill("2026-03-14")
    press(page.get_by_role("button", name="Preview"))

    expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    assert place.mail_to(ADDRESS) == ""
    press(page.get_by_role("button", name="Issue badge"))
    expect(page.get_by_text(NAME).first).to_be_visible()


def wait_for_mail(place: Place) -> str:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (mail := place.mail_to(ADDRESS)):
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.3)
    assert f"{place.base}/claim/" in mail
    assert "linkedin.com/profile/add" in mail
    return mail


def earner_logs_in_for_the_first_time(page: Page, place: Place, mail: str) -> None:
    [temporary] = re.findall(r"Temporary password:\s+(\S+)", mail)
    page.goto(f"{place.base}/log-in/")
    log_in(page, ADDRESS, temporary)

    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.goto(f"{place.base}/portfolio/")
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    page.get_by_role("textbox", name="New password").fill(OWN_PASSWORD)
    page.get_by_role("textbox", name="The same again").fill(OWN_PASSWORD)
    press(page.get_by_role("button", name="Save, then log in"))

    expect(page.get_by_text("Your password is set. Log in with it.")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value(ADDRESS)
    log_in(page, ADDRESS, OWN_PASSWORD)

    expect(page.get_by_role("heading", name="Welcome")).to_be_visible()
    expect(page.get_by_label(re.compile("name", re.IGNORECASE)).first).to_have_value(NAME)
    press(page.get_by_role("button", name=re.compile("open my portfolio", re.IGNORECASE)))
    expect(page.get_by_role("heading", name="My Badge Portfolio")).to_be_visible()


def log_in(page: Page, address: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)
    press(page.get_by_role("button", name="Log in", exact=True))


def earner_makes_it_public(page: Page) -> str:
    """Returns the code."""
    press(page.get_by_role("heading", level=3).get_by_role("link").first)
    page.get_by_label("Public", exact=True).check()
    press(page.get_by_role("button", name="Save"))
    expect(page.get_by_label("Public", exact=True)).to_be_checked()
    page.get_by_role("link", name="Share", exact=True).first.click()
    expect(page.get_by_role("link", name="Add to LinkedIn profile").first).to_be_visible()
    address = page.get_by_role("link", name="See it as others do").get_attribute("href") or ""
    return address.rsplit("/", 1)[1]


def employer_has_the_answer_on_the_first_screen(stranger: BrowserContext, place: Place, code: str) -> None:
    page = stranger.new_page()
    page.goto(f"{place.base}/v/{code.lower()}")

    assert page.url == f"{place.base}/v/{code}"
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)
    for text in ("Valid", NAME, place.badge_name, "14 March 2026", "13 March 2028", code_in_groups(code)):
        expect(page.get_by_text(text).first).to_be_in_viewport(ratio=1)
    assert stranger.cookies() == []
    answer = page.request.get(f"{place.base}/v/{code}", headers={"Accept": "application/vc+ld+json"})
    assert answer.json()["credentialSubject"]["achievement"]["name"] == place.badge_name


def the_certificate_says_the_same(earner: BrowserContext, place: Place, code: str) -> None:
    answer = earner.request.get(f"{place.base}/v/{code}/certificate.pdf")

    assert answer.headers["content-type"] == "application/pdf"
    [page] = PdfReader(io.BytesIO(answer.body())).pages
    text = " ".join(page.extract_text().split())
    said = (NAME, place.badge_name, "14 March 2026", "13 March 2028", code_in_groups(code))
    assert [part for part in said if part not in text] == []


def code_in_groups(code: str) -> str:
    return f"{code[:4]}-{code[4:8]}-{code[8:]}"
