"""Everything without a script: an earner's year, what an employer does, and the desk's main ways."""

import io
import json
import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pypdf import PdfReader

from tests.browser import press as arrive_by
from tests.embedded import EmbeddedDemo

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BADGE = "Clean Needle Technique"
NAME, ADDRESS = "Noor Haddad", "noor@haddad.example"
FIRST_PASSWORD, NEXT_PASSWORD = "mossy lantern by the river", "four calm words of mine"
PATIENCE_SECONDS = 60
SITE = re.compile(r"https?://127\.0\.0\.1:\d+")


@pytest.fixture(scope="module")
def links(embedded: EmbeddedDemo) -> dict[str, Any]:
    return json.loads(embedded.manage("demo_links", "--json"))


@pytest.fixture
def page(browser: Browser, links: dict[str, Any]) -> Iterator[Page]:
    context = browser.new_context(java_script_enabled=False, base_url=links["base"])
    yield context.new_page()
    context.close()


def see(page: Page, heading: str | re.Pattern[str]) -> None:
    """The page has arrived, and whatever on it can be pressed does something."""
    expect(page.get_by_role("heading", level=1, name=heading)).to_be_visible()
    dead = page.evaluate(
        """() => [...document.querySelectorAll('button, a')].filter(element => element.checkVisibility()).filter(element =>
             element.tagName === 'A' ? !element.getAttribute('href') || element.getAttribute('href') === '#'
             : !(element.type === 'submit' && element.form) && !element.popoverTargetElement
           ).map(element => element.outerHTML.slice(0, 100))"""
    )
    assert dead == []


def press(page: Page, name: str) -> None:
    arrive_by(page.get_by_role("button", name=name, exact=True).first)


def follow(page: Page, name: str | re.Pattern[str]) -> None:
    arrive_by(page.get_by_role("link", name=name).first)


def log_in(page: Page, email: str, password: str) -> None:
    page.goto("/log-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page, "Log in")


def open_mail(page: Page, address: str, about: str) -> None:
    """Waits until the worker has sent it; somebody would look again, too."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        page.goto(f"/mailbox/?to={address}")
        mails = page.locator("ul.rows a").filter(has_text=about)
        if mails.count():
            arrive_by(mails.first)
            return
        assert time.monotonic() < deadline, f"no mail about {about}"
        time.sleep(0.3)


def issue_one(page: Page, links: dict[str, Any], name: str, address: str) -> None:
    staff = links["staff"][0]
    page.goto("/admin/issue/")
    page.get_by_label("E-mail address").fill(staff["email"])
    page.get_by_label("Password", exact=True).fill(staff["password"])
    press(page, "Log in")
    see(page, "Issue a badge")
    page.get_by_label("Badge", exact=True).select_option(label=BADGE)
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("E-mail address").fill(address)
    press(page, "Preview")
    expect(page.get_by_text("Nothing has happened yet")).to_be_visible()
    press(page, "Issue badge")
    expect(page.get_by_text(name).first).to_be_visible()


def test_desk_issues_one_and_many_corrects_and_answers(page: Page, links: dict[str, Any], tmp_path: Path) -> None:
    issue_one(page, links, "Elif Aydın", "elif@aydin.example")

    file = tmp_path / "spring-course.csv"
    file.write_text("Who;Where\nPaulo Sá;paulo@sa.example\nJo Whitlock;jo.whitlock.example\n")
    page.goto("/admin/")
    follow(page, "Issue from a file")
    page.get_by_label("Badge", exact=True).select_option(label=BADGE)
    page.locator("input[type=file]").set_input_files(file)
    press(page, "Check the file")
    page.get_by_label("Who", exact=True).select_option(label="Name")
    page.get_by_label("Where", exact=True).select_option(label="E-mail")
    press(page, "Check the rows")
    page.get_by_label("Row 3, E-mail").fill("jo@whitlock.example")
    arrive_by(page.get_by_role("button", name="Check again row 3"))
    press(page, "Issue 2 badges")
    expect(page.get_by_text("2 badges were issued on")).to_be_visible(timeout=PATIENCE_SECONDS * 1000)

    page.goto("/admin/badges/issuance/?q=Elif")
    follow(page, re.compile("Elif Aydın"))
    follow(page, "Correct")
    page.get_by_label("Name", exact=True).fill("Elif Aydın Yıldız")
    page.get_by_label("Why, for your records").fill("married")
    press(page, "Correct this badge")
    expect(page.get_by_text("Corrected. The link and the code are the same.")).to_be_visible()

    page.goto("/admin/")
    follow(page, "Requests to answer")
    follow(page, re.compile("Name correction"))
    page.get_by_label("Your message").fill("Which of the two names stands in the passport?")
    press(page, "Ask back")
    expect(page.get_by_text("Which of the two names stands in the passport?")).to_be_visible()


def test_earner_spends_a_year(page: Page, links: dict[str, Any], browser: Browser) -> None:
    desk = browser.new_context(java_script_enabled=False, base_url=links["base"]).new_page()
    issue_one(desk, links, NAME, ADDRESS)
    desk.context.close()

    open_mail(page, ADDRESS, "Your badge and how to log in")
    page.goto(SITE.sub("", page.get_by_role("link").filter(has_text="/claim/").first.get_attribute("href") or ""))
    see(page, f"You have earned {BADGE}")
    press(page, "Claim badge")
    see(page, f"{BADGE} is in your portfolio")
    press(page, "Choose a password")
    page.get_by_role("textbox", name="New password").fill(FIRST_PASSWORD)
    page.get_by_role("textbox", name="The same again").fill(FIRST_PASSWORD)
    press(page, "Save, then log in")
    log_in(page, ADDRESS, FIRST_PASSWORD)
    see(page, "Welcome")
    press(page, "Open my portfolio")
    see(page, "My Badge Portfolio")

    page.get_by_label("Find a badge").fill("needle")
    page.get_by_label("Sort by").select_option(label="Expires first")
    press(page, "Show")
    expect(page.locator(".badge-card")).to_have_count(1)
    page.get_by_label("Find a badge").fill("nothing-like-it")
    press(page, "Show")
    expect(page.get_by_role("heading", name="No badge matches “nothing-like-it”")).to_be_visible()
    follow(page, "Clear search")
    page.get_by_role("switch").check()
    arrive_by(page.get_by_role("button", name="Save"))
    expect(page.get_by_role("switch")).to_be_checked()

    follow(page, re.compile("^Share"))
    see(page, "Share this badge")
    public_address = page.get_by_label("Badge link, for a CV or an employer").input_value()
    page.get_by_text("Form left empty? Copy the five fields").click()
    expect(page.get_by_label("Issuing organisation")).to_have_value("Northgate Council for Clinical Safety")
    follow(page, "E-mail signature")
    see(page, re.compile("signature"))

    page.goto("/portfolio/collections/")
    page.get_by_label("Title").fill("For my next post")
    press(page, "Make it")
    see(page, "For my next post")
    page.get_by_role("checkbox", name=re.compile(BADGE)).check()
    press(page, "Save the choice")
    expect(page.locator(".collected li")).to_have_count(1)
    press(page, "Publish")
    follow(page, "Set up my public page")
    page.get_by_label("My public page is on").check()
    page.get_by_label("Name in the address").fill("noor-haddad")
    press(page, "Save")
    public_page = page.get_by_label("Address of your page").input_value()

    page.goto("/portfolio/")
    arrive_by(page.locator(".badge-card h3 a"))
    badge = page.url
    page.get_by_text("Links for somebody").first.click()
    follow(page, "Make a link for somebody")
    page.get_by_label("Who is it for?").fill("Acme HR")
    press(page, "Make the link")
    shared = page.get_by_label("Link for Acme HR").input_value()
    page.goto(badge)
    page.get_by_label("Private", exact=True).check()
    press(page, "Save")
    expect(page.get_by_label("Private", exact=True)).to_be_checked()

    stranger = browser.new_context(java_script_enabled=False).new_page()
    stranger.goto(public_address)
    expect(stranger).to_have_title(re.compile("^Private"))
    stranger.goto(public_page)
    assert BADGE not in stranger.content()
    stranger.goto(shared)
    expect(stranger.get_by_text(BADGE).first).to_be_visible()
    page.goto("/portfolio/links/")
    press(page, "Withdraw Acme HR")
    stranger.reload()
    see(stranger, "This link was withdrawn")
    stranger.context.close()

    page.goto(badge)
    follow(page, "Ask for a correction")
    follow(page, re.compile("Name correction"))
    page.get_by_label("Your name").fill("Noor Haddad-Lind")
    page.get_by_label("What happened").fill("I married in May.")
    press(page, "Send")
    expect(page.get_by_text("Sent. You find the answer here")).to_be_visible()

    page.goto("/profile/")
    follow(page, "Edit Work")
    page.get_by_label("Employer").fill("St Mary's Hospital")
    press(page, "Save")
    expect(page.get_by_text("St Mary's Hospital")).to_be_visible()
    follow(page, "Change password")
    page.get_by_role("textbox", name="Current password").fill(FIRST_PASSWORD)
    page.get_by_role("textbox", name="New password").fill(NEXT_PASSWORD)
    page.get_by_role("textbox", name="The same again").fill(NEXT_PASSWORD)
    press(page, "Change password")
    press(page, "Log out")
    log_in(page, ADDRESS, NEXT_PASSWORD)
    see(page, "My Badge Portfolio")


def test_employer_checks_what_they_were_given(page: Page, links: dict[str, Any], tmp_path: Path) -> None:
    address = links["pages"]["valid"]
    code = address.rsplit("/", 1)[1]

    page.goto("/")
    page.get_by_label("Check a badge").fill(code.lower())
    press(page, "Check")
    see(page, "Amara Okafor-Lindqvist")
    assert page.url == address
    with page.expect_download() as saved:
        page.get_by_role("link", name="Save this check").click()
    assert "Amara Okafor-Lindqvist" in PdfReader(saved.value.path()).pages[0].extract_text()
    follow(page, "Its place in the public log")
    see(page, re.compile("log"))

    certificate = tmp_path / "certificate.pdf"
    certificate.write_bytes(page.request.get(f"{address}/certificate.pdf").body())
    page.goto("/verify/")
    page.get_by_label("Badge file").set_input_files(certificate)
    press(page, "Check this badge")
    expect(page).to_have_title(re.compile("^Valid"))
    with page.expect_download() as receipt:
        page.get_by_role("button", name="Save this check (PDF)").click()
    assert len(PdfReader(io.BytesIO(receipt.value.path().read_bytes())).pages) >= 1

    page.goto("/verify/list/")
    page.get_by_label("Links or codes").fill(f"{address}\n{links['pages']['revoked']}\nhello")
    press(page, "Check them")
    see(page, "3 badges checked")
    expect(page.get_by_role("row")).to_have_count(4)
    with page.expect_download() as table:
        page.get_by_role("button", name="Download the answers as CSV").click()
    assert len(table.value.path().read_text().splitlines()) == 4
    assert page.context.cookies() == []
