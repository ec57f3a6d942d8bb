"""The answer on paper, as somebody files it: printed by Chromium."""

import io
from typing import Any

import pytest
from playwright.sync_api import Browser, Page
from pypdf import PdfReader

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


@pytest.mark.parametrize("state", ["valid", "expired", "revoked", "private", "not_found"])
def test_paper_is_white_for_those_who_read_in_the_dark_too(browser: Browser, links: dict[str, Any], state: str) -> None:
    page = browser.new_page(color_scheme="dark")
    page.goto(links["pages"][state])
    page.emulate_media(media="print", color_scheme="dark")

    assert light_letters_and_dark_grounds(page) == []


def light_letters_and_dark_grounds(page: Page) -> list[str]:
    found: list[str] = page.evaluate(
        """() => {
             const canvas = Object.assign(document.createElement('canvas'), {width: 1, height: 1})
             const context = canvas.getContext('2d', {willReadFrequently: true})
             const light = colour => {
               context.fillStyle = '#fff'
               context.fillRect(0, 0, 1, 1)
               context.fillStyle = colour
               context.fillRect(0, 0, 1, 1)
               const [red, green, blue] = context.getImageData(0, 0, 1, 1).data
               return (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255
             }
             const says = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
             return [...document.body.querySelectorAll('*')].filter(element => element.checkVisibility()).flatMap(element => {
               const style = getComputedStyle(element)
               const about = element.outerHTML.slice(0, 60)
               return [
                 ...(light(style.backgroundColor) < 0.99 ? [`ground: ${about}`] : []),
                 ...(says(element) && light(style.color) > 0.4 ? [`letters: ${about}`] : []),
               ]
             })
           }"""
    )
    return found
