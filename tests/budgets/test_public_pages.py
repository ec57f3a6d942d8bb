"""What a public page may cost its reader, and that it works for everybody: measured in Chromium on the demonstration.

`docs/acceptance.md` says which line of the design each of these holds; `measuring.py` measures.
"""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tests.budgets.measuring import Measured

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BYTES, REQUESTS, LAYOUT_SHIFT = 100_000, 12, 0.01


def test_public_pages_are_light_quiet_and_steady(measured: dict[str, Measured], links: dict[str, Any]) -> None:
    host = urlsplit(links["base"]).netloc

    assert {address: page.bytes for address, page in measured.items() if page.bytes > BYTES} == {}
    assert {address: page.requests for address, page in measured.items() if page.requests > REQUESTS} == {}
    assert {address: page.hosts for address, page in measured.items() if page.hosts != {host}} == {}
    assert {address: page.cookies for address, page in measured.items() if page.cookies} == {}
    assert {address: page.layout_shift for address, page in measured.items() if page.layout_shift > LAYOUT_SHIFT} == {}
    # They were measured at all.
    assert min(page.bytes for page in measured.values()) > 20_000


def test_policy_lets_nothing_inline_run_and_nothing_inline_is_there(measured: dict[str, Measured]) -> None:
    assert {address: page.inline for address, page in measured.items() if page.inline} == {}
    assert {address: page.broken for address, page in measured.items() if page.broken} == {}


def test_nothing_moves_for_those_who_asked_for_less_motion(measured: dict[str, Measured]) -> None:
    assert {address: page.moving for address, page in measured.items() if page.moving} == {}


def test_targets_are_large_enough_for_a_thumb(measured: dict[str, Measured]) -> None:
    assert {address: page.small_targets for address, page in measured.items() if page.small_targets} == {}


def test_keyboard_reaches_everything_in_order_and_shows_where_it_is(browser: Browser, links: dict[str, Any]) -> None:
    page = browser.new_page()

    faults = {}
    for address in (links["pages"]["valid"], links["base"] + "/", links["base"] + "/help/"):
        page.goto(address)
        wanted = page.evaluate(
            """() => [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
                 .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.disabled
                                    && element.tabIndex >= 0 && !element.closest('[popover]')).length"""
        )
        reached, found = 0, []
        for number in range(wanted + 5):
            page.keyboard.press("Tab")
            focus = page.evaluate(
                """() => { const e = document.activeElement, s = getComputedStyle(e), b = e.getBoundingClientRect()
                     return {name: e.tagName, text: e.textContent.trim().slice(0, 30), skip: e.classList.contains('skip'),
                             seen: s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2, top: b.top + scrollY} }"""
            )
            if focus["name"] == "BODY":
                break
            reached += 1
            if number == 0 and not focus["skip"]:
                found.append("the first stop does not skip to the content")
            if not focus["seen"]:
                found.append(f"no ring: {focus['text']}")
        if reached < wanted:
            found.append(f"{reached} of {wanted} reached")
        faults[address] = found

    assert {address: found for address, found in faults.items() if found} == {}
