"""Where the reader's own colours take the place of ours, as in Windows' contrast themes: grounds, tints and shadows are gone."""

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.budgets.measuring import Measured

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(forced_colors="active", color_scheme="dark").new_page()


def test_axe_finds_nothing(measured: dict[str, Measured]) -> None:
    assert {address: page.forced_faults for address, page in measured.items() if page.forced_faults} == {}


def test_focus_is_seen_on_every_stop(measured: dict[str, Measured]) -> None:
    assert {address: page.forced_without_focus for address, page in measured.items() if page.forced_without_focus} == {}


def test_nothing_is_told_by_the_ground_alone(measured: dict[str, Measured]) -> None:
    assert {address: page.forced_bare for address, page in measured.items() if page.forced_bare} == {}


@pytest.mark.parametrize("state", ["valid", "expired", "revoked", "private", "not_found"])
def test_state_has_its_word_and_icon(page: Page, links: dict[str, Any], state: str) -> None:
    page.goto(links["pages"][state])

    verdict = page.locator(".plate-verdict strong")
    colours = verdict.evaluate(
        """element => { const [icon, own] = [element.querySelector('.icon'), getComputedStyle(element)]
             return {letters: own.color, ground: own.backgroundColor, line: getComputedStyle(icon).stroke} }"""
    )

    assert verdict.inner_text().strip()
    assert verdict.locator(".icon").is_visible()
    assert colours["line"] == colours["letters"] != colours["ground"]
