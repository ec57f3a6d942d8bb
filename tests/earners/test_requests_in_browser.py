"""From a wrong name on a phone to a right one on the badge: both sides in Chromium, staff without a mouse."""

import re
from pathlib import Path
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect
from pytest_playwright.pytest_playwright import CreateContextCallback

from badgecert.accounts.models import User
from badges.models import ExpiryRule, Issuance
from earners.actions.profile import welcome_earner
from earners.actions.requests import Wish, ask_back, open_request
from earners.attachments import SafeFile
from earners.models import RequestKind
from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width, press, press_key
from tests.factories import issue as issue_a_badge
from tests.factories import make_issuer, make_published_badge, make_user

PHONE = {"width": 390, "height": 844}


@pytest.fixture
def staff(db: None) -> User:
    return make_user(name="Mieke Peeters")


@pytest.fixture
def issuance(staff: User, earner: User) -> Issuance:
    badge = make_published_badge(
        make_issuer(owner=staff), expiry_rule=ExpiryRule.PERIOD, expiry_months=24, offers_paper=True
    )
    issuance = issue_a_badge(badge, to=earner, name="Ana Okafor")
    welcome_earner(display_name="Ana", language="en-gb", claimed=[issuance], by=earner)
    return issuance


def in_their_browser(new_context: CreateContextCallback, site: str, user: User) -> Page:
    client = Client()
    client.force_login(user)
    page = new_context(viewport=PHONE).new_page()
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )
    return page


def open_by_key(page: Page, role: Literal["link", "button"], name: str) -> None:
    page.get_by_role(role, name=name, exact=True).first.focus()
    press_key(page)


def faults(page: Page, addresses: list[str]) -> list[str]:
    found = []
    for address in addresses:
        page.goto(address)
        page.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        found += [f"{address} {fault}" for fault in accessibility_faults_in_every_look(page)]
        found += [f"{address} [{look}] is too wide" for look in in_every_look(page) if overflowing_width(page)]
    return found


@pytest.mark.slow
def test_name_is_asked_for_on_a_phone_and_corrected_by_keyboard(
    new_context: CreateContextCallback, site: str, issuance: Issuance, earner: User, staff: User, tmp_path: Path
) -> None:
    old_certificate = tmp_path / "old.pdf"
    old_certificate.write_bytes(Client().get(f"/v/{issuance.code}/certificate.pdf").content)
    proof = tmp_path / "marriage.pdf"
    proof.write_bytes(b"%PDF-1.7\n%%EOF\n")

    phone = in_their_browser(new_context, site, earner)
    phone.goto(f"{site}/portfolio/{issuance.pk}/")
    press(phone.get_by_role("link", name="Ask for a correction"))
    press(phone.get_by_role("link", name="Name correction"))
    phone.get_by_label("Your name").fill("Ana Okafor-Lindqvist")
    phone.get_by_label("What happened").fill("I married in May.")
    phone.get_by_label("Attach").set_input_files(proof)
    press(phone.get_by_role("button", name="Send"))
    expect(phone.get_by_text("Sent. You find the answer here")).to_be_visible()
    request_address = phone.url

    desk = in_their_browser(new_context, site, staff)
    desk.set_viewport_size({"width": 1280, "height": 900})
    desk.goto(f"{site}/admin/")
    desk.get_by_role("link", name="Requests to answer").first.focus()
    press_key(desk)
    open_by_key(desk, "link", "Name correction")
    expect(desk.get_by_text("I married in May.")).to_be_visible()
    open_by_key(desk, "link", "Correct a badge")
    expect(desk.get_by_label("Name", exact=True)).to_have_value("Ana Okafor-Lindqvist")
    desk.get_by_label("A few words to them").focus()
    desk.keyboard.type("Congratulations.")
    open_by_key(desk, "button", "Correct this badge")
    expect(desk.get_by_text("Corrected, and the request is done.")).to_be_visible()

    phone.goto(request_address)
    expect(phone.get_by_text("Congratulations.")).to_be_visible()
    press(phone.get_by_role("link", name="See the badge"))
    expect(phone.get_by_text("Ana Okafor-Lindqvist").first).to_be_visible()
    phone.goto(f"{site}/verify/")
    phone.get_by_label("Badge file").set_input_files(old_certificate)
    press(phone.get_by_role("button", name="Check this badge"))
    expect(phone).to_have_title(re.compile("^Older version"))


@pytest.mark.slow
def test_pages_of_requests_are_accessible_and_fit(
    new_context: CreateContextCallback, site: str, issuance: Issuance, earner: User, staff: User
) -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    file = SafeFile(name=f"{long}.pdf", media_type="application/pdf", content=b"%PDF-1.7 %%EOF")
    asked = open_request(
        issuance, Wish(kind=RequestKind.NAME, wanted_name=f"محمد عبد الرحمن {long}", text=long, files=[file]), by=earner
    )
    ask_back(asked, text="Which of the two?", by=staff)
    paper = open_request(
        issuance, Wish(kind=RequestKind.PAPER, postal_address=f"Ana Okafor\n{long}\nNorthgate"), by=earner
    )
    letter = open_request(issuance, Wish(kind=RequestKind.LETTER, employer=long), by=earner)
    own = f"{site}/portfolio/{issuance.pk}"
    desk = f"{site}/admin/earners/earnerrequest"

    found = faults(
        in_their_browser(new_context, site, earner),
        [
            f"{own}/",
            f"{own}/correct/",
            *(f"{own}/correct/{kind}/" for kind in ("name", "expiry", "paper")),
            f"{site}/requests/",
            f"{site}{asked.get_absolute_url()}",
        ],
    )
    found += faults(
        in_their_browser(new_context, site, staff),
        [
            f"{desk}/",
            f"{desk}/{asked.pk}/change/",
            f"{desk}/{paper.pk}/change/",
            f"{desk}/{asked.pk}/approve/",
            f"{desk}/{letter.pk}/approve/",
            f"{desk}/paper/",
            f"{site}/admin/badges/issuance/{issuance.pk}/correct/",
            f"{site}/admin/badges/issuance/{issuance.pk}/renew/",
            f"{site}/admin/issuers/issuer/{issuance.issuer_id}/change/",
        ],
    )

    assert found == []
