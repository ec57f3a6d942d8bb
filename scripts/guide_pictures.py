"""The pictures of our own screens that the guides show: static/guides/<guide>/<name>.webp, and the same in the dark.

Somebody new walks through the demo on a phone. Later guides add a walk of their own.
"""

import io
import re
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize

from tests.embedded import EmbeddedDemo

FOLDER = Path(__file__).resolve().parent.parent / "static" / "guides"
PHONE: ViewportSize = {"width": 390, "height": 780}
# For sharp screens. badgecert.core.templatetags.ui.guide_step knows it.
SCALE = 2
BYTES_LIMIT = 60_000
ADDRESS, NAME = "maya@lindqvist.example", "Maya Lindqvist"
OWN_PASSWORD = "mossy lantern by the river"  # noqa: S105  for the demo, as long as the pictures take
PATIENCE_SECONDS = 60

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


def take_guide_pictures(chromium: Browser, demo: EmbeddedDemo) -> None:
    for guide, walk in WALKS.items():
        page = chromium.new_context(viewport=PHONE, device_scale_factor=SCALE, reduced_motion="reduce").new_page()
        walk(page, demo, Camera(guide))


class Camera:
    """Takes a page as it stands, in light and dark, from its top to where the words end."""

    def __init__(self, guide: str) -> None:
        self._folder = FOLDER / guide
        self._folder.mkdir(parents=True, exist_ok=True)

    def take(self, page: Page, name: str, *, to: str = "main > :last-child", at_most: int = 900) -> None:
        for scheme, suffix in (("light", ""), ("dark", "-dark")):
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # one of two words
            box = page.locator(to).bounding_box()
            height = min(int(box["y"] + box["height"]) + 20, at_most) if box else at_most
            shot = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": PHONE["width"], "height": height})
            path = self._folder / f"{name}{suffix}.webp"
            path.write_bytes(compressed(shot))
            print(path)
        page.emulate_media(color_scheme="light", reduced_motion="reduce")


def compressed(png: bytes) -> bytes:
    """As good as BYTES_LIMIT allows."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for quality in (85, 75, 65, 55, 45):
        out = io.BytesIO()
        picture.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= BYTES_LIMIT:
            break
    return out.getvalue()


def log_in(page: Page, demo: EmbeddedDemo, camera: Camera) -> None:
    """Log in and first password."""
    demo.manage("shell", "-c", ISSUE)
    password = open_mail(page, demo, count=1)
    # The badge and how to log in; its facts further down are for another guide.
    camera.take(page, "mail", to="body", at_most=970)

    page.goto(f"{demo.base}/log-in/")
    fill_in(page, ADDRESS, password)
    camera.take(page, "log-in")
    press(page, "Log in")
    page.get_by_label("New password", exact=True).press_sequentially(OWN_PASSWORD)
    page.get_by_label("The same again", exact=True).fill(OWN_PASSWORD)
    camera.take(page, "choose-password")
    press(page, "Save, then log in")
    camera.take(page, "log-in-again")
    fill_in(page, ADDRESS, OWN_PASSWORD)
    press(page, "Log in")
    camera.take(page, "welcome")

    page.context.clear_cookies()
    page.goto(f"{demo.base}/log-in/first-time/")
    page.get_by_label("E-mail address").fill(ADDRESS)
    camera.take(page, "first-time")
    press(page, "Send me the way in")
    camera.take(page, "look-at-your-mail")
    open_mail(page, demo, count=2)
    camera.take(page, "password-mail", to="body", at_most=1200)

    page.goto(f"{demo.base}/log-in/")
    for _ in range(10):
        fill_in(page, "somebody@example.org", "not the password")
        press(page, "Log in")
    camera.take(page, "locked")


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
WALKS: dict[str, Callable[[Page, EmbeddedDemo, Camera], None]] = {"log-in": log_in}
