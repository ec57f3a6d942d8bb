"""The public page as an employer meets it, on a phone and on a desk."""

import unicodedata
from datetime import date

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from playwright.sync_api import Page

from badgecert.core import clock
from badges.actions.issuances import revoke_issuance, set_visibility
from badges.models import Issuance, Visibility
from tests.browser import (
    NAMES_OF_THE_WORLD,
    accessibility_faults_in_every_look,
    lost_at_any_width,
    overflowing_width,
    press,
)
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def badge(site: str):
    return make_published_badge(make_issuer(name="Northgate Council for Clinical Safety"))


@pytest.mark.parametrize(("width", "height"), [(390, 844), (360, 640)])
def test_the_answer_stands_on_the_first_screen(page: Page, site: str, badge, width: int, height: int) -> None:
    issuance = issue(badge, issued_on=date(2025, 3, 14), expires_on=date(2099, 3, 13))
    page.set_viewport_size({"width": width, "height": height})

    page.goto(f"{site}/v/{issuance.code}")
    page.evaluate("document.fonts.ready")

    for words in (
        "Valid",
        "Amara Okafor-Lindqvist",
        "Infection Control Practitioner",
        "Northgate Council for Clinical Safety",
        "14 March 2025",
        "13 March 2099",
        "-".join(issuance.code[start : start + 4] for start in (0, 4, 8)),
    ):
        box = page.locator(".plate").get_by_text(words, exact=True).first.bounding_box()
        assert box is not None, words
        assert box["y"] + box["height"] <= height, words
    assert overflowing_width(page) == 0


def test_pages_for_strangers_have_no_accessibility_faults(page: Page, site: str, badge) -> None:
    owner = make_staff(badge.issuer)
    valid, revoked, erased = (
        issue(badge, evidence=[{"name": "Audit", "url": "https://a.example/1"}]),
        issue(badge),
        issue(badge),
    )
    revoke_issuance(revoked, reason="issued in error", by=owner)
    Issuance.objects.filter(pk=erased.pk).update(erased_at=clock.now())

    faults = {}
    for address in (
        f"/v/{valid.code}",
        f"/v/{revoked.code}",
        f"/v/{erased.code}",
        "/v/000000000000",
        "/verify/?code=abc",
        f"/issuers/{badge.issuer.slug}/",
        f"/badges/{badge.slug}/",
        "/badges/",
    ):
        page.goto(site + address)
        faults[address] = [*accessibility_faults_in_every_look(page), *lost_at_any_width(page)]

    assert {address: found for address, found in faults.items() if found} == {}


def test_page_that_could_not_check_has_no_faults(page: Page, site: str, badge) -> None:
    def away(*args: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    code = issue(badge).code
    with connection.execute_wrapper(away):
        answer = Client().get(f"/v/{code}")
    # The web server of the tests has a connection of its own, which is not away.
    page.route(
        f"{site}/v/{code}", lambda route: route.fulfill(status=503, body=answer.content, content_type="text/html")
    )

    page.goto(f"{site}/v/{code}")

    assert page.title().startswith("Could not check")
    assert accessibility_faults_in_every_look(page) == []
    assert lost_at_any_width(page) == []


def test_names_of_the_world_fit_on_every_screen(page: Page, site: str, badge) -> None:
    codes = {name: issue(badge, name=name).code for name in NAMES_OF_THE_WORLD}

    lost = {}
    for name, code in codes.items():
        page.goto(f"{site}/v/{code}")
        assert page.get_by_role("heading", level=1).inner_text() == unicodedata.normalize("NFC", name)
        lost[name] = lost_at_any_width(page)

    assert {name: found for name, found in lost.items() if found} == {}


def test_pages_for_strangers_leave_no_cookie(page: Page, site: str, badge) -> None:
    issuance = issue(badge)

    for address in ("/", "/verify/", f"/v/{issuance.code}", f"/badges/{badge.slug}/"):
        page.goto(site + address)

    assert page.context.cookies() == []


def test_code_typed_by_hand_leads_to_its_page(page: Page, site: str, badge) -> None:
    issuance = issue(badge)
    page.goto(f"{site}/verify/")

    page.get_by_label("Code or link").fill(issuance.code.lower())
    press(page.get_by_role("button", name="Check", exact=True))

    assert page.url == f"{settings.BASE_URL}/v/{issuance.code}"
    assert page.title().startswith("Valid: ")


def test_a_hidden_badge_is_gone_with_the_next_look(page: Page, site: str, badge, earner) -> None:
    issuance = issue(badge, to=earner)
    page.goto(f"{site}/v/{issuance.code}")

    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    page.reload()

    assert page.title().startswith("Private: ")
    assert "Amara" not in page.content()
