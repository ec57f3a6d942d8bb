"""Mails before badges expire: from the calendar to the mail server."""

import re
from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar

from badgecert.core import clock
from badges.actions.issuances import claim_issuance, renew_issuance, revoke_issuance, suspend_issuance
from badges.models import Issuance
from notifications.actions import expiring
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.actions.preferences import stop_mails
from notifications.messages import masked_mail
from notifications.models import ExpirySweep, Message, OptionalMail
from notifications.stop_links import stop_url
from tests.factories import issue, make_issuer, make_published_badge

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 6, 15)


def at(day: date, hour: int = 12) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=UTC)


def before(days: int, hour: int = 12) -> datetime:
    return at(LAST_DAY - timedelta(days=days), hour)


def expiring_issuance(issuer, *, to="ana@example.org", expires_on=LAST_DAY, issued=date(2026, 11, 1), **badge):
    badge = make_published_badge(issuer, **badge)
    with clock.at(at(issued)):
        issuance = issue(badge, to=to, name="Ana Okafor", issued_on=issued, expires_on=expires_on)
    ExpirySweep.objects.update_or_create(issuer=issuer, defaults={"swept_on": issued})
    return issuance


@pytest.fixture
def ending(issuer):
    """A badge that ends on the last day; the organisation's sweeps ran until it was issued."""
    return expiring_issuance(issuer)


def owed() -> list[Message]:
    return list(Message.objects.filter(kind="expiring").order_by("created_at", "pk"))


def sent(smtp, now: datetime):
    with clock.at(now):
        deliver_due_messages()
    return [mail for mail in smtp.received if "expire" in str(mail.message["Subject"])]


# --- when ----------------------------------------------------------------------------------------


def test_mails_are_owed_sixty_thirty_and_seven_days_before_and_on_the_day(ending):
    days = []
    for number in range(400):
        now = at(date(2026, 11, 2) + timedelta(days=number))
        if queue_due_expiry_mails(now):
            days.append((LAST_DAY - now.date()).days)

    assert days == [60, 30, 7, 0]
    assert {message.to_address for message in owed()} == {"ana@example.org"}


def test_day_begins_at_nine_where_the_organisation_is():
    issuer = make_issuer(time_zone="Pacific/Auckland")
    expiring_issuance(issuer)
    the_day = LAST_DAY - timedelta(days=60)
    nine_o_clock = datetime(the_day.year, the_day.month, the_day.day, tzinfo=UTC) - timedelta(hours=3)
    queue_due_expiry_mails(nine_o_clock - timedelta(days=1))

    early = queue_due_expiry_mails(nine_o_clock - timedelta(minutes=1))
    due = queue_due_expiry_mails(nine_o_clock)

    assert (early, due) == (0, 1)


def test_sweeping_again_on_the_same_day_owes_nothing_more(ending):
    assert [queue_due_expiry_mails(before(30, hour)) for hour in (10, 11, 23)] == [1, 0, 0]


def test_after_an_outage_only_the_newest_mail_is_owed(ending):
    queue_due_expiry_mails(before(61))

    count = queue_due_expiry_mails(before(5))

    assert count == 1
    assert [fact.fact_key for fact in owed()[0].facts.all()] == [f"expiring:{ending.pk}:2027-06-15:7"]


def test_badge_that_expired_during_an_outage_is_not_told(ending):
    queue_due_expiry_mails(before(61))

    assert queue_due_expiry_mails(before(-1)) == 0


def test_badge_issued_during_an_outage_is_not_told_of_days_before_it(issuer):
    queue_due_expiry_mails(before(100))
    short = make_published_badge(issuer)
    with clock.at(before(40)):
        issue(short, to="ana@example.org", issued_on=before(40).date(), expires_on=LAST_DAY)

    assert queue_due_expiry_mails(before(35)) == 0
    assert queue_due_expiry_mails(before(30)) == 1


def test_clock_that_jumps_ahead_and_back_repeats_nothing(ending):
    assert queue_due_expiry_mails(before(30)) == 1

    queue_due_expiry_mails(before(30) + timedelta(days=400))
    again = [queue_due_expiry_mails(before(30, hour)) for hour in (13, 14)]
    later = queue_due_expiry_mails(before(7))

    assert (again, later) == ([0, 0], 1)


def test_first_sweep_of_an_organisation_looks_at_its_own_day_only(ending):
    ExpirySweep.objects.all().delete()

    assert queue_due_expiry_mails(before(29)) == 0
    assert queue_due_expiry_mails(before(7)) == 1


# --- who -----------------------------------------------------------------------------------------


def test_one_person_gets_one_mail_of_an_organisation_a_day(issuer):
    first, second = (expiring_issuance(issuer) for _number in range(2))
    other = expiring_issuance(issuer, expires_on=LAST_DAY + timedelta(days=23))
    elsewhere = expiring_issuance(make_issuer())

    count = queue_due_expiry_mails(before(7))

    assert count == 2
    assert {frozenset(fact.issuance for fact in message.facts.all()) for message in owed()} == {
        frozenset({first, second, other}),
        frozenset({elsewhere}),
    }


@pytest.mark.parametrize(
    "change",
    [
        lambda issuance, staff: revoke_issuance(issuance, reason="r", by=staff),
        lambda issuance, staff: suspend_issuance(issuance, reason="r", by=staff),
        lambda issuance, staff: Issuance.objects.update(declined_at=clock.now()),
        lambda issuance, staff: Issuance.objects.update(erased_at=clock.now()),
        lambda issuance, staff: renew_issuance(issuance, expires_on=date(2029, 1, 1), by=staff),
        lambda issuance, staff: stop_mails(issuance, mails=OptionalMail.EXPIRY),
    ],
    ids=["revoked", "suspended", "declined", "erased", "renewed", "stopped"],
)
def test_nothing_is_owed_about_a_badge_that_does_not_end_then(ending, staff, change):
    change(ending, staff)

    assert queue_due_expiry_mails(before(30)) == 0


@pytest.mark.parametrize(("invites", "claims", "expected"), [(True, False, 1), (False, False, 0), (False, True, 1)])
def test_unclaimed_badge_is_told_to_those_who_are_invited(issuer, invites, claims, expected):
    issuance = expiring_issuance(issuer, invites_earners=invites)
    if claims:
        claim_issuance(issuance, by=issuance.earner)

    assert queue_due_expiry_mails(before(30)) == expected


def test_stopped_reminders_stop_no_expiry_mails(ending):
    stop_mails(ending, mails=OptionalMail.REMINDERS)

    assert queue_due_expiry_mails(before(30)) == 1


def test_badge_that_was_renewed_before_its_mail_left_is_not_told(ending, staff, smtp):
    queue_due_expiry_mails(before(30))
    renew_issuance(ending, expires_on=date(2029, 1, 1), by=staff)

    assert sent(smtp, before(30)) == []
    assert owed()[0].last_error == "None of the badges expires then any more."


def test_badges_that_still_end_are_told_without_the_others(issuer, staff, smtp):
    renewed = expiring_issuance(issuer, content={"name": "Renewed Badge"})
    expiring_issuance(issuer, content={"name": "Ending Badge"})
    queue_due_expiry_mails(before(30))
    renew_issuance(renewed, expires_on=date(2029, 1, 1), by=staff)

    [mail] = sent(smtp, before(30))

    assert mail.message["Subject"] == "Ending Badge expires on 15 June 2027"
    assert "Renewed Badge" not in mail.body("plain") + mail.body("html")


def test_mail_that_could_not_leave_before_the_last_day_is_over_never_leaves(ending, smtp):
    queue_due_expiry_mails(before(0))

    assert sent(smtp, before(-1)) == []


# --- what ----------------------------------------------------------------------------------------


def test_mail_says_what_to_do(issuer, smtp):
    issuance = expiring_issuance(
        issuer,
        reply_to="icp@northgate.example",
        renewal_url="https://northgate.example/renew",
        renewal_instructions="1. Log in.\n2. Pay the **fee**.",
    )
    queue_due_expiry_mails(before(30))

    [mail] = sent(smtp, before(30))

    assert mail.message["Subject"] == "Infection Control Practitioner expires on 15 June 2027"
    assert len(mail.message["Subject"]) <= 60
    assert mail.message["From"] == f"{issuer.name} <badges@testserver>"
    assert mail.message["To"] == "Ana Okafor <ana@example.org>"
    assert mail.message["Reply-To"] == "icp@northgate.example"
    for body in (mail.body("plain"), mail.body("html")):
        assert "https://northgate.example/renew" in body
        assert "Pay the fee." in body
        assert issuance.public_url in body
        assert stop_url(issuance.pk, mails=OptionalMail.EXPIRY) in body


def test_contact_for_renewals_gets_the_answers(smtp):
    expiring_issuance(make_issuer(contacts={"renewal": "renew@northgate.example"}), reply_to="icp@northgate.example")
    queue_due_expiry_mails(before(30))

    assert sent(smtp, before(30))[0].message["Reply-To"] == "renew@northgate.example"


def test_claimed_badge_opens_in_the_portfolio(ending, smtp):
    claim_issuance(ending, by=ending.earner)
    queue_due_expiry_mails(before(30))

    assert f"http://testserver/portfolio/{ending.pk}/" in sent(smtp, before(30))[0].body("plain")


def test_mail_can_be_stopped_with_one_click(ending, smtp):
    queue_due_expiry_mails(before(30))

    [mail] = sent(smtp, before(30))

    assert mail.message["List-Unsubscribe"].strip() == f"<{stop_url(ending.pk, mails=OptionalMail.EXPIRY)}>"
    assert mail.message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_calendar_file_has_each_last_day(issuer, smtp):
    expiring_issuance(issuer, content={"name": "First, Badge"}, renewal_url="https://northgate.example/renew")
    expiring_issuance(issuer, content={"name": "Second Badge"}, expires_on=LAST_DAY + timedelta(days=23))
    queue_due_expiry_mails(before(7))

    [mail] = sent(smtp, before(7))

    parsed = message_from_bytes(mail.raw, policy=policy.default)
    [file] = parsed.iter_attachments()
    events = Calendar.from_ical(
        file.get_content().encode() if isinstance(file.get_content(), str) else file.get_content()
    ).walk("VEVENT")
    assert (file.get_filename(), file.get_content_type()) == ("badges-expire.ics", "text/calendar")
    assert [(str(event["SUMMARY"]), event["DTSTART"].dt, event["DTEND"].dt) for event in events] == [
        ("First, Badge expires", date(2027, 6, 15), date(2027, 6, 16)),
        ("Second Badge expires", date(2027, 7, 8), date(2027, 7, 9)),
    ]
    assert "https://northgate.example/renew" in str(events[0]["DESCRIPTION"])
    assert len({str(event["UID"]) for event in events}) == 2


def test_mail_about_many_badges_stays_small(issuer, smtp):
    for number in range(12):
        expiring_issuance(issuer, content={"name": f"{number} " + "字" * 100}, renewal_instructions="字" * 1900)
    queue_due_expiry_mails(before(30))

    [mail] = sent(smtp, before(30))

    assert mail.message["Subject"] == "12 of your badges expire soon"
    assert len(mail.body("html").encode()) < 60_000
    for body in (mail.body("plain"), mail.body("html")):
        assert all(re.search(rf"\b{number} 字", body) for number in range(12))


def test_staff_read_the_mail_without_the_link_that_stops_it(ending, staff):
    queue_due_expiry_mails(before(30))
    renew_issuance(ending, expires_on=date(2029, 1, 1), by=staff)

    mail = masked_mail(Message.objects.select_related("issuer", "user").get(kind="expiring"))

    assert mail.subject == "Infection Control Practitioner expires on 15 June 2027"
    assert "/mail/stop/" not in mail.text + mail.html


# --- how much it costs ---------------------------------------------------------------------------


def test_people_are_taken_in_chunks_that_cost_the_same(issuer, monkeypatch):
    badge = make_published_badge(issuer)

    def cost(people: int) -> int:
        Message.objects.filter(kind="expiring").update(details={"badges": []})
        with CaptureQueriesContext(
            connection,
        ) as queries:
            expiring._queue_expiry_mails_once(issuer, before(30))
        return len(queries)

    for number in range(2):
        issue(badge, to=f"p{number}@example.org", issued_on=date(2026, 11, 1), expires_on=LAST_DAY)
    few = cost(2)
    ExpirySweep.objects.all().delete()
    for number in range(30):
        issue(badge, to=f"q{number}@example.org", issued_on=date(2026, 11, 1), expires_on=LAST_DAY)
    many = cost(32)

    assert few == many
    assert len(owed()) == 32


def test_sweep_that_stops_half_way_goes_on_where_it_was(issuer, monkeypatch):
    badge = make_published_badge(issuer)
    for number in range(5):
        issue(badge, to=f"p{number}@example.org", issued_on=date(2026, 11, 1), expires_on=LAST_DAY)
    monkeypatch.setattr(expiring, "PEOPLE_AT_ONCE", 2)
    queue_due_expiry_mails(before(31))

    first = expiring._queue_expiry_mails_once(issuer, before(30))
    # The rest is found on the next day, as due as it was.
    rest = queue_due_expiry_mails(before(29))

    assert (first, rest) == (2, 3)
    assert len({message.to_address for message in owed()}) == 5
