"""The answer to a badge that was brought, as a browser shows it."""

from pathlib import Path

from django.test import Client
from playwright.sync_api import Page

from badges.models import Issuance
from tests.browser import accessibility_faults_in_every_look, overflowing_width, press


def test_a_dropped_file_is_answered_for_everybody(page: Page, site: str, issuance: Issuance, tmp_path: Path) -> None:
    file = tmp_path / "badge.json"
    genuine = Client().get(f"/v/{issuance.code}.json").content

    for content, title in ((genuine, "Valid"), (genuine.replace(b"Infection", b"Surgical"), "Not genuine")):
        file.write_bytes(content)
        page.goto(f"{site}/verify/")
        page.get_by_label("Badge file").set_input_files(file)
        press(page.get_by_role("button", name="Check this badge"))

        assert page.title().startswith(title)
        assert accessibility_faults_in_every_look(page) == []
        assert overflowing_width(page) == 0
    assert page.context.cookies() == []


def test_doors_of_the_verifier_fit_the_narrowest_screen(page: Page, site: str, issuance: Issuance) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for path in ("/verify/", "/verify/list/"):
        page.goto(site + path)
        assert overflowing_width(page) == 0, path


def test_list_is_answered_as_a_table_and_as_a_file(page: Page, site: str, issuance: Issuance, tmp_path: Path) -> None:
    page.goto(f"{site}/verify/list/")
    page.get_by_label("Links or codes").fill(f"{issuance}\nhello")
    press(page.get_by_role("button", name="Check them"))

    assert page.get_by_role("row").count() == 3
    assert accessibility_faults_in_every_look(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert overflowing_width(page) == 0
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the answers as CSV").click()
    assert download.value.suggested_filename.endswith(".csv")
    assert page.context.cookies() == []


def test_check_is_saved_from_the_page_and_from_the_verifier(page: Page, site: str, issuance: Issuance) -> None:
    page.goto(f"{site}/v/{issuance.code}")
    with page.expect_download() as of_the_page:
        page.get_by_role("link", name="Save this check").click()
    page.goto(f"{site}/verify/")
    page.get_by_label("Badge data").fill(Client().get(f"/v/{issuance.code}.json").content.decode())
    press(page.get_by_role("button", name="Check this badge"))
    with page.expect_download() as of_the_verifier:
        page.get_by_role("button", name="Save this check").click()

    for download in (of_the_page, of_the_verifier):
        assert download.value.suggested_filename.startswith("check-")
        assert Path(download.value.path()).read_bytes().startswith(b"%PDF-")
