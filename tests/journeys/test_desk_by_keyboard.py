"""Somebody who has never seen Django answers a request and corrects a badge, with the keys alone."""

import re
import time

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from badges.models import Issuance
from earners.actions.requests import Wish, open_request
from earners.models import RequestKind
from tests.browser import is_no_raw_form, press_key
from tests.factories import issue, make_published_badge, make_staff, make_user
from tests.smtp import MailServer
from tests.worker import Worker

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 120
ENOUGH_KEYS = 150


def go_to(page: Page, name: str) -> None:
    """Tab until the focus stands on something with this name; whatever is on the way is one key."""
    for _ in range(ENOUGH_KEYS):
        page.keyboard.press("Tab")
        here = page.evaluate(
            "() => { const e = document.activeElement; const l = e.labels && e.labels[0];"
            " return ((l ? l.innerText : '') || e.getAttribute('aria-label') || e.innerText || '').trim() }"
        )
        if re.fullmatch(rf"{re.escape(name)}(\s.*)?", here, re.DOTALL):
            return
    pytest.fail(f"No key leads to “{name}” on {page.url}")


def open_by_key(page: Page, name: str) -> None:
    go_to(page, name)
    press_key(page)


def test_a_request_is_answered_and_a_badge_corrected_by_keyboard(
    page: Page, site: str, worker: Worker, smtp: MailServer, client: Client, issuer: object
) -> None:
    badge = make_published_badge(issuer)  # type: ignore[arg-type]
    ana = make_user("ana@example.org")
    asked_about = issue(badge, to=ana, name="Ana Okafor")
    other = issue(badge, to="bo@example.org", name="Bo Lii")
    open_request(asked_about, Wish(kind=RequestKind.NAME, wanted_name="Ana Okafor-Lindqvist"), by=ana)
    client.force_login(make_staff(issuer))  # type: ignore[arg-type]
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )
    page.goto(f"{site}/admin/")

    # The request: what was asked is filled in.
    open_by_key(page, "Requests")
    open_by_key(page, "Name")
    open_by_key(page, "Correct a badge")
    assert is_no_raw_form(page)
    expect(page.get_by_label("Name", exact=True)).to_have_value("Ana Okafor-Lindqvist")
    open_by_key(page, "Correct this badge")
    expect(page.get_by_text("Corrected, and the request is done.")).to_be_visible()

    # A misspelt name, found in the list.
    open_by_key(page, "Issuances")
    open_by_key(page, "Bo Lii")
    open_by_key(page, "Correct")
    go_to(page, "Name")
    page.keyboard.press("Control+A")
    page.keyboard.type("Bo Li")
    go_to(page, "Why, for your records")
    page.keyboard.type("misspelt in our list")
    open_by_key(page, "Correct this badge")
    expect(page.get_by_text("Corrected. The link and the code are the same.")).to_be_visible()
    assert is_no_raw_form(page)

    said = {one.pk: one.current_version.recipient_name for one in Issuance.objects.select_related("current_version")}
    assert said == {asked_about.pk: "Ana Okafor-Lindqvist", other.pk: "Bo Li"}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(smtp.to("bo@example.org")) < 2 or len(smtp.to("ana@example.org")) < 3:
        assert time.monotonic() < deadline, worker.output()
        time.sleep(0.2)
    assert "Ana Okafor-Lindqvist" in smtp.to("ana@example.org")[-1].body("plain")
