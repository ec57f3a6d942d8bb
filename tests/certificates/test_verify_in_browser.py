"""The answer to a badge that was brought, as a browser shows it."""

from pathlib import Path

from django.test import Client
from playwright.sync_api import Page

from badges.models import Issuance
from tests.browser import accessibility_faults_in_every_look, overflowing_width


def test_a_dropped_file_is_answered_for_everybody(page: Page, site: str, issuance: Issuance, tmp_path: Path) -> None:
    file = tmp_path / "badge.json"
    genuine = Client().get(f"/v/{issuance.code}.json").content

    for content, title in ((genuine, "Valid"), (genuine.replace(b"Infection", b"Surgical"), "Not genuine")):
        file.write_bytes(content)
        page.goto(f"{site}/verify/")
        page.get_by_label("Badge file").set_input_files(file)
        page.get_by_role("button", name="Check this badge").click()

        assert page.title().startswith(title)
        assert accessibility_faults_in_every_look(page) == []
        assert overflowing_width(page) == 0
    assert page.context.cookies() == []
