"""Reminders walk a calendar: the clock is ours, everything else is real."""

from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from badgecert.core import clock
from badges.actions.issuances import (
    NewIssuance,
    claim_issuance,
    decline_issuance,
    issue_badges,
    revoke_issuance,
    suspend_issuance,
)
from badges.models import Badge, Issuance
from issuers.models import Issuer
from notifications.actions import delivery
from notifications.actions import reminders as reminding
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.preferences import stop_mails
from notifications.actions.reminders import queue_due_reminders
from notifications.actions.sweeps import clock_is_trusted
from notifications.models import BounceKind, Message, MessageFact, MessageKind, OptionalMail, Preference
from notifications.tasks import queue_due_reminders_task
from notifications.transport import Transport
from tests.factories import issue, make_issuer, make_published_badge

pytestmark = pytest.mark.django_db

# Half past eleven in the evening in London: another day already in the east.
ISSUED_AT = datetime(2026, 1, 14, 23, 30, tzinfo=UTC)


def mail_leaves(badge, *, at: datetime = ISSUED_AT, **fields):
    with clock.at(at):
        issuance = issue(badge, **fields)
        deliver_due_messages()
    return issuance


def sweep(at: datetime) -> None:
    with clock.at(at):
        queue_due_reminders()
        deliver_due_messages()


def sweep_on(day: int) -> None:
    """At noon, so many days after the mail left."""
    sweep(datetime(2026, 1, 14, 12, tzinfo=UTC) + timedelta(days=day))


def reminders(**filters):
    """Day and state of each, oldest first."""
    found = Message.objects.filter(kind=MessageKind.REMINDER, **filters).order_by("created_at", "sequence")
    return list(found.values_list("sequence", "state"))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("zone", "left_on"),
    [
        ("UTC", date(2026, 1, 14)),
        ("Europe/Brussels", date(2026, 1, 15)),  # summer time begins on 29 March
        ("America/New_York", date(2026, 1, 14)),  # … and here on 8 March
        ("Pacific/Auckland", date(2026, 1, 15)),  # … and ends on 5 April
        ("Asia/Kathmandu", date(2026, 1, 15)),  # 5 hours 45 minutes ahead
    ],
)
def test_walk_of_130_days_sends_four_reminders_at_nine_in_the_issuers_morning(zone, left_on):
    badge = make_published_badge(make_issuer(time_zone=zone))
    unclaimed = mail_leaves(badge)
    claimed = mail_leaves(badge)
    here = ZoneInfo(zone)
    sent = {}

    for number in range(131):
        day = left_on + timedelta(days=number)
        for hour, minute in ((8, 59), (9, 0), (21, 0)):
            moment = datetime(day.year, day.month, day.day, hour, minute, tzinfo=here)
            if moment < ISSUED_AT:
                continue
            sweep(moment.astimezone(UTC))
            for message in Message.objects.filter(kind=MessageKind.REMINDER, state="sent").exclude(pk__in=sent):
                sent[message.pk] = (message.issuance_id, message.sequence, message.sent_at.astimezone(here))
        if number == 45:
            claim_issuance(claimed, by=claimed.earner)

    def nine(number):
        day = left_on + timedelta(days=number)
        return datetime(day.year, day.month, day.day, 9, tzinfo=here)

    assert sorted(sent.values()) == sorted(
        [(unclaimed.pk, number, nine(number)) for number in (30, 60, 90, 120)] + [(claimed.pk, 30, nine(30))]
    )


def test_outage_from_day_29_to_95_sends_only_the_newest(badge):
    mail_leaves(badge)
    sweep_on(29)

    for day in range(95, 131):
        sweep_on(day)

    assert reminders() == [(90, "sent"), (120, "sent")]


def test_outage_beyond_the_last_day_sends_the_last(badge):
    mail_leaves(badge)

    sweep_on(400)
    sweep_on(401)

    assert reminders() == [(120, "sent")]


def test_reminder_that_waits_when_the_next_is_due_gives_way_to_it(badge, smtp):
    mail_leaves(badge)
    smtp.stop()
    sweep_on(30)
    smtp.start()

    sweep_on(60)

    assert reminders() == [(30, "cancelled"), (60, "sent")]


def test_anchor_is_the_day_on_which_the_mail_left(badge, smtp):
    smtp.stop()
    mail_leaves(badge)
    smtp.start()
    with clock.at(ISSUED_AT + timedelta(days=2)):
        deliver_due_messages()

    sweep_on(31)
    early = reminders()
    sweep_on(32)

    assert (early, reminders()) == ([], [(30, "sent")])


def test_issuance_whose_mail_never_left_gets_no_reminder(badge, smtp):
    smtp.mode = "refuse"
    mail_leaves(badge)
    smtp.mode = "accept"

    sweep_on(200)

    assert reminders() == []


@pytest.mark.parametrize("end", ["claim", "decline", "revoke", "suspend"])
def test_no_reminder_after_the_badge_stopped_waiting(badge, staff, end):
    issuance = mail_leaves(badge)
    {
        "claim": lambda: claim_issuance(issuance, by=issuance.earner),
        "decline": lambda: decline_issuance(issuance, by=issuance.earner),
        "revoke": lambda: revoke_issuance(issuance, reason="Issued in error.", by=staff),
        "suspend": lambda: suspend_issuance(issuance, reason="Under review.", by=staff),
    }[end]()

    for day in range(131):
        sweep_on(day)

    assert reminders() == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"claimed_at": ISSUED_AT}, "The earner claimed the badge."),
        ({"declined_at": ISSUED_AT}, "The earner declined the badge."),
        ({"suspended_at": ISSUED_AT}, "The badge is under review."),
        ({"revoked_at": ISSUED_AT, "revocation_reason": "Issued in error."}, "The badge was revoked first."),
        ({"erased_at": ISSUED_AT}, "The earner's data was erased."),
    ],
)
def test_reminder_that_is_owed_is_checked_again_when_it_leaves(badge, change, reason):
    issuance = mail_leaves(badge)
    moment = ISSUED_AT + timedelta(days=31)
    queue_due_reminders(moment)
    Issuance.objects.filter(pk=issuance.pk).update(**change)

    with clock.at(moment):
        deliver_due_messages()

    message = Message.objects.get(kind=MessageKind.REMINDER)
    assert (message.state, message.last_error) == ("cancelled", reason)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (lambda issuance, staff: claim_issuance(issuance, by=issuance.earner), "The earner claimed the badge."),
        (lambda issuance, staff: decline_issuance(issuance, by=issuance.earner), "The earner declined the badge."),
        (
            lambda issuance, staff: suspend_issuance(issuance, reason="a check", by=staff),
            "The badge is under review.",
        ),
        (lambda issuance, staff: revoke_issuance(issuance, reason="error", by=staff), "The badge was revoked first."),
        (
            lambda issuance, staff: record_bounce(
                issuance.messages.get(kind=MessageKind.ISSUANCE), kind=BounceKind.HARD
            ),
            "An earlier mail to this address came back.",
        ),
        (
            lambda issuance, staff: stop_mails(issuance, mails=OptionalMail.REMINDERS),
            "The earner stopped reminders.",
        ),
    ],
    ids=["claimed", "declined", "suspended", "revoked", "bounced", "unsubscribed"],
)
def test_reminder_that_a_worker_has_taken_does_not_leave_after_the_badge_stopped_waiting(
    badge, staff, smtp, monkeypatch, end, reason
):
    class Waits(Transport):
        """The badge stops waiting after its reminder was checked, before it is handed over."""

        def begin(self, **envelope):
            if not ended:
                ended.append(end(Issuance.objects.get(pk=issuance.pk), staff))
            super().begin(**envelope)

    ended: list[Issuance] = []
    issuance = mail_leaves(badge)
    moment = ISSUED_AT + timedelta(days=31)
    queue_due_reminders(moment)
    before = len(smtp.received)
    monkeypatch.setattr(delivery, "Transport", Waits)

    with clock.at(moment):
        deliver_due_messages()

    message = Message.objects.get(kind=MessageKind.REMINDER)
    assert (message.state, message.last_error) == ("cancelled", reason)
    assert len(smtp.received) == before


def test_reminder_that_is_owed_waits_for_no_change_of_the_badge(badge):
    mail_leaves(badge)
    moment = ISSUED_AT + timedelta(days=31)
    queue_due_reminders(moment)
    Badge.objects.update(invites_earners=False)

    with clock.at(moment):
        deliver_due_messages()

    assert Message.objects.get(kind=MessageKind.REMINDER).last_error == (
        "Earners of this badge are not invited to log in."
    )


def test_reminder_that_leaves_after_the_badge_expired_is_cancelled(badge):
    mail_leaves(badge, issued_on=date(2026, 1, 1), expires_on=date(2026, 2, 20))
    queue_due_reminders(ISSUED_AT + timedelta(days=31))

    with clock.at(ISSUED_AT + timedelta(days=40)):
        deliver_due_messages()

    assert Message.objects.get(kind=MessageKind.REMINDER).last_error == "The badge has expired."


def test_badge_whose_earners_are_not_invited_sends_no_reminder(issuer):
    mail_leaves(make_published_badge(issuer, invites_earners=False))

    sweep_on(60)

    assert reminders() == []


def test_expired_badge_sends_no_reminder(badge):
    mail_leaves(badge, issued_on=date(2026, 1, 1), expires_on=date(2026, 2, 20))

    sweep_on(30)
    sweep_on(60)

    assert reminders() == [(30, "sent")]


def test_stopped_reminders_stay_stopped_for_that_organisation_only(badge):
    issuance = mail_leaves(badge, to="ana@example.org")
    other = mail_leaves(make_published_badge(make_issuer()), to="ana@example.org")

    stop_mails(issuance, mails=OptionalMail.REMINDERS)
    stop_mails(issuance, mails=OptionalMail.REMINDERS)
    sweep_on(30)

    assert reminders(issuance=issuance) == [(30, "cancelled")]
    assert reminders(issuance=other) == [(30, "sent")]


def test_stop_reminders_of_a_person_without_an_account_does_nothing(issuance):
    Issuance.objects.update(earner=None)
    issuance.refresh_from_db()

    stop_mails(issuance, mails=OptionalMail.REMINDERS)

    assert not Preference.objects.exists()


def test_organisation_may_remind_on_other_days():
    badge = make_published_badge(make_issuer(reminder_days=[7, 14]))
    mail_leaves(badge)

    for day in range(131):
        sweep_on(day)

    assert reminders() == [(7, "sent"), (14, "sent")]


def test_organisation_may_remind_never(badge):
    Issuer.objects.update(reminder_days=[])
    mail_leaves(badge)

    sweep_on(130)

    assert reminders() == []


def test_changed_reminder_days_hold_from_the_next_reminder_on(badge):
    mail_leaves(badge)
    Issuer.objects.update(reminder_days=[30, 45])

    for day in range(131):
        sweep_on(day)

    assert reminders() == [(30, "sent"), (45, "sent")]


def test_same_day_is_never_reminded_twice(badge):
    mail_leaves(badge)
    sweep_on(30)
    Message.objects.filter(kind=MessageKind.ISSUANCE).update(remind_at=ISSUED_AT)

    sweep_on(31)

    assert reminders() == [(30, "sent")]


def test_reminder_carries_no_password_and_says_which_it_is(badge, smtp):
    mail_leaves(badge, to="ana@example.org")

    sweep_on(60)

    _first, reminder = smtp.to("ana@example.org")
    text, html = reminder.body("plain"), reminder.body("html")
    assert reminder.message["Subject"] == "Your badge is waiting (2nd reminder of 4)"
    assert "The last reminder comes on 14 May 2026." in text
    for body in (text, html):
        assert "/claim/" in body
        assert "assword" not in body


def test_last_reminder_says_that_it_is_the_last(badge, smtp):
    mail_leaves(badge, to="ana@example.org")

    sweep_on(120)

    assert "This is the last reminder." in smtp.to("ana@example.org")[-1].body("plain")


def test_sweep_costs_the_same_queries_for_many(badge):
    costs = []
    for count, at in ((3, ISSUED_AT), (50, ISSUED_AT + timedelta(days=1))):
        for _number in range(count):
            mail_leaves(badge, at=at)
        with CaptureQueriesContext(connection) as queries, transaction.atomic():
            owed = queue_due_reminders(at + timedelta(days=30))
        costs.append((owed, len(queries)))

    assert costs[0][0] == 3
    assert costs[1][0] == 50
    assert costs[0][1] == costs[1][1]


def test_task_owes_what_is_due(badge):
    mail_leaves(badge)

    with clock.at(ISSUED_AT + timedelta(days=31)):
        queue_due_reminders_task()

    assert reminders() == [(30, "queued")]


def test_idle_sweep_is_one_query_on_an_index(badge):
    mail_leaves(badge)

    with clock.at(ISSUED_AT), CaptureQueriesContext(connection) as queries:
        queue_due_reminders()

    # A savepoint and its release around it, and the lock that lets one sweep at a time.
    assert len(queries) == 4
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {queries[2]['sql']}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "messages_with_reminders" in plan


def test_badges_of_one_person_due_on_one_day_are_one_mail(issuer, smtp):
    first, second = (make_published_badge(issuer, slug=f"badge-{number}") for number in range(2))
    mail_leaves(first, to="ana@example.org")
    mail_leaves(second, to="ana@example.org")
    mail_leaves(second, to="bo@example.org")
    mail_leaves(make_published_badge(make_issuer()), to="ana@example.org")
    smtp.received.clear()

    sweep_on(30)

    assert [len(smtp.to(address)) for address in ("ana@example.org", "bo@example.org")] == [2, 1]
    together = next(mail for mail in smtp.to("ana@example.org") if "2 badges" in mail.message["Subject"])
    assert together.message["Subject"] == "2 badges are waiting (1st reminder of 4)"
    for badge in (first, second):
        assert badge.current_version.name in together.body("plain")
    assert together.body("plain").count("/claim/") == 2
    assert MessageFact.objects.filter(message__kind=MessageKind.REMINDER).count() == 4


def test_badge_that_needs_no_reminder_any_more_is_left_out_of_the_mail(issuer, smtp):
    badges = [make_published_badge(issuer, slug=f"badge-{number}") for number in range(3)]
    issuances = [mail_leaves(badge, to="ana@example.org") for badge in badges]
    smtp.received.clear()
    with clock.at(ISSUED_AT + timedelta(days=31)):
        queue_due_reminders()
        claim_issuance(issuances[0], by=issuances[0].earner)

        deliver_due_messages()

    [mail] = smtp.received
    assert mail.message["Subject"] == "2 badges are waiting (1st reminder of 4)"


def test_mail_about_several_badges_is_cancelled_when_all_were_claimed(issuer, smtp):
    badges = [make_published_badge(issuer, slug=f"badge-{number}") for number in range(2)]
    issuances = [mail_leaves(badge, to="ana@example.org") for badge in badges]
    with clock.at(ISSUED_AT + timedelta(days=31)):
        queue_due_reminders()
        for issuance in issuances:
            claim_issuance(issuance, by=issuance.earner)

        deliver_due_messages()

    assert reminders() == [(30, "cancelled")]


def test_person_whose_badges_fall_into_two_chunks_gets_one_mail(issuer, monkeypatch):
    monkeypatch.setattr(reminding, "REMINDERS_AT_ONCE", 1)
    badges = [make_published_badge(issuer, slug=f"badge-{number}") for number in range(3)]
    for badge in badges:
        mail_leaves(badge, to="ana@example.org")

    sweep_on(30)

    assert reminders() == [(30, "sent")]
    assert MessageFact.objects.filter(message__kind=MessageKind.REMINDER).count() == 3


# --- the whole calendar --------------------------------------------------------------------------

ZONES = (
    "Pacific/Auckland",  # summer time ends on 5 April 2026
    "Asia/Kathmandu",
    "Europe/Brussels",  # begins on 29 March
    "Europe/London",
    "America/New_York",  # begins on 8 March
    "America/St_Johns",
    "Pacific/Honolulu",
)
DAYS = 130


def issued_in_all_zones(first_day, *, number):
    """So many people, over seven zones, a mail each."""
    with clock.at(first_day):
        for zone in ZONES:
            badge = make_published_badge(make_issuer(time_zone=zone))
            people = [
                NewIssuance(
                    recipient_name="Ana",
                    recipient_email=f"ana{person}@{badge.issuer.slug}.example",
                    issued_on=first_day.date(),
                )
                for person in range(number // len(ZONES))
            ]
            issue_badges(people, badge_version=badge.current_version, by=owner_of(badge))
        while deliver_due_messages():
            pass


def owner_of(badge):
    return badge.issuer.staff_members.get(role="owner").user


def walk(first_day, hours):
    """As the scheduler would, at these hours: a sweep, and what it owes leaves."""
    for hour in hours:
        with clock.at(first_day + timedelta(hours=hour)):
            if clock_is_trusted("reminders") and queue_due_reminders():
                while deliver_due_messages():
                    pass


def sent_to_each():
    """Of each issuance the days of the reminders that left."""
    found = defaultdict(list)
    sent = Message.objects.filter(kind=MessageKind.REMINDER, state="sent").order_by("sent_at")
    for issuance_id, day in sent.values_list("issuance_id", "sequence"):
        found[issuance_id].append(day)
    return [found[issuance_id] for issuance_id in Issuance.objects.values_list("pk", flat=True)]


@pytest.fixture
def _no_limits(settings):
    settings.MAIL_PER_MINUTE_AND_ISSUER = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0


@pytest.mark.slow
@pytest.mark.usefixtures("_no_limits")
@pytest.mark.parametrize(
    "first_day",
    [datetime(2026, 1, 20, 15, tzinfo=UTC), datetime(2026, 8, 20, 15, tzinfo=UTC)],
    ids=["summer time begins", "summer time ends"],
)
def test_four_hundred_people_in_seven_zones_get_four_reminders_each(first_day):
    issued_in_all_zones(first_day, number=406)

    walk(first_day, range(24 * DAYS))

    assert len(sent_to_each()) == 406
    assert set(map(tuple, sent_to_each())) == {(30, 60, 90, 120)}


@pytest.mark.slow
@pytest.mark.usefixtures("_no_limits")
def test_site_that_was_off_from_day_29_to_95_catches_up_with_one_each():
    first_day = datetime(2026, 1, 20, 15, tzinfo=UTC)
    issued_in_all_zones(first_day, number=406)

    walk(first_day, range(24 * 29))
    walk(first_day, range(24 * 95, 24 * DAYS))

    # The newest that is due on day 95, and then the last one.
    assert len(sent_to_each()) == 406
    assert set(map(tuple, sent_to_each())) == {(90, 120)}


@pytest.mark.slow
@pytest.mark.usefixtures("_no_limits")
def test_clock_that_jumps_400_days_and_back_repeats_nothing():
    first_day = datetime(2026, 1, 20, 15, tzinfo=UTC)
    issued_in_all_zones(first_day, number=406)

    walk(first_day, range(24 * 45))
    walk(first_day, [24 * 445])
    walk(first_day, range(24 * 45, 24 * DAYS))

    assert set(map(tuple, sent_to_each())) == {(30, 60, 90, 120)}


@pytest.mark.slow
@pytest.mark.usefixtures("_no_limits")
def test_clock_that_stays_wrong_for_a_day_repeats_nothing_afterwards():
    first_day = datetime(2026, 1, 20, 15, tzinfo=UTC)
    issued_in_all_zones(first_day, number=14)

    walk(first_day, range(0, 24 * 45, 6))
    walk(first_day, range(24 * 445, 24 * 446))
    walk(first_day, range(24 * 45, 24 * DAYS, 6))

    # The newest came early, once.
    assert set(map(tuple, sent_to_each())) == {(30, 120)}
