"""A passkey made and used in Chromium, with its virtual authenticator, and the pages around it."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import CDPSession, Page, expect

from badgecert.accounts.models import User
from tests.browser import accessibility_faults_in_every_look, overflowing_width, press
from tests.factories import PASSWORD

# A phone: it keeps passkeys and knows its owner's finger.
PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def phone(page: Page) -> Iterator[tuple[CDPSession, str]]:
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})
    yield session, made["authenticatorId"]
    session.detach()


def log_in(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/log-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Log in", exact=True))


def add_passkey(page: Page, site: str) -> None:
    page.goto(f"{site}/profile/second-step/passkeys/add/")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Continue"))
    page.get_by_label("What you call it").fill("Ana’s phone")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()


def log_out(page: Page, site: str) -> None:
    page.goto(f"{site}/log-out/")
    press(page.get_by_role("main").get_by_role("button", name="Log out"))


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_added_and_logs_in_by_itself(page: Page, site: str, earner: User, phone: Any) -> None:
    log_in(page, site, earner)
    add_passkey(page, site)
    log_out(page, site)

    page.goto(f"{site}/log-in/?next=/profile/")
    page.get_by_role("button", name="Use a passkey").click()

    page.wait_for_url(f"{site}/profile/")
    assert Authenticator.objects.get(user=earner, type="webauthn").wrap().name == "Ana’s phone"


@pytest.mark.django_db(transaction=True)
def test_a_passkey_is_the_second_step_after_a_password(page: Page, site: str, earner: User, phone: Any) -> None:
    log_in(page, site, earner)
    add_passkey(page, site)
    log_out(page, site)

    log_in(page, site, earner)
    expect(page.get_by_role("heading", name="One more step")).to_be_visible()
    page.get_by_role("button", name="Use your passkey").click()

    page.wait_for_url(lambda url: "/log-in/" not in url)


@pytest.mark.django_db(transaction=True)
def test_a_passkey_opens_no_locked_account(page: Page, site: str, earner: User, phone: Any) -> None:
    log_in(page, site, earner)
    add_passkey(page, site)
    log_out(page, site)
    page.context.clear_cookies()
    User.objects.filter(pk=earner.pk).update(locked_at=earner.date_joined)

    page.goto(f"{site}/log-in/")
    press(page.get_by_role("button", name="Use a passkey"))

    assert page.url == f"{site}/log-in/"
    page.goto(f"{site}/portfolio/")
    assert "/log-in/" in page.url


@pytest.mark.django_db(transaction=True)
def test_a_device_that_does_not_know_its_owner_adds_nothing(page: Page, site: str, earner: User, phone: Any) -> None:
    session, authenticator = phone
    session.send("WebAuthn.setUserVerified", {"authenticatorId": authenticator, "isUserVerified": False})
    log_in(page, site, earner)
    page.goto(f"{site}/profile/second-step/passkeys/add/")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Continue"))

    page.get_by_role("button", name="Add a passkey").click()

    expect(page.get_by_role("alert")).to_contain_text("did not give a passkey")
    assert not Authenticator.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_pages_of_the_second_step_have_no_faults(page: Page, site: str, earner: User, phone: Any) -> None:
    log_in(page, site, earner)
    faults = []

    def look(path: str) -> None:
        page.goto(site + path)
        faults.extend(accessibility_faults_in_every_look(page))
        faults.extend([f"{path} sticks out"] * bool(overflowing_width(page)))

    look("/profile/second-step/")
    page.goto(f"{site}/profile/second-step/app/")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Continue"))
    look("/profile/second-step/app/")
    look("/profile/second-step/passkeys/add/")
    page.get_by_role("button", name="Add a passkey").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    key = Authenticator.objects.get(user=earner, type="webauthn")
    for path in ("recovery-codes/", "recovery-codes/new/", "", f"passkeys/{key.pk}/remove/"):
        look(f"/profile/second-step/{path}")
    log_out(page, site)
    log_in(page, site, earner)
    look("/log-in/second-step/")

    assert faults == []
