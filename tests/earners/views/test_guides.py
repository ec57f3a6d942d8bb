import gzip
import html
import io
import re
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.staticfiles import finders
from PIL import Image
from playwright.sync_api import Page
from pypdf import PdfReader

from certificates.exceptions import CertificateBusyError
from earners.guides import GUIDES, find_guide
from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width

SLUGS = [guide.slug for guide in GUIDES]


@pytest.mark.parametrize("slug", SLUGS)
def test_guide_has_numbered_steps_with_a_picture_each(client, slug):
    page = client.get(f"/guides/{slug}/")

    steps = re.findall(r'<li class="guide-step">(.*?)</li>', page.content.decode(), re.DOTALL)
    assert page.status_code == 200
    assert len(steps) >= 3
    without = [re.search(r"<h3>(.*?)</h3>", step)[1] for step in steps if "<img" not in step]
    # Its screen is another step's: asking for a new password.
    assert [title for title in without if title != "Then request a new password"] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_pictures_of_our_own_screens_stand_there_light_and_dark(client, slug):
    page = client.get(f"/guides/{slug}/").content.decode()

    light = re.findall(r'<img src="/static/guides/([^"]+)\.avif"', page)
    dark = re.findall(r'srcset="/static/guides/([^"]+)-dark\.avif"', page)
    assert light == dark != []
    assert [name for name in light if finders.find(f"guides/{name}.avif") is None] == []


def test_pictures_are_sharp_and_quick_to_load():
    pictures = sorted(Path(finders.find("guides")).rglob("*.avif"))

    assert [picture.name for picture in pictures if picture.stat().st_size > 16_000] == []
    widths = set()
    for path in pictures:
        with Image.open(path) as picture:
            widths.add(picture.width)
    assert widths == {585}


def test_every_picture_is_shown_in_a_guide(client):
    shown = "".join(client.get(f"/guides/{slug}/").content.decode() for slug in SLUGS)

    names = [path.name for path in Path(finders.find("guides")).rglob("*.*")]
    assert [name for name in names if f"/{name}" not in shown] == []


@pytest.mark.parametrize("slug", SLUGS)
def test_guide_is_a_pdf_with_the_same_words(client, slug):
    page = client.get(f"/guides/{slug}/").content.decode()

    answer = client.get(f"/guides/{slug}.pdf")

    pdf = PdfReader(io.BytesIO(answer.content))
    printed = _words(" ".join(sheet.extract_text() for sheet in pdf.pages))
    headings = [_words(html.unescape(heading)) for heading in re.findall(r"<h[123]>(.*?)</h[123]>", page, re.DOTALL)]
    assert (answer.status_code, answer["Content-Type"], answer.cookies) == (200, "application/pdf", {})
    assert [heading for heading in headings if heading not in printed] == []
    assert pdf.metadata.title == str(find_guide(slug).title)
    assert len(answer.content) < 1_500_000


def _words(text):
    """Where a line breaks is the paper's own business."""
    return re.sub(r"\s", "", text)


def test_pdf_of_a_guide_is_printed_once(client, settings):
    first = client.get("/guides/employers.pdf")
    # Nothing can be printed any more.
    with mock.patch("earners.leaflets.printed", side_effect=CertificateBusyError("busy")):
        second = client.get("/guides/employers.pdf")
        kept = client.get("/guides/employers.pdf", headers={"If-None-Match": first["ETag"]})
        other = client.get("/guides/employers.pdf?paper=letter")
        settings.SITE_NAME = "Another site"
        changed = client.get("/guides/employers.pdf")

    assert second.content == first.content
    assert (kept.status_code, kept.content) == (304, b"")
    assert (other.status_code, changed.status_code) == (503, 503)
    assert other["Retry-After"] == "10"


def test_pdf_of_a_guide_on_letter_paper(client):
    [sheet, *_others] = PdfReader(io.BytesIO(client.get("/guides/linkedin.pdf?paper=letter").content)).pages

    assert (round(sheet.mediabox.width), round(sheet.mediabox.height)) == (612, 792)


@pytest.mark.parametrize("path", ["/guides/flying.pdf", "/guides/linkedin.pdf?paper=papyrus"])
def test_pdf_that_is_not_there(client, path):
    assert client.get(path).status_code == 404


def test_guides_are_listed_and_linked_where_people_get_stuck(client):
    listed = client.get("/guides/").content.decode()

    assert all(f'href="/guides/{slug}/"' in listed for slug in SLUGS)
    assert 'href="/guides/log-in/"' in client.get("/log-in/").content.decode()
    assert 'href="/guides/"' in client.get("/").content.decode()


def test_guide_sets_no_cookie_and_is_the_same_for_everybody(client, earner):
    to_a_stranger = client.get("/guides/log-in/")
    client.force_login(earner)
    to_an_earner = client.get("/guides/log-in/")

    assert to_a_stranger.cookies == {}
    assert to_a_stranger.content == to_an_earner.content


def test_guide_is_compressed_for_those_who_can_read_that(client):
    plain = client.get("/guides/log-in/")
    packed = client.get("/guides/log-in/", headers={"Accept-Encoding": "gzip"})

    assert packed["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert len(packed.content) < len(plain.content) / 2


def test_guide_that_is_not_there(client, db):
    assert client.get("/guides/flying/").status_code == 404


@pytest.mark.parametrize("slug", ["log-in", "email-signature"])
def test_guide_in_a_browser(page: Page, site: str, transactional_db: None, slug: str):
    page.goto(f"{site}/guides/{slug}/")

    assert accessibility_faults_in_every_look(page) == []
    assert [str(look) for look in in_every_look(page) if overflowing_width(page)] == []
    for image in page.locator(".guide-step img").all():
        image.scroll_into_view_if_needed()
        page.wait_for_function("image => image.complete && image.naturalWidth > 0", arg=image.element_handle())
