"""The audit trail: one's own organisations only, with what was said before and after, and as a file."""

import csv
import io

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badges.actions.issuances import claim_issuance, correct_issuance, revoke_issuance
from tests.factories import issue, make_issuer, make_published_badge

pytestmark = pytest.mark.django_db

TRAIL = "/admin/core/auditevent/"


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def told(page):
    return [(event.verb, event.line.before, event.line.after) for event in page.context["cl"].result_list]


def exported(response):
    text = b"".join(response.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_trail_says_what_a_correction_changed(desk, issuance, staff):
    correct_issuance(issuance, by=staff, reason="ticket 7", recipient_name="Ana Ito")

    page = desk.get(TRAIL, {"q": issuance.code})

    assert told(page)[0] == ("badge corrected", "Amara Okafor-Lindqvist", "Ana Ito")
    assert "ticket 7" in page.content.decode()


def test_trail_of_one_thing_is_reached_from_its_history(desk, issuance, staff):
    issue(issuance.badge)
    address = f"{TRAIL}?thing={issuance.pk}"

    history = desk.get(reverse("admin:badges_issuance_history", args=[issuance.pk])).content.decode()

    assert address in history
    assert [verb for verb, _before, _after in told(desk.get(address))] == ["badge issued"]


def test_trail_shows_own_organisations_only(client, issuance, staff):
    owner = make_issuer().staff_members.get().user
    client.force_login(owner)

    assert [verb for verb, *_rest in told(client.get(TRAIL))] == ["staff role given", "organisation registered"]
    assert told(client.get(TRAIL, {"thing": str(issuance.pk)})) == []
    assert [row["id"] for row in exported(client.get(reverse("admin:export_trail"))) if row["kind"] == "Issuance"] == []


@pytest.mark.parametrize(
    ("query", "verbs"),
    [
        ({"about": "badges.issuance"}, ["badge revoked", "badge issued"]),
        ({"who": "system"}, ["organisation registered"]),
        ({"q": "duplicate"}, ["badge revoked"]),
        ({"q": "amara revoked"}, ["badge revoked"]),
    ],
)
def test_trail_is_filtered_and_exported_alike(desk, issuance, staff, query, verbs):
    revoke_issuance(issuance, reason="duplicate", by=staff)
    shown = [verb for verb, *_rest in told(desk.get(TRAIL, query)) if not verb.startswith("staff")]

    rows = exported(desk.get(reverse("admin:export_trail"), query))

    assert shown == verbs
    assert [row["what"] for row in rows if not row["what"].startswith("staff")] == verbs


def test_export_is_safe_to_open_in_a_spreadsheet(desk, issuance, staff):
    revoke_issuance(issuance, reason="=HYPERLINK(1)", by=staff)

    [row] = [row for row in exported(desk.get(reverse("admin:export_trail"))) if row["what"] == "badge revoked"]

    assert row["reason"] == "'=HYPERLINK(1)"


def test_an_earner_is_not_named_by_what_their_account_is_called(desk, issuance, earner):
    claim_issuance(issuance, by=earner)

    page = desk.get(TRAIL, {"q": issuance.code})

    assert next(event.line.who for event in page.context["cl"].result_list) == "The earner"
    assert str(earner.pk) not in page.content.decode()


def test_trail_costs_the_same_for_3_and_33_events(desk, badge):
    other = make_published_badge(badge.issuer)
    for _ in range(3):
        issue(other)
    with CaptureQueriesContext(connection) as few:
        desk.get(TRAIL)
    for _ in range(30):
        issue(other)

    with CaptureQueriesContext(connection) as many:
        desk.get(TRAIL)

    assert len(many) == len(few)
