"""The flows of the desk in Chromium, without a mouse where it matters, in four looks."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from badges.models import Batch, Issuance
from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width, press, press_key
from tests.factories import make_issuer, make_published_badge, make_user


@pytest.fixture
def desk(page: Page, site: str, client: Client, transactional_db: None) -> Page:
    """The owner of an organisation with a badge, logged in."""
    owner = make_user(name="Mieke Peeters")
    make_published_badge(make_issuer(owner=owner))
    client.force_login(owner)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )
    page.goto(f"{site}/admin/")
    return page


def faults(page: Page) -> list[str]:
    wide = [f"[{look}] is too wide" for look in in_every_look(page) if overflowing_width(page)]
    return accessibility_faults_in_every_look(page) + wide


def test_badge_is_issued_to_one_person_with_the_keyboard(desk: Page) -> None:
    desk.get_by_role("link", name="Issue a badge").first.focus()
    press_key(desk)
    desk.get_by_label("Badge", exact=True).select_option(label="Infection Control Practitioner")
    desk.get_by_label("Name", exact=True).fill("محمد عبد الرحمن")
    desk.keyboard.press("Tab")
    desk.keyboard.type("mohamed@example.org")
    press_key(desk)
    expect(desk.get_by_text("This is what will be issued.")).to_be_visible()
    assert faults(desk) == []
    desk.get_by_role("button", name="Issue badge").focus()
    press_key(desk)

    expect(desk.get_by_text("Issued. The mail is on its way.")).to_be_visible()
    assert faults(desk) == []
    assert Issuance.objects.get().recipient_email == "mohamed@example.org"


def test_file_is_checked_sent_and_undone(desk: Page, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,email\nAna Ito,ana@example.org\nJo Whitlock,jo.whitlock.example\n")

    press(desk.get_by_role("link", name="Issue from a file").first)
    desk.get_by_label("Badge", exact=True).select_option(label="Infection Control Practitioner")
    desk.locator("input[type=file]").set_input_files(file)
    press(desk.get_by_role("button", name="Check the file"))
    expect(desk.get_by_text("E-mail “jo.whitlock.example”: This e-mail address has no @.")).to_be_visible()
    assert faults(desk) == []
    press(desk.get_by_role("button", name="Issue 1 badge"))
    expect(desk.get_by_role("button", name="Undo")).to_be_visible()
    assert faults(desk) == []
    press(desk.get_by_role("button", name="Undo"))

    expect(desk.get_by_text("Undone. Nobody was told, and nothing was issued.")).to_be_visible()
    assert Batch.objects.get().state == "undone"


def test_new_badge_shows_only_the_fields_of_its_choices(desk: Page) -> None:
    press(desk.get_by_role("link", name="Add to Badges").first)
    expect(desk.get_by_label("Shape")).to_be_visible()
    expect(desk.get_by_label("Picture file")).to_be_hidden()
    desk.get_by_text("Upload one").click()
    expect(desk.get_by_label("Picture file")).to_be_visible()
    expect(desk.get_by_label("Shape")).to_be_hidden()
    press(desk.get_by_role("button", name="Save"))

    expect(desk.get_by_text("Something needs another look")).to_be_visible()
    assert faults(desk) == []


def test_certificate_is_shown_again_a_moment_after_something_was_typed(desk: Page) -> None:
    press(desk.get_by_role("link", name="Badges", exact=True).first)
    press(desk.get_by_role("link", name="Infection Control Practitioner").first)
    desk.get_by_label("Earners can download a certificate (PDF)").check()
    shown = desk.frame_locator("iframe[name=certificate-preview]")
    # It is made when it comes into sight.
    desk.get_by_role("heading", name="Preview").scroll_into_view_if_needed()
    expect(shown.get_by_text("has met the requirements")).to_be_visible()

    desk.get_by_label("Name in the preview").fill("Zażółć Gęślą")
    expect(shown.get_by_text("Zażółć Gęślą")).to_be_visible()
    desk.get_by_label("Ledger").check()
    expect(shown.get_by_text("has earned the credential")).to_be_visible()
