"""A badge that its earner hides is hidden on the very next request, wherever it could be seen.

Every public address that takes a code is walked, also those that are added later. What is answered for a hidden badge is
what is answered for any other hidden one: another person's, of another organisation.
"""

import io
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from badgecert.core import codes
from badges.actions.issuances import claim_issuance, decline_issuance, set_visibility
from badges.actions.showing import archive_issuance, prefer_visibility
from badges.models import Issuance, Visibility
from earners.actions.collections import make_collection, publish_collection
from earners.actions.public_page import save_public_page
from tests.factories import issue, make_issuer, make_published_badge, make_user
from tests.house.routes import Route, routes

# They say no more than whoever asked brought along, and look nothing up.
SAY_NOTHING = {"certificates:qr_svg", "certificates:qr_png"}
NAMES = [route.name for route in routes() if route.is_public and not route.parameters]
OF_A_CODE = [
    route for route in routes() if route.is_public and "code" in route.parameters and route.name not in SAY_NOTHING
]


# Some are made in a moment, some lead to what is current. Uploaded pictures have no drawing.
FOUND = {200, 202, 302}


class Holder(NamedTuple):
    issuance: Issuance
    public_name: str
    collection: str

    @property
    def secrets(self) -> list[str]:
        said = self.issuance.current_version
        return [said.recipient_name, said.badge_version.name, said.issuer_name]


def holder(address: str, name: str, badge_name: str, issuer_name: str) -> Holder:
    """Somebody whose badge stands wherever one can."""
    earner = make_user(address)
    badge = make_published_badge(make_issuer(name=issuer_name), content={"name": badge_name})
    issuance = claim_issuance(issue(badge, to=earner, name=name), by=earner)
    set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)
    collection = make_collection(title=f"Best of {badge_name}", issuance_ids=[issuance.pk], by=earner)
    publish_collection(collection, is_published=True, by=earner)
    public_name = address.split("@")[0]
    save_public_page(public_name=public_name, is_public=True, new_badges="", allows_search_engines=True, by=earner)
    issuance.refresh_from_db()
    return Holder(issuance, public_name, collection.slug)


@pytest.fixture
def zoe(db):
    return holder("zoe-marchetti@example.org", "Zoe Marchetti", "Glacier Rescue", "Alpine Guild")


@pytest.fixture
def twin(db):
    return holder("ivo-brandt@example.org", "Ivo Brandt", "Harbour Pilot", "Nordic Board")


def make_private(one: Holder) -> None:
    set_visibility(one.issuance, visibility=Visibility.PRIVATE, by=one.issuance.earner)


def decline(one: Holder) -> None:
    decline_issuance(one.issuance, by=one.issuance.earner)


def ask(route: Route, one: Holder, **headers: str) -> HttpResponse:
    address = route.url({"code": one.issuance.code, "number": 1, "name": "1"})
    return Client().get(address, headers=headers)


def said(response: HttpResponse, one: Holder) -> str:
    """Without the code, which whoever asked brought along, and without the time."""
    text = response.content.decode(errors="replace")
    if response["Content-Type"] == "application/pdf":
        text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)
    for code in (one.issuance.code, codes.grouped(one.issuance.code)):
        text = text.replace(code, "CODE")
    return re.sub(r"\d\d:\d\d(:\d\d)?", "TIME", text)


@pytest.mark.parametrize("route", OF_A_CODE, ids=lambda route: route.name)
def test_hidden_badge_answers_as_any_other_hidden_one_on_the_very_next_request(
    zoe: Holder, twin: Holder, route: Route
) -> None:
    before = ask(route, zoe)
    etag = before.headers.get("ETag", '"none"')

    make_private(zoe)
    # To strangers that is the same.
    decline(twin)

    after = ask(route, zoe, **{"if-none-match": etag})
    assert before.status_code in FOUND or route.name == "certificates:badge_svg"
    assert after.status_code != 304
    assert (after.status_code, said(after, zoe)) == (ask(route, twin).status_code, said(ask(route, twin), twin))
    assert [secret for secret in zoe.secrets if secret in said(after, zoe)] == []


def public_page(one: Holder) -> str:
    return reverse("earners:public_portfolio", args=[one.public_name])


def public_pdf(one: Holder) -> str:
    return reverse("earners:public_portfolio_pdf", args=[one.public_name])


def collection_page(one: Holder) -> str:
    return reverse("earners:public_collection", args=[one.public_name, one.collection])


def collection_pdf(one: Holder) -> str:
    return reverse("earners:public_collection_pdf", args=[one.public_name, one.collection])


@pytest.mark.parametrize("page", [public_page, public_pdf, collection_page, collection_pdf])
@pytest.mark.parametrize(
    "hide",
    [
        make_private,
        decline,
        lambda one: set_visibility(one.issuance, visibility=Visibility.LINK_ONLY, by=one.issuance.earner),
        lambda one: archive_issuance(one.issuance, by=one.issuance.earner),
    ],
    ids=["private", "declined", "link only", "archived"],
)
def test_public_page_shows_nothing_of_a_badge_that_is_no_longer_public(
    zoe: Holder, page: Callable[[Holder], str], hide: Callable[[Holder], None]
) -> None:
    before = Client().get(page(zoe))

    hide(zoe)

    after = Client().get(page(zoe), headers={"if-none-match": before["ETag"]})
    assert before.status_code == 200
    assert (after.status_code, after.content) == (404, Client().get("/p/nobody-at-all/").content)


@pytest.mark.parametrize(
    "where", ["verify page", "list of links", *(name for name in NAMES if name.endswith("oembed"))]
)
def test_what_is_asked_by_a_question_says_nothing_of_a_hidden_badge(zoe: Holder, where: str) -> None:
    url = zoe.issuance.public_url
    asked = {
        "verify page": lambda: Client().get("/verify/", {"code": zoe.issuance.code}, follow=True),
        "list of links": lambda: Client().post("/verify/list/", {"lines": url}),
    }.get(where, lambda: Client().get(reverse(where), {"url": url}))
    assert zoe.secrets[0] in asked().content.decode()

    make_private(zoe)

    assert [secret for secret in zoe.secrets if secret in asked().content.decode()] == []


def test_sitemap_forgets_a_hidden_badge_and_a_person_without_public_badges(zoe: Holder) -> None:
    files = ["/sitemap.xml", "/sitemap-badges-1.xml", "/sitemap-portfolios-1.xml"]

    def listed() -> str:
        return "".join(Client().get(file).content.decode() for file in files)

    before = [name in listed() for name in (zoe.issuance.code, f"/p/{zoe.public_name}/", *files[1:])]

    make_private(zoe)

    after = [name in listed() for name in (zoe.issuance.code, f"/p/{zoe.public_name}/", *files[1:])]
    assert (before, after) == ([True] * 4, [False] * 4)


def test_search_engines_are_told_to_forget_on_the_next_request(zoe: Holder) -> None:
    pages = [zoe.issuance.get_absolute_url(), public_page(zoe), collection_page(zoe)]
    before = ["noindex" in Client().get(page).content.decode() for page in pages]

    prefer_visibility(new_badges="", allows_search_engines=False, by=zoe.issuance.earner)

    assert before == [False] * 3
    assert ["noindex" in Client().get(page).content.decode() for page in pages] == [True] * 3
