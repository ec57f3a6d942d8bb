"""The answer on paper, as somebody files it: printed by Chromium."""

import io
from typing import Any

import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from tests.budgets.measuring import Measured

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize("state", ["valid", "expired", "revoked", "private"])
@pytest.mark.parametrize("paper", ["A4", "Letter"])
def test_first_sheet_has_the_whole_answer(browser: Browser, links: dict[str, Any], state: str, paper: str) -> None:
    page = browser.new_page()
    page.goto(links["pages"][state])
    page.evaluate("document.fonts.ready")
    facts = page.locator(".plate dt, .plate dd").all_inner_texts()
    titles = page.locator(".checks b").all_inner_texts()
    answer = [page.locator(".plate strong").inner_text(), page.locator("h1").inner_text(), *facts, *titles]

    first = PdfReader(io.BytesIO(page.pdf(format=paper))).pages[0].extract_text()

    assert [words for words in answer if squeezed(words) not in squeezed(first)] == []
    assert squeezed("A genuine result is only ever shown at") in squeezed(first)
    assert len(titles) >= 4 or state == "private"


def squeezed(text: str) -> str:
    """Lines break elsewhere on paper."""
    return "".join(text.split())


def test_paper_is_white_for_those_who_read_in_the_dark_too(measured: dict[str, Measured]) -> None:
    assert {address: page.dark_on_paper for address, page in measured.items() if page.dark_on_paper} == {}


def test_nothing_is_wider_than_the_paper(measured: dict[str, Measured]) -> None:
    assert {address: page.wider_than_paper for address, page in measured.items() if page.wider_than_paper} == {}
