import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from badgecert.core import clock
from badges import activity
from badges.actions.issuances import decline_issuance, set_visibility
from badges.activity import Week, count, record, weeks_of, write_counts
from badges.models import Activity, ActivityKind, Visibility

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
SUNDAY = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _nothing_counted_before(db):
    with clock.at(SUNDAY):
        write_counts()
        yield


def opens(code: str, **headers: str) -> None:
    Client(headers={"user-agent": BROWSER, **headers}).get(f"/v/{code}")


def counted() -> list[tuple]:
    write_counts()
    return list(Activity.objects.order_by("issuance", "day", "kind").values_list("day", "kind", "number"))


def test_page_that_somebody_opened_is_counted(issuance):
    opens(issuance.code)
    opens(issuance.code)

    assert counted() == [(date(2026, 11, 22), "opened", 2)]


def test_page_costs_no_query_for_being_counted(issuance, django_assert_num_queries):
    opens(issuance.code)

    with django_assert_num_queries(1):
        opens(issuance.code)


def test_page_that_a_browser_has_already_is_counted(issuance):
    page = Client().get(f"/v/{issuance.code}")

    again = Client(headers={"user-agent": BROWSER, "if-none-match": page["ETag"]}).get(f"/v/{issuance.code}")

    assert (again.status_code, counted()) == (304, [(date(2026, 11, 22), "opened", 1)])


@pytest.mark.parametrize(
    "headers",
    [
        {"user-agent": ""},
        {"user-agent": "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)"},
        {"user-agent": "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)"},
        {"user-agent": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Googlebot/2.1)"},
        {"user-agent": "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)"},
        {"user-agent": "python-requests/2.32.3"},
        {"user-agent": "curl/8.5.0"},
        {"user-agent": BROWSER, "sec-purpose": "prefetch;prerender"},
        {"user-agent": BROWSER, "purpose": "prefetch"},
    ],
)
def test_programs_and_what_a_browser_fetches_ahead_are_not_counted(issuance, headers):
    Client(headers=headers).get(f"/v/{issuance.code}")

    assert counted() == []


def test_looks_of_whoever_is_logged_in_are_not_counted(issuance, earner, staff):
    for person in (earner, staff):
        client = Client(headers={"user-agent": BROWSER})
        client.force_login(person)
        client.get(f"/v/{issuance.code}")

    assert counted() == []


def test_question_of_a_program_for_the_headers_is_not_counted(issuance):
    Client(headers={"user-agent": BROWSER}).head(f"/v/{issuance.code}")

    assert counted() == []


def test_page_that_shows_no_badge_is_not_counted(issuance, earner):
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    opens(issuance.code)
    set_visibility(issuance, visibility=Visibility.LINK_ONLY, by=earner)
    decline_issuance(issuance, by=earner)
    opens(issuance.code)
    opens("7KQ4M2XD9RWT")

    assert counted() == []


def test_page_sets_no_cookie_and_does_not_vary_by_one(issuance):
    page = Client(headers={"user-agent": BROWSER}).get(f"/v/{issuance.code}")

    assert (dict(page.cookies), "Cookie" in page["Vary"]) == ({}, False)


def test_file_that_was_checked_is_counted(issuance):
    content = Client().get(f"/v/{issuance.code}.json").content.decode()

    Client(headers={"user-agent": BROWSER}).post("/verify/", {"text": content})

    assert counted() == [(date(2026, 11, 22), "checked", 1)]


def test_counts_of_one_day_are_one_row(issuance):
    count(issuance.code, ActivityKind.OPENED)
    write_counts()
    count(issuance.code, ActivityKind.OPENED)
    record(issuance, ActivityKind.SHARED, 3)
    with clock.at(SUNDAY + timedelta(days=1)):
        count(issuance.code, ActivityKind.OPENED)

    assert counted() == [
        (date(2026, 11, 22), "opened", 2),
        (date(2026, 11, 22), "shared", 3),
        (date(2026, 11, 23), "opened", 1),
    ]


def test_counts_hold_nothing_of_who_looked(issuance):
    opens(issuance.code)
    write_counts()

    assert {field.name for field in Activity._meta.get_fields()} == {
        "id",
        "created_at",
        "updated_at",
        "issuance",
        "day",
        "kind",
        "number",
    }


def test_counts_wait_while_the_database_is_away(issuance, monkeypatch):
    count(issuance.code, ActivityKind.OPENED)
    with monkeypatch.context() as patched:
        patched.setattr(activity, "_write", lambda numbers: (_ for _ in ()).throw(DatabaseError("away")))
        write_counts()

    assert counted() == [(date(2026, 11, 22), "opened", 1)]


def test_weeks_of_a_badge_begin_on_mondays_and_leave_none_out(issuance, django_assert_num_queries):
    for days, kind, number in ((0, "opened", 2), (0, "checked", 1), (6, "opened", 4), (7, "shared", 1)):
        Activity.objects.create(issuance=issuance, day=SUNDAY.date() - timedelta(days=days), kind=kind, number=number)

    with django_assert_num_queries(1):
        weeks = weeks_of(issuance, 3)

    assert weeks == [
        Week(date(2026, 11, 2)),
        Week(date(2026, 11, 9), shared=1),
        Week(date(2026, 11, 16), opened=6, checked=1),
    ]
    assert weeks[-1].verified == 7


@pytest.mark.parametrize(
    ("way", "host"),
    [
        ("linkedin-profile", "www.linkedin.com"),
        ("linkedin", "www.linkedin.com"),
        ("x", "x.com"),
        ("facebook", "www.facebook.com"),
    ],
)
def test_share_buttons_lead_on_and_are_counted(client, issuance, earner, way, host):
    client.force_login(earner)

    response = client.get(f"/portfolio/{issuance.pk}/share/to/{way}/")

    assert response.status_code == 302
    assert response["Location"].startswith(f"https://{host}/")
    assert counted() == [(date(2026, 11, 22), "shared", 1)]


def test_share_buttons_lead_nowhere_else(client, issuance, earner, stranger):
    client.force_login(earner)
    assert client.get(f"/portfolio/{issuance.pk}/share/to/elsewhere/").status_code == 404
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    assert client.get(f"/portfolio/{issuance.pk}/share/to/linkedin/").status_code == 404
    client.force_login(stranger)
    assert client.get(f"/portfolio/{issuance.pk}/share/to/linkedin/").status_code == 404

    assert counted() == []


@pytest.mark.django_db(transaction=True)
def test_counts_are_written_by_themselves(issuance, settings):
    settings.ACTIVITY_SECONDS = 0.01
    before = set(threading.enumerate())

    count(issuance.code, ActivityKind.OPENED)

    for timer in set(threading.enumerate()) - before:
        timer.join(10)
    assert list(Activity.objects.values_list("kind", "number")) == [("opened", 1)]
