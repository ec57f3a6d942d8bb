"""Where the reader's own colours take the place of ours, as in Windows' contrast themes: grounds, tints and shadows are gone."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

# Chromium reports our colours to axe, not those that are seen: only this rule says nothing here.
OPTIONS = {"iframes": False, "rules": {"color-contrast": {"enabled": False}}}


@pytest.fixture
def page(browser: Browser) -> Page:
    return browser.new_context(forced_colors="active", color_scheme="dark").new_page()


def test_axe_finds_nothing(page: Page, addresses: list[str]) -> None:
    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = [fault["id"] for fault in Axe().run(page, options=OPTIONS).response["violations"]]

    assert {address: faults for address, faults in found.items() if faults} == {}


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


def test_focus_is_seen_on_every_stop(page: Page, addresses: list[str]) -> None:
    unseen = {}
    for address in addresses:
        page.goto(address)
        found, stops = [], 0
        while stops < 60:
            page.keyboard.press("Tab")
            stop = page.evaluate(
                """() => { const e = document.activeElement
                     const ring = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2
                                       && s.outlineColor !== getComputedStyle(document.body).backgroundColor
                     const label = e.closest('.choices label')
                     return {name: e.tagName, about: e.outerHTML.slice(0, 60),
                             seen: ring(getComputedStyle(e)) || (label && ring(getComputedStyle(label)))} }"""
            )
            if stop["name"] == "BODY":
                break
            stops += 1
            if not stop["seen"]:
                found.append(stop["about"])
        unseen[address] = found
        assert stops > 3

    assert {address: found for address, found in unseen.items() if found} == {}


def test_nothing_is_told_by_the_ground_alone(page: Page, addresses: list[str]) -> None:
    """Buttons, fields, states and what is current have an edge, a line or a word of their own."""
    bare = {}
    for address in addresses:
        page.goto(address)
        bare[address] = page.evaluate(
            """() => [...document.querySelectorAll('.button, .tag, .plate, .notice, input:not([type=hidden], [type=file]), select, textarea, [aria-current]')]
                 .filter(element => element.checkVisibility())
                 .filter(element => {
                   const style = getComputedStyle(element)
                   const edge = ['Top', 'Right', 'Bottom', 'Left'].some(side =>
                     style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) > 0)
                   const line = style.textDecorationLine !== 'none' || style.outlineStyle !== 'none'
                   const native = style.appearance !== 'none' && ['checkbox', 'radio'].includes(element.type)
                   return !(edge || line || native)
                 }).map(element => element.outerHTML.slice(0, 80))"""
        )

    assert {address: found for address, found in bare.items() if found} == {}
