"""What a public page may cost its reader, and that it works for everybody: measured in Chromium on the demonstration.

`docs/acceptance.md` says which line of the design each of these holds.
"""

import re
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser import overflowing_width

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

BYTES, REQUESTS, LAYOUT_SHIFT = 100_000, 12, 0.01


class Cost(NamedTuple):
    bytes: int
    requests: int
    hosts: set[str]
    cookies: int
    layout_shift: float


def cost_of(context: BrowserContext, address: str) -> Cost:
    """Of the first visit: nothing is kept from another page."""
    context.clear_cookies()
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.setCacheDisabled", {"cacheDisabled": True})
    received: list[int] = []
    hosts: set[str] = set()
    wire.on("Network.loadingFinished", lambda event: received.append(int(event["encodedDataLength"])))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => { if (!entry.hadRecentInput) window.shift += entry.value }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    page.goto(address, wait_until="networkidle")
    page.evaluate("document.fonts.ready")
    cost = Cost(sum(received), len(received), hosts, len(context.cookies()), page.evaluate("window.shift"))
    page.close()
    return cost


def test_public_pages_are_light_quiet_and_steady(browser: Browser, addresses: list[str]) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 640})

    costs = {address: cost_of(context, address) for address in addresses}

    host = urlsplit(addresses[0]).netloc
    assert {address: cost.bytes for address, cost in costs.items() if cost.bytes > BYTES} == {}
    assert {address: cost.requests for address, cost in costs.items() if cost.requests > REQUESTS} == {}
    assert {address: cost.hosts for address, cost in costs.items() if cost.hosts != {host}} == {}
    assert {address: cost.cookies for address, cost in costs.items() if cost.cookies} == {}
    assert {address: cost.layout_shift for address, cost in costs.items() if cost.layout_shift > LAYOUT_SHIFT} == {}
    # They were measured at all.
    assert min(cost.bytes for cost in costs.values()) > 20_000


def test_policy_lets_nothing_inline_run_and_nothing_inline_is_there(browser: Browser, addresses: list[str]) -> None:
    page = browser.new_page()

    found = {}
    for address in addresses:
        answer = page.request.get(address)
        policy, text = answer.headers["content-security-policy"], answer.text()
        found[address] = [
            *re.findall(r"unsafe-\w+|\*|https?:", policy),
            *([] if "default-src 'self'" in policy else ["no default-src"]),
            *re.findall(r"<style\b|\sstyle=\"|\son\w+=\"|<script(?![^>]*\bsrc=)[^>]*>", text),
        ]

    assert {address: faults for address, faults in found.items() if faults} == {}


def test_nothing_sticks_out_at_320_pixels(browser: Browser, addresses: list[str]) -> None:
    page = browser.new_page(viewport={"width": 320, "height": 640})

    found = {}
    for address in addresses:
        page.goto(address)
        found[address] = overflowing_width(page)

    assert {address: pixels for address, pixels in found.items() if pixels} == {}


def test_nothing_moves_for_those_who_asked_for_less_motion(browser: Browser, addresses: list[str]) -> None:
    page = browser.new_context(reduced_motion="reduce").new_page()

    moving = {}
    for address in addresses:
        page.goto(address)
        moving[address] = page.evaluate(
            """() => [...document.querySelectorAll('*')].filter(element => {
                 const style = getComputedStyle(element)
                 const long = times => times.split(',').some(time => parseFloat(time) > 0.01)
                 return (style.animationName !== 'none' && long(style.animationDuration)) || long(style.transitionDuration)
               }).map(element => element.outerHTML.slice(0, 60))"""
        )

    assert {address: found for address, found in moving.items() if found} == {}


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


def test_targets_are_large_enough_for_a_thumb(browser: Browser, addresses: list[str]) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})

    small = {}
    for address in addresses:
        page.goto(address)
        small[address] = page.evaluate(
            """() => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, summary, nav a')]
                 .filter(element => element.checkVisibility() && !element.closest('p, label, .visually-hidden'))
                 .filter(element => element.getBoundingClientRect().height < 43.5)
                 .map(element => element.outerHTML.slice(0, 80))"""
        )

    assert {address: found for address, found in small.items() if found} == {}
