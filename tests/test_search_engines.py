"""What search engines are told, and of whom they are told nothing."""

import re
from typing import Any

import pytest
from django.test import Client

from badgecert import search_engines
from badgecert.accounts.models import User
from badges.actions.issuances import claim_issuance, revoke_issuance, set_visibility
from badges.actions.showing import prefer_visibility
from badges.models import Badge, Issuance, Visibility
from tests.factories import issue, make_published_badge


def addresses(path: str) -> list[str]:
    response = Client().get(path)
    assert (response.status_code, response["Content-Type"]) == (200, "application/xml; charset=utf-8")
    assert not response.cookies
    return re.findall(r"<loc>(.*?)</loc>", response.content.decode())


def wants_to_be_found(issuance: Issuance, earner: User) -> None:
    claim_issuance(issuance, by=earner)
    set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)
    prefer_visibility(new_badges="", allows_search_engines=True, by=earner)


def test_robots_are_led_to_the_sitemap_and_kept_from_what_is_nobodys_business(db: None) -> None:
    response = Client().get("/robots.txt")

    lines = response.content.decode().splitlines()
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert lines[0] == "User-agent: *"
    assert {"Disallow: /admin/", "Disallow: /portfolio/", "Disallow: /v/*/check.pdf"} <= set(lines)
    assert lines[-1] == "Sitemap: http://testserver/sitemap.xml"
    # What says noindex must be readable, or it is not read.
    assert "Disallow: /v/" not in lines


def test_sitemap_names_what_is_public(badge: Badge) -> None:
    pages = addresses("/sitemap-pages.xml")

    assert addresses("/sitemap.xml") == ["http://testserver/sitemap-pages.xml"]
    for path in ("/", "/verify/", "/badges/", badge.get_absolute_url(), badge.issuer.get_absolute_url()):
        assert f"http://testserver{path}" in pages
    for page in pages:
        assert Client().get(page.removeprefix("http://testserver")).status_code == 200


def test_badge_is_named_only_while_its_earner_wants_it(issuance: Issuance, earner: User, staff: User) -> None:
    assert Client().get("/sitemap-badges-1.xml").status_code == 404
    wants_to_be_found(issuance, earner)

    assert addresses("/sitemap.xml")[1:] == ["http://testserver/sitemap-badges-1.xml"]
    assert addresses("/sitemap-badges-1.xml") == [f"http://testserver/v/{issuance.code}"]

    for hide in (
        lambda: set_visibility(issuance, visibility=Visibility.LINK_ONLY, by=earner),
        lambda: set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner),
    ):
        hide()
        assert Client().get("/sitemap-badges-1.xml").status_code == 404
        set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)
        assert len(addresses("/sitemap-badges-1.xml")) == 1
    revoke_issuance(issuance, reason="issued in error", by=staff)
    assert Client().get("/sitemap-badges-1.xml").status_code == 404


@pytest.mark.parametrize("path", ["/sitemap.xml", "/sitemap-pages.xml", "/sitemap-badges-1.xml"])
def test_sitemap_costs_the_same_however_many_there_are(
    badge: Badge, earner: User, path: str, django_assert_num_queries: Any
) -> None:
    number = {"/sitemap.xml": 2, "/sitemap-pages.xml": 2, "/sitemap-badges-1.xml": 1}[path]
    wants_to_be_found(issue(badge, to=earner), earner)
    with django_assert_num_queries(number):
        Client().get(path)
    for _ in range(3):
        wants_to_be_found(issue(make_published_badge(badge.issuer), to=earner), earner)

    with django_assert_num_queries(number):
        Client().get(path)


def test_long_lists_are_split(badge: Badge, earner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search_engines, "_ADDRESSES_IN_A_FILE", 1)
    wants_to_be_found(issue(badge, to=earner), earner)

    assert addresses("/sitemap.xml") == [f"http://testserver/sitemap-{name}.xml" for name in ("pages", "badges-1")]
    assert Client().get("/sitemap-badges-2.xml").status_code == 404
    assert Client().get("/sitemap-badges-0.xml").status_code == 404
