"""The pictures of our own screens that the guides show: static/guides/<guide>/<name>.avif, and the same in the dark.

People walk through the demo on a phone, a walk for each guide: `scripts/dev.sh screenshots guide`. Screens of other
products are drawings: they change without telling us.
"""

import io
import json
import math
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, ViewportSize

from tests.embedded import EmbeddedDemo

FOLDER = Path(__file__).resolve().parent.parent / "static" / "guides"
PHONE: ViewportSize = {"width": 390, "height": 780}
# For sharp screens. badgecert.core.templatetags.ui.guide_step knows it.
SCALE = 1.5
# Three of them come with the first visit to a guide, and the page may weigh 100 kB (decision 041).
BYTES_LIMIT = 11_000
QUALITIES = (50, 40, 32, 26)
MARGIN = 16
ADDRESS, NAME = "maya@lindqvist.example", "Maya Lindqvist"
OWN_PASSWORD = "mossy lantern by the river"  # noqa: S105  for the demo, as long as the pictures take
PATIENCE_SECONDS = 60
FRAMES_MILLISECONDS = 300

# Typed into the demo's shell: somebody new earns a badge today.
ISSUE = f"""
from badgecert.core import clock
from badges.actions.issuances import NewIssuance, issue_badges
from badges.models import Badge
badge = Badge.objects.get(slug="certified-practice-professional")
person = NewIssuance(recipient_name="{NAME}", recipient_email="{ADDRESS}", issued_on=clock.today())
owner = badge.issuer.staff_members.get(role="owner").user
issue_badges([person], badge_version=badge.current_version, by=owner)
"""


def take_guide_pictures(chromium: Browser, demo: EmbeddedDemo, wanted: list[str]) -> None:
    for guide, walk in WALKS.items():
        if not wanted or guide in wanted:
            page = chromium.new_context(viewport=PHONE, device_scale_factor=SCALE, reduced_motion="reduce").new_page()
            walk(page, demo, Camera(guide))


class Camera:
    """Takes a page as it stands, in light and dark."""

    def __init__(self, guide: str) -> None:
        self._folder = FOLDER / guide
        self._folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, name: str, *, to: str, at_most: int = 560) -> None:
        """From the page's head to the end of what somebody has to look at."""
        box = _on_page(page.locator(to).first)
        height = min(box["y"] + box["height"] + MARGIN, at_most)
        self._shoot(page, name, {"x": 0, "y": 0, "width": PHONE["width"], "height": height})

    def take_part(
        self, part: Locator, name: str, *, last: Locator | None = None, margin: int = MARGIN, at_most: int = 560
    ) -> None:
        """What somebody has to look at, down to the end of `last`, as wide as the phone."""
        page = part.page
        part.wait_for()
        first_box, last_box = _on_page(part), _on_page(last or part)
        top = max(0, first_box["y"] - margin)
        height = min(last_box["y"] + last_box["height"] + margin - top, at_most)
        self._shoot(page, name, {"x": 0, "y": top, "width": PHONE["width"], "height": height})

    def keep(self, name: str, picture: Image.Image) -> None:
        """Paper is white in the dark, too."""
        width = round(PHONE["width"] * SCALE)
        out = io.BytesIO()
        picture.resize((width, width * picture.height // picture.width)).save(out, "PNG")
        for suffix in ("", "-dark"):
            self._write(f"{name}{suffix}", out.getvalue())

    def _write(self, name: str, png: bytes) -> None:
        path = self._folder / f"{name}.avif"
        path.write_bytes(compressed(png))
        print(path)

    def _shoot(self, page: Page, name: str, clip: dict[str, float]) -> None:
        # Nothing is lit up under the pointer of the last press.
        page.mouse.move(0, 0)
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two words
            # Frames are painted anew, those below the window only when they come into it.
            page.set_viewport_size({"width": PHONE["width"], "height": math.ceil(clip["y"] + clip["height"])})
            page.wait_for_timeout(FRAMES_MILLISECONDS)
            shot = page.screenshot(full_page=True, clip=clip)  # type: ignore[arg-type]  # has its four keys
            self._write(f"{name}{suffix}", shot)
        page.set_viewport_size(PHONE)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")


def _on_page(part: Locator) -> dict[str, float]:
    return part.evaluate(  # type: ignore[no-any-return]
        "e => { const b = e.getBoundingClientRect(); return {y: b.top + scrollY, height: b.height} }"
    )


def compressed(png: bytes) -> bytes:
    """As good as BYTES_LIMIT allows."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in QUALITIES:
        out = io.BytesIO()
        picture.save(out, "AVIF", quality=quality, speed=4)
        if out.tell() <= BYTES_LIMIT:
            break
    return out.getvalue()


# --- walks ---------------------------------------------------------------------------------------


def log_in(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    """Log in and first password."""
    demo.manage("shell", "-c", ISSUE)
    password = open_mail(page, demo, count=1)
    # How to log in; the badge above and its facts below are for another guide.
    camera.take_part(link(page, "Claim badge"), "mail", last=page.get_by_text("You choose your own password"))

    page.goto(f"{demo.base}/log-in/")
    fill_in(page, ADDRESS, password)
    camera.take(page, "log-in", to="main [type=submit]:visible >> nth=-1")
    press(page, "Log in")
    page.get_by_label("New password", exact=True).press_sequentially(OWN_PASSWORD)
    page.get_by_label("The same again", exact=True).fill(OWN_PASSWORD)
    camera.take(page, "choose-password", to="main [type=submit] >> nth=0")
    press(page, "Save, then log in")
    camera.take(page, "log-in-again", to="main [type=submit] >> nth=0")
    fill_in(page, ADDRESS, OWN_PASSWORD)
    press(page, "Log in")
    camera.take_part(
        page.get_by_text("Display name", exact=True), "welcome", last=page.locator("main [type=submit]").last
    )

    page.context.clear_cookies()
    page.goto(f"{demo.base}/log-in/first-time/")
    page.get_by_label("E-mail address").fill(ADDRESS)
    camera.take(page, "first-time", to="main [type=submit] >> nth=0")
    press(page, "Send me the way in")
    camera.take(page, "look-at-your-mail", to="main .button >> nth=0")
    open_mail(page, demo, count=2)
    camera.take(page, "password-mail", to="text=Log in at")

    page.goto(f"{demo.base}/log-in/")
    for _ in range(10):
        fill_in(page, "somebody@example.org", "not the password")
        press(page, "Log in")
    camera.take(page, "locked", to="main .panel")


def manage_badges(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    enter(page, demo)
    camera.take(page, "portfolio", to=".award", at_most=430)
    camera.take_part(page.locator(".award").first, "claim")
    page.goto(f"{demo.base}/portfolio/?q=technique")
    camera.take_part(page.locator("form:has([name=q])"), "find", last=page.locator(".badge-card").first)
    open_badge(page, demo)
    camera.take_part(page.locator("main form:has([name=visibility])").first, "who-sees")
    page.get_by_role("link", name="Ask for a correction").first.click()
    camera.take_part(heading(page, "Ask for a correction"), "correct", last=link(page, "Paper certificate"))
    page.goto(f"{demo.base}/portfolio/collections/")
    camera.take_part(heading(page, "Your collections"), "collections", last=link(page, "Make it"))
    page.goto(f"{demo.base}/portfolio/public-page/")
    camera.take_part(heading(page, "My public page"), "public-page", last=page.get_by_text("Show my photo"))
    page.goto(f"{demo.base}/profile/")
    camera.take(page, "profile", to="main .card")
    camera.take_part(heading(page, "Your addresses"), "addresses", last=link(page, "Add an address"))
    page.goto(f"{demo.base}/profile/?edit=work")
    camera.take_part(page.locator("form:has([name=employer])"), "edit")


def share(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    address = open_share_page(page, demo)
    camera.take(page, "share", to=".ways-group >> nth=1")
    camera.take_part(page.locator(".ways-group").first, "link")
    camera.take_part(heading(page, "Post or send it"), "networks", last=page.locator(".ways-feeds"))
    page.get_by_text("Send it by e-mail").first.click()
    camera.take_part(heading(page, "Post or send it"), "send", last=page.locator("form:has([name=addresses])"))
    page.goto(f"{address}links/")
    camera.take_part(page.locator("#new-link, .card:has(form)").first, "links", at_most=760)
    page.goto(address)
    page.goto(demo.base + (link(page, "See it as others do").get_attribute("href") or ""))
    camera.take_part(page.locator(".plate"), "others", margin=0)


def linkedin(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    open_share_page(page, demo)
    camera.take_part(page.get_by_role("link", name="Add to LinkedIn profile").first, "button", margin=8)
    page.get_by_text("Copy the five fields").first.click()
    camera.take_part(page.locator("details[open]").first, "fields", margin=0)


def signature(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    address = open_share_page(page, demo)
    page.goto(f"{address}signature/")
    page.wait_for_load_state("networkidle")
    # The picture in the frame is drawn when it is first asked for.
    page.frame_locator(".signature-frame").locator("img").evaluate("picture => picture.decode()")
    camera.take_part(heading(page, "Your signature"), "builder", last=page.locator(".signature-form"), at_most=760)
    camera.take_part(
        page.locator(".signature-frame"), "copy", last=page.get_by_text("No copy button, or it does nothing?")
    )


def cv_and_website(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    address = open_share_page(page, demo)
    page.get_by_text("Badge image", exact=True).first.click()
    elsewhere = page.locator(".ways-group", has_text="Use it elsewhere")
    camera.take_part(elsewhere, "elsewhere", last=link(page, "SVG"))
    page.get_by_text("Badge image", exact=True).first.click()
    page.get_by_text("QR code, for paper and screens").first.click()
    camera.take_part(page.locator("details[open]").last, "qr")
    page.goto(f"{address}website/")
    page.wait_for_load_state("networkidle")
    camera.take_part(heading(page, "As a card"), "embed", last=page.locator("main .section").first, at_most=700)


def print_it(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    enter(page, demo)
    camera.take_part(page.locator(".badge-card").first, "portfolio", last=page.locator(".badge-card").nth(1))
    open_badge(page, demo)
    camera.take_part(page.locator("main .tag").first, "certificate", last=link(page, "See it as others do"))
    code = (link(page, "See it as others do").get_attribute("href") or "").rsplit("/", 1)[1]
    pdf = page.request.get(f"{demo.base}/v/{code}/certificate.pdf").body()
    camera.keep("paper", first_sheet(pdf))
    page.goto(f"{page.url}correct/paper/")
    camera.take_part(page.locator("form:has([name=postal_address])"), "by-post")


def employers(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    pages: dict[str, Any] = json.loads(demo.manage("demo_links", "--json"))["pages"]
    page.goto(f"{demo.base}/verify/")
    camera.take(page, "check", to=".check-form")
    page.goto(pages["valid"])
    camera.take_part(page.locator(".plate"), "valid", margin=0)
    camera.take_part(page.locator(".plate-origin"), "host", margin=0)
    camera.take_part(heading(page, "What we checked"), "checks", last=page.locator(".checks > li").nth(3))


# --- steps ---------------------------------------------------------------------------------------


def enter(page: Page, demo: EmbeddedDemo) -> None:
    """Logs in as the demo's earner."""
    [person, *_others] = json.loads(demo.manage("demo_links", "--json"))["earners"]
    page.goto(f"{demo.base}/log-in/")
    fill_in(page, person["email"], person["password"])
    press(page, "Log in")
    page.goto(f"{demo.base}/portfolio/")


def open_badge(page: Page, demo: EmbeddedDemo) -> None:
    """One that can be shared and printed."""
    page.goto(f"{demo.base}/portfolio/?q=technique")
    page.locator(".badge-card h3 a").first.click()
    page.wait_for_load_state("networkidle")


def open_share_page(page: Page, demo: EmbeddedDemo) -> str:
    """Returns the address of the badge's own page."""
    enter(page, demo)
    open_badge(page, demo)
    address = page.url
    page.goto(f"{address}share/")
    page.wait_for_load_state("networkidle")
    return address


def first_sheet(pdf: bytes) -> Image.Image:
    picture: Image.Image = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil()
    return picture


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name).first


def link(page: Page, name: str) -> Locator:
    return page.get_by_role("link", name=name).or_(page.get_by_role("button", name=name)).first


def fill_in(page: Page, address: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password", exact=True).fill(password)


def press(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_load_state("networkidle")


def open_mail(page: Page, demo: EmbeddedDemo, *, count: int) -> str:
    """Wait for so many mails, show the newest as a mail program does; returns the temporary password in it."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    mails = page.locator("ul.rows a")
    while True:
        page.goto(f"{demo.base}/mailbox/?to={ADDRESS}")
        if mails.count() >= count:
            break
        if time.monotonic() > deadline:
            msg = f"{mails.count()} of {count} mails to {ADDRESS} came within {PATIENCE_SECONDS} seconds."
            raise TimeoutError(msg)
        time.sleep(1)
    mails.first.click()
    found = re.search(r"\b(?:[a-z0-9]{5}-){3}[a-z0-9]{5}\b", page.locator("pre.mail-text").inner_text())
    page.goto(f"{page.url}html")
    return found[0] if found else ""


# By the guide's slug.
WALKS: dict[str, Callable[[Page, EmbeddedDemo, Camera], None]] = {
    "log-in": log_in,
    "manage-badges": manage_badges,
    "sharing": share,
    "linkedin": linkedin,
    "email-signature": signature,
    "cv-and-website": cv_and_website,
    "print": print_it,
    "employers": employers,
}
