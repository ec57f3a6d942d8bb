"""Looking at pages the way people do: two widths, two colour schemes, and axe-core."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal, NamedTuple
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, Request

WHAT_IS_LOST = (Path(__file__).parent / "lost.js").read_text()
WHAT_SHOWS = "() => [...document.querySelectorAll('body *')].map(e => Number(e.checkVisibility())).join('')"
# Dark changes nothing else.
ONLY_COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
# So slow that a page stands there half for a second; bytes in a second.
SLOW_LINE = {"offline": False, "latency": 300, "downloadThroughput": 20_000, "uploadThroughput": 90_000}
LAUNCH_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


class Look(NamedTuple):
    width: int
    scheme: Literal["light", "dark"]

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}"


NAMES_OF_THE_WORLD = [
    "Wolfeschlegelsteinhausenbergerdorff" * 2,
    "X",
    "李小龍",
    "محمد بن عبد الرحمن بن فيصل",
    "יעל בן־דוד",
    "Nguyễn Thị Hồng Phượng",
    "İbrahim ŞÇĞ Öztürk",
    # Marks that no single letter has, one upon the other.
    "M\u0303a\u0302\u0323rio S\u030c\u0323o",
    "क्षत्रिय श्रीवास्तव",
]
WIDTHS = (1280, 390, 360, 320)
# Windows of 1280 and 390 pixels, enlarged to 200 %.
DESK_TWICE_AS_LARGE, PHONE_TWICE_AS_LARGE = 640, 195
LOOKS = [Look(1280, "light"), Look(1280, "dark"), Look(390, "light"), Look(390, "dark")]


def take_on(page: Page, look: Look) -> None:
    page.set_viewport_size({"width": look.width, "height": 844 if look.width < 600 else 900})
    page.emulate_media(color_scheme=look.scheme, reduced_motion="reduce")


def in_every_look(page: Page) -> Iterator[Look]:
    """Puts the page, as it stands, into each of the four looks in turn."""
    for look in LOOKS:
        take_on(page, look)
        yield look


def accessibility_faults(page: Page, **options: object) -> list[str]:
    """What axe-core finds on the page as it stands, one line each; `== []` is the assertion."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    # A sandboxed frame never answers axe, which then waits a minute for it; what it shows is a page of its own.
    found: list[str] = page.evaluate(
        """async options => (await axe.run(document, options)).violations.flatMap(fault =>
             fault.nodes.map(node => `${fault.id}: ${fault.help} at ${node.target.join(' ')}`))""",
        {"iframes": False, "resultTypes": ["violations"], **options},
    )
    return found


def accessibility_faults_in_every_look(page: Page) -> list[str]:
    """At each width, light and dark; where the same things show as at a width before, axe has been asked already."""
    found, asked = [], set()
    for width in WIDTHS:
        for scheme, options in (("light", {}), ("dark", ONLY_COLOURS)):
            take_on(page, look := Look(width, scheme))
            if (shown := (page.evaluate(WHAT_SHOWS), scheme)) not in asked:
                asked.add(shown)
                found += [f"[{look}] {fault}" for fault in accessibility_faults(page, **options)]
    return found


def lost_at_any_width(page: Page, *, twice_as_large: Sequence[int] = (DESK_TWICE_AS_LARGE,)) -> list[str]:
    """What cannot be read or pressed, with letters as they are and twice as large, one line each."""
    found = []
    for width in WIDTHS:
        take_on(page, Look(width, "light"))
        found += [f"[{width}] {thing}" for thing in page.evaluate(WHAT_IS_LOST)]
    for width in twice_as_large:
        take_on(page, Look(width, "light"))
        found += [f"[{width}, twice as large] {thing}" for thing in page.evaluate(WHAT_IS_LOST)]
    with large_letters(page):
        take_on(page, Look(1280, "light"))
        found += [f"[letters twice as large] {thing}" for thing in page.evaluate(WHAT_IS_LOST)]
    return found


@contextmanager
def large_letters(page: Page) -> Iterator[None]:
    """As the browser's own setting makes them, the sizes that style sheets ask for included."""
    wire = page.context.new_cdp_session(page)
    wire.send("Page.setFontSizes", {"fontSizes": {"standard": 32, "fixed": 26}})
    yield
    wire.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    wire.detach()


def note_faults(page: Page) -> list[str]:
    """Fills up while the page is used: script errors, what the policy refused, requests to other hosts."""
    faults: list[str] = []

    def note_console(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            faults.append(message.text)

    def note_request(request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https"} and address.hostname not in {"localhost", "127.0.0.1"}:
            faults.append(f"request to {request.url}")

    page.on("console", note_console)
    page.on("pageerror", lambda error: faults.append(f"script error: {error}"))
    page.on("request", note_request)
    return faults


def overflowing_width(page: Page) -> int:
    """How many pixels the page is wider than its window; 0 is right."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def is_no_raw_form(page: Page) -> bool:
    """Django's own form pages have a row of save buttons and a form of the model's name."""
    return page.locator(".submit-row, #content-main form[id$='_form']").count() == 0


def take_pictures(page: Page, name: str, folder: Path) -> list[Path]:
    """One full-page picture for each look, for somebody to look at."""
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for look in in_every_look(page):
        picture = folder / f"{name}-{look}.png"
        # What sticks to the window's edge would otherwise lie across the middle of the picture.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": look.width, "height": height})
        page.screenshot(path=picture, full_page=True)
        pictures.append(picture)
    return pictures


def logged_in(browser: Browser, links: dict[str, Any], person: dict[str, str]) -> Page:
    """In a browser of their own, on the demonstration."""
    page = browser.new_page()
    page.goto(f"{links['base']}/log-in/")
    page.get_by_label("E-mail address").fill(person["email"])
    page.get_by_label("Password", exact=True).fill(person["password"])
    press(page.get_by_role("button", name="Log in", exact=True))
    assert "/log-in/" not in page.url
    return page


def first_link(page: Page, address: str, selector: str) -> str:
    """Where the first of these leads: of a list, to one of its things."""
    page.goto(address)
    return page.locator(selector).first.get_attribute("href") or ""


def press(thing: Locator) -> None:
    """What leads to another page: from here on, everything is asked of that page, and the whole of it is there."""
    with thing.page.expect_navigation():
        thing.click()


def press_key(page: Page, key: str = "Enter") -> None:
    """As `press`, without a mouse."""
    with page.expect_navigation():
        page.keyboard.press(key)


def slow_down_every_page(*, times: float) -> None:
    """As on a machine with too much to do, behind a poor line: what looks at a page too early then fails each time."""

    def slowed(new_page: Callable[..., Page]) -> Callable[..., Page]:
        def open_slowly(*arguments: Any, **options: Any) -> Page:
            page = new_page(*arguments, **options)
            slow_down(page, times=times)
            return page

        return open_slowly

    for opens_pages in (Browser, BrowserContext):
        opens_pages.new_page = slowed(opens_pages.new_page)  # type: ignore[method-assign]


def slow_down(page: Page, *, times: float) -> None:
    """`times`: how much slower its processor is."""
    wire = page.context.new_cdp_session(page)
    wire.send("Network.enable")
    wire.send("Network.emulateNetworkConditions", SLOW_LINE)
    wire.send("Emulation.setCPUThrottlingRate", {"rate": times})
