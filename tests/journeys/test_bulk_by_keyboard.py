"""Somebody who has never seen Django issues two hundred badges from a file and undoes a batch, by keyboard alone."""

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Locator, Page, expect

from badges.models import Batch, BatchState, Issuance
from issuers.models import Issuer
from tests.browser import is_no_raw_form, press_key
from tests.factories import make_issuer, make_published_badge, make_user
from tests.worker import Worker

HEADINGS = "Wie;Waar;Schoenmaat"


@pytest.fixture
def desk(page: Page, site: str, client: Client, worker: Worker) -> Page:
    owner = make_user(name="Mieke Peeters")
    issuer = make_issuer(owner=owner)
    Issuer.objects.filter(pk=issuer.pk).update(cooling_off_minutes=0)
    make_published_badge(issuer)
    client.force_login(owner)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )
    page.goto(f"{site}/admin/")
    return page


def reach(desk: Page, wanted: Locator) -> None:
    """Go to a control by Tab, as somebody does who has no mouse."""
    expect(wanted).to_be_visible()
    assert is_no_raw_form(desk)
    for _step in range(150):
        if wanted.evaluate("control => control === document.activeElement"):
            return
        desk.keyboard.press("Tab")
    pytest.fail(f"{wanted} is never reached on {desk.url}")


def press(desk: Page, role: str, name: str) -> None:
    reach(desk, desk.get_by_role(role, name=name).first)  # type: ignore[arg-type]
    press_key(desk)


def choose(desk: Page, label: str, word: str) -> None:
    """Type the first letters of an option, as a list box takes them."""
    box = desk.get_by_label(label, exact=True)
    reach(desk, box)
    desk.keyboard.type(word)
    expect(box.locator("option:checked")).to_have_text(word)


def upload(desk: Page, file: Path) -> None:
    press(desk, "link", "Issue from a file")
    choose(desk, "Badge", "Infection Control Practitioner")
    desk.locator("input[type=file]").set_input_files(file)
    press(desk, "button", "Check the file")


@pytest.mark.slow
def test_two_hundred_are_issued_and_a_batch_is_undone_without_a_mouse(desk: Page, tmp_path: Path) -> None:
    file = tmp_path / "mentors.csv"
    people = [f"Person {n};person{n}@example.org;38" for n in range(199)]
    file.write_text("\n".join([HEADINGS, *people, "Jo Whitlock;jo.whitlock.example;39", ""]))

    upload(desk, file)
    choose(desk, "Wie", "Name")
    choose(desk, "Waar", "E-mail")
    press(desk, "button", "Check the rows")
    expect(desk.get_by_text("E-mail “jo.whitlock.example”: This e-mail address has no @.")).to_be_visible()
    reach(desk, desk.get_by_label("Row 201, E-mail"))
    desk.keyboard.press("Control+A")
    desk.keyboard.type("jo@whitlock.example")
    press_key(desk)
    expect(desk.get_by_text("Row 201 is ready.")).to_be_visible()
    press(desk, "button", "Issue 200 badges")
    expect(desk.get_by_text("200 badges were issued on")).to_be_visible(timeout=120_000)

    Issuer.objects.update(cooling_off_minutes=10)
    file.write_text(f"{HEADINGS}\nLate Comer;late@example.org;40\n")
    upload(desk, file)
    # The columns were matched for the first file.
    press(desk, "button", "Issue 1 badge")
    press(desk, "button", "Undo")
    expect(desk.get_by_text("Undone. Nobody was told, and nothing was issued.")).to_be_visible()

    assert Issuance.objects.count() == 200
    assert [batch.state for batch in Batch.objects.order_by("created_at")] == [BatchState.ISSUED, BatchState.UNDONE]
    assert is_no_raw_form(desk)
