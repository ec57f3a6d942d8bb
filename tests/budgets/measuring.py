"""One visit to a public page: what it costs, and how it behaves for those who changed something about their browser."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.browser import accessibility_faults, note_faults

COMES_LATER = ("*.woff2", "*.js", "*.svg", "*.avif", "*.webp", "*.png")
# Longer than a browser waits for a font.
AFTER_FIRST_PICTURE_MILLISECONDS = 200


@dataclass(frozen=True, kw_only=True)
class Measured:
    bytes: int
    requests: int
    hosts: set[str]
    cookies: int
    layout_shift: float
    inline: list[str]
    broken: list[str]
    small_targets: list[str]
    moving: list[str]
    dark_on_paper: list[str]
    wider_than_paper: int
    # In forced colours: grounds, tints and shadows are gone.
    forced_faults: list[str]
    forced_without_focus: list[str]
    forced_bare: list[str]


def measure(browser: Browser, address: str) -> Measured:
    """Of the first visit: nothing is kept from another page."""
    context = browser.new_context(viewport={"width": 360, "height": 640})
    page = context.new_page()
    broken = note_faults(page)
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    received: dict[str, int] = {}
    hosts: set[str] = set()
    wire.on(
        "Network.loadingFinished", lambda event: received.update({event["requestId"]: int(event["encodedDataLength"])})
    )
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.add_init_script(
        "window.shift = 0; new PerformanceObserver(list => list.getEntries().forEach("
        "entry => { if (!entry.hadRecentInput) window.shift += entry.value }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    # As on a poor line: what a page can be shown without comes after somebody has begun to read.
    wire.send("Fetch.enable", {"patterns": [{"urlPattern": pattern} for pattern in COMES_LATER]})
    answer = page.goto(address, wait_until="commit")
    assert answer is not None
    page.evaluate("new Promise(seen => new PerformanceObserver(() => seen()).observe({type: 'paint', buffered: true}))")
    page.wait_for_timeout(AFTER_FIRST_PICTURE_MILLISECONDS)
    wire.send("Fetch.disable")
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    first = {
        "bytes": sum(received.values()),
        "requests": len(received),
        "hosts": set(hosts),
        "cookies": len(context.cookies()),
        "layout_shift": page.evaluate("window.shift"),
        "inline": inline_parts(answer.headers["content-security-policy"], answer.text()),
        "broken": broken,
    }
    page.set_viewport_size({"width": 390, "height": 844})
    small_targets = page.evaluate(SMALL_TARGETS)
    page.emulate_media(reduced_motion="reduce")
    moving = page.evaluate(MOVING)
    # A4 without its margins.
    page.set_viewport_size({"width": 688, "height": 1000})
    page.emulate_media(media="print", color_scheme="dark")
    on_paper = {
        "dark_on_paper": page.evaluate(LIGHT_LETTERS_AND_DARK_GROUNDS),
        "wider_than_paper": page.evaluate(WIDER_THAN_WINDOW),
    }
    page.set_viewport_size({"width": 1280, "height": 900})
    page.emulate_media(media="screen", color_scheme="dark", forced_colors="active")
    forced = {
        # Chromium reports our colours to axe, not those that are seen: only this rule says nothing here.
        "forced_faults": accessibility_faults(page, rules={"color-contrast": {"enabled": False}}),
        "forced_bare": page.evaluate(BARE),
        "forced_without_focus": without_focus_ring(page),
    }
    context.close()
    return Measured(**first, small_targets=small_targets, moving=moving, **on_paper, **forced)


def inline_parts(policy: str, text: str) -> list[str]:
    """What could run or style without coming from a file of ours."""
    return [
        *re.findall(r"unsafe-\w+|\*|https?:", policy),
        *([] if "default-src 'self'" in policy else ["no default-src"]),
        *re.findall(r"<style\b|\sstyle=\"|\son\w+=\"|<script(?![^>]*\bsrc=)[^>]*>", text),
    ]


def without_focus_ring(page: Page) -> list[str]:
    """After one key the focus is shown, wherever it is put."""
    page.keyboard.press("Tab")
    found: list[str] = page.evaluate(
        """() => {
             const ring = style => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                                   && style.outlineColor !== getComputedStyle(document.body).backgroundColor
             const stops = [...document.querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')]
               .filter(element => element.checkVisibility({visibilityProperty: true}) && !element.disabled && element.tabIndex >= 0)
             if (stops.length < 3) return ['hardly anything can be reached']
             return stops.filter(element => {
               element.focus()
               const around = element.closest('.choices label')
               return document.activeElement === element
                 && !ring(getComputedStyle(element)) && !(around && ring(getComputedStyle(around)))
             }).map(element => element.outerHTML.slice(0, 80))
           }"""
    )
    return found


WIDER_THAN_WINDOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
SMALL_TARGETS = """() => [...document.querySelectorAll('button, .button, input:not([type=hidden]), select, summary, nav a')]
    .filter(element => element.checkVisibility() && !element.closest('p, label, .visually-hidden'))
    .filter(element => element.getBoundingClientRect().height < 43.5)
    .map(element => element.outerHTML.slice(0, 80))"""
MOVING = """() => [...document.querySelectorAll('*')].filter(element => {
    const style = getComputedStyle(element)
    const long = times => times.split(',').some(time => parseFloat(time) > 0.01)
    return (style.animationName !== 'none' && long(style.animationDuration)) || long(style.transitionDuration)
  }).map(element => element.outerHTML.slice(0, 60))"""
# Buttons, fields, states and what is current have an edge, a line or a word of their own.
BARE = """() => [...document.querySelectorAll('.button, .tag, .plate, .notice, input:not([type=hidden], [type=file]), select, textarea, [aria-current]')]
    .filter(element => element.checkVisibility())
    .filter(element => {
      const style = getComputedStyle(element)
      const edge = ['Top', 'Right', 'Bottom', 'Left'].some(side =>
        style[`border${side}Style`] !== 'none' && parseFloat(style[`border${side}Width`]) > 0)
      const line = style.textDecorationLine !== 'none' || style.outlineStyle !== 'none'
      const native = style.appearance !== 'none' && ['checkbox', 'radio'].includes(element.type)
      return !(edge || line || native)
    }).map(element => element.outerHTML.slice(0, 80))"""
LIGHT_LETTERS_AND_DARK_GROUNDS = """() => {
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
    const known = new Map()
    const lightness = colour => { if (!known.has(colour)) known.set(colour, light(colour)); return known.get(colour) }
    const says = element => [...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())
    return [...document.body.querySelectorAll('*')].filter(element => element.checkVisibility()).flatMap(element => {
      const style = getComputedStyle(element)
      const about = element.outerHTML.slice(0, 60)
      return [
        ...(lightness(style.backgroundColor) < 0.99 ? [`ground: ${about}`] : []),
        ...(says(element) && lightness(style.color) > 0.4 ? [`letters: ${about}`] : []),
      ]
    })
  }"""
