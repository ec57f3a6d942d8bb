"""A badge under a link of its earner: what it shows, what it leaves out, and how it ends."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badgecert.core import clock, codes
from badges.actions.issuances import revoke_issuance, set_visibility
from badges.actions.showing import make_share_link, withdraw_share_link
from badges.models import ShareLink, Visibility
from certificates.actions.log import sequence_entries
from certificates.openbadges.proofs import single_proof
from tests.certificates.tampering import tamper
from tests.factories import issue

BROWSER = {"user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def private(issuance, earner):
    sequence_entries()
    return set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)


@pytest.fixture
def link(private, earner):
    return make_share_link(private, name="for Acme HR", parts=["name"], by=earner)


def words(response):
    return " ".join(response.content.decode().split())


def test_link_shows_the_name_and_keeps_the_rest(link, private):
    response = Client().get(link.get_absolute_url())

    page = words(response)
    assert response.status_code == 200
    assert "Amara Okafor-Lindqvist" in page
    assert "This link leaves out: the dates, code and files." in page
    assert "for Acme HR" not in page
    assert private.code not in page
    assert codes.grouped(private.code) not in page
    assert "November 2026</time>" not in page.replace("22 November", "")


def test_checks_are_made_of_all_that_was_signed_also_of_what_is_not_shown(link, private):
    page = words(Client().get(link.get_absolute_url()))

    assert "signed, also what is not shown here." in page
    assert "It is in the public log" in page
    assert "Whoever made this link keeps the dates to themselves." in page
    tamper("update badges_issuanceversion set issued_on = %s where id = %s", "2020-01-01", private.current_version_id)
    assert "The record has been altered" in words(Client().get(link.get_absolute_url()))


def test_link_without_a_name_says_so(private, earner):
    link = make_share_link(private, name="x", parts=["dates"], by=earner)

    page = words(Client().get(link.get_absolute_url()))

    assert "The person who shared this link" in page
    assert "Amara" not in page


def test_page_is_kept_by_nobody_and_leads_no_address_away(link):
    response = Client().get(link.get_absolute_url())

    assert (response["Cache-Control"], response["Referrer-Policy"], response["X-Robots-Tag"]) == (
        "private, no-store",
        "no-referrer",
        "noindex",
    )
    assert "ETag" not in response
    assert not response.cookies
    assert "og:" not in response.content.decode()


def test_files_are_given_where_the_link_shows_all_that_they_say(private, earner, link):
    with_files = make_share_link(private, name="x", parts=["files"], by=earner)

    given = [Client().get(with_files.get_absolute_url() + path) for path in FILES]
    refused = [Client().get(link.get_absolute_url() + path).status_code for path in FILES]

    assert [(answer.status_code, answer["Content-Type"]) for answer in given] == [
        (200, "application/vc+ld+json"),
        (200, "image/png"),
        (200, "application/pdf"),
    ]
    assert single_proof(given[0].json())["type"] == "DataIntegrityProof"
    assert refused == [404, 404, 404]


FILES = ("/credential.json", "/badge.png", "/certificate.pdf")


def test_ended_link_is_told_from_an_expired_badge(private, earner):
    with clock.at(NOW):
        link = make_share_link(private, name="x", parts=["name"], ends_on=NOW.date(), by=earner)

    with clock.at(NOW + timedelta(days=1)):
        response = Client().get(link.get_absolute_url())

    page = words(response)
    assert response.status_code == 410
    assert "This link ended after" in page
    assert "It says nothing about the badge, which may be as valid as before." in page
    assert [word for word in ("Expired", "expired", "Amara", "Infection") if word in page] == []


def test_expired_badge_under_an_open_link_says_that_the_badge_expired(badge, earner):
    issuance = issue(badge, to=earner, issued_on=NOW.date(), expires_on=NOW.date())
    link = make_share_link(issuance, name="x", parts=["name"], by=earner)

    with clock.at(NOW + timedelta(days=30)):
        page = words(Client().get(link.get_absolute_url()))

    assert "Expired: Amara Okafor-Lindqvist" in page
    assert "which has expired" in page
    assert [day for day in ("2026-11-22", "November 2026") if day in page] == []


def test_withdrawn_link_shows_nothing_on_the_next_request(link, earner):
    withdraw_share_link(link, by=earner)

    response = Client().get(link.get_absolute_url())

    assert response.status_code == 410
    assert "This link was withdrawn" in words(response)
    assert [word for word in ("Amara", "Infection") if word in words(response)] == []
    assert Client().get(link.get_absolute_url() + "/badge.png").status_code == 404


def test_unknown_link_says_that_it_says_nothing(db):
    response = Client().get("/s/lost-on-the-way")

    assert response.status_code == 404
    assert "It says nothing about a badge." in words(response)


def test_guessing_is_slowed_down(db, settings):
    settings.CODE_MISSES_PER_MINUTE = 3

    statuses = [Client().get("/s/guess").status_code for _try in range(4)]

    assert statuses == [404, 404, 404, 429]


def test_revoked_badge_names_nobody(link, private, staff):
    revoke_issuance(private, reason="issued in error", by=staff)

    page = words(Client().get(link.get_absolute_url()))

    assert "Do not rely on this badge" in page
    assert "Amara" not in page


def test_openings_of_others_are_counted(link, client, earner):
    Client().get(link.get_absolute_url(), headers=BROWSER)
    Client().head(link.get_absolute_url(), headers=BROWSER)
    Client().get(link.get_absolute_url(), headers={"user-agent": "WhatsApp/2"})
    client.force_login(earner)
    client.get(link.get_absolute_url(), headers=BROWSER)

    assert ShareLink.objects.get().opened_count == 1


def test_page_costs_the_same_queries_always(link):
    with CaptureQueriesContext(connection) as queries:
        Client().get(link.get_absolute_url(), headers=BROWSER)

    # Link, versions, what was signed and logged, and the count.
    assert len(queries) == 4
