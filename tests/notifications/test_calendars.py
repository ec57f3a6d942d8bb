from datetime import date

import pytest
from icalendar import Calendar

from badges.actions.issuances import revoke_issuance
from tests.factories import issue


@pytest.fixture
def expiring(badge, earner):
    return issue(badge, to=earner, issued_on=date(2025, 3, 14), expires_on=date(2028, 3, 13))


def calendar_of(client, issuance, user):
    client.force_login(user)
    return client.get(f"/portfolio/{issuance.pk}/expires.ics")


def test_expiry_calendar_holds_the_last_day(client, earner, expiring):
    response = calendar_of(client, expiring, earner)

    [event] = Calendar.from_ical(response.content).walk("VEVENT")
    assert response["Content-Type"].startswith("text/calendar")
    assert (event.decoded("dtstart"), str(event["summary"])) == (
        date(2028, 3, 13),
        "Infection Control Practitioner expires",
    )
    assert str(event["uid"]) == f"expiry-{expiring.pk}@testserver"


def test_expiry_calendar_is_for_the_owner_only(client, stranger, expiring):
    assert calendar_of(client, expiring, stranger).status_code == 404


def test_expiry_calendar_of_what_does_not_expire_is_not_there(client, earner, issuance):
    assert calendar_of(client, issuance, earner).status_code == 404


def test_expiry_calendar_of_what_was_revoked_is_not_there(client, earner, staff, expiring):
    revoke_issuance(expiring, reason="issued in error", by=staff)

    assert calendar_of(client, expiring, earner).status_code == 404
