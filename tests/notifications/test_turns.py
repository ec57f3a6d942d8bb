from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.core import clock
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outbox import new_message, owe, queue_password_mail
from notifications.actions.turns import forget_past_minutes, give_turns
from notifications.models import MailMinute, Message
from tests.factories import issue, make_issuer, make_published_badge

pytestmark = pytest.mark.django_db

NOON = datetime(2026, 3, 2, 12, 0, 20, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _limits(settings):
    settings.MAIL_PER_MINUTE_AND_ISSUER = 5
    settings.MAIL_PER_MINUTE_AND_DOMAIN = 3


def owe_mails(issuance, *addresses):
    messages = [
        new_message(
            "reminder",
            to_address=address,
            issuance=issuance,
            issuer=issuance.issuer,
            created_at=NOON,
            next_at=NOON,
        )
        for address in addresses
    ]
    owe({str(message.pk): message for message in messages})
    return messages


def minutes_of(messages):
    """How many leave in each minute after noon."""
    turns = Message.objects.filter(pk__in=[message.pk for message in messages]).values_list("turn_at", flat=True)
    return Counter(int((turn_at - NOON.replace(second=0)).total_seconds()) // 60 for turn_at in turns)


def test_mails_to_one_domain_are_spread_over_minutes(issuance):
    mails = owe_mails(issuance, *(f"p{number}@one.example" for number in range(8)))

    with clock.at(NOON):
        give_turns()

    assert minutes_of(mails) == {0: 3, 1: 3, 2: 2}


def test_mails_of_one_organisation_are_spread_over_minutes(issuance):
    mails = owe_mails(issuance, *(f"p@d{number}.example" for number in range(12)))

    with clock.at(NOON):
        give_turns()

    assert minutes_of(mails) == {0: 5, 1: 5, 2: 2}


def test_full_domain_holds_up_nobody_else(issuance):
    owe_mails(issuance, *(f"p{number}@full.example" for number in range(30)))
    other = make_published_badge(make_issuer())
    with clock.at(NOON):
        give_turns()

        mails = owe_mails(issue(other, to="bo@free.example"), "ana@free.example")
        give_turns()

    assert minutes_of(mails) == {0: 1}


def test_two_rounds_count_together(issuance):
    with clock.at(NOON):
        first = owe_mails(issuance, "a@one.example", "b@one.example")
        give_turns()
        second = owe_mails(issuance, "c@one.example", "d@one.example")
        give_turns()

    assert minutes_of(first) == {0: 2}
    assert minutes_of(second) == {0: 1, 1: 1}


def test_only_what_has_its_turn_leaves(badge, smtp):
    for number in range(4):
        with clock.at(NOON):
            issue(badge, to=f"p{number}@one.example")

    with clock.at(NOON):
        deliver_due_messages()
        in_the_first_minute = len(smtp.received)
    with clock.at(NOON + timedelta(minutes=1)):
        deliver_due_messages()

    assert (in_the_first_minute, len(smtp.received)) == (3, 4)


def test_new_password_waits_for_no_limit_and_overtakes_the_others(badge, earner, smtp, settings):
    with clock.at(NOON):
        for number in range(3):
            issue(badge, to=f"p{number}@example.org")
        deliver_due_messages()
        issue(badge, to="p3@example.org")
        queue_password_mail(earner, address=earner.email)

        deliver_due_messages()

    assert [received.recipients for received in smtp.received[3:]] == [[earner.email]]


def test_without_limits_everything_has_its_turn(issuance, settings):
    settings.MAIL_PER_MINUTE_AND_ISSUER = settings.MAIL_PER_MINUTE_AND_DOMAIN = 0
    mails = owe_mails(issuance, *(f"p{number}@one.example" for number in range(8)))

    with clock.at(NOON):
        give_turns()

    assert minutes_of(mails) == {0: 8}
    assert MailMinute.objects.count() == 0


def test_storm_costs_the_same_queries_for_many(issuance, settings):
    settings.MAIL_PER_MINUTE_AND_ISSUER = settings.MAIL_PER_MINUTE_AND_DOMAIN = 1000
    owe_mails(issuance, *(f"p{number}@one.example" for number in range(500)))

    with clock.at(NOON), CaptureQueriesContext(connection) as queries:
        give_turns()

    assert len(queries) == 7


def test_past_minutes_are_forgotten(issuance):
    owe_mails(issuance, *(f"p{number}@one.example" for number in range(4)))
    with clock.at(NOON):
        give_turns()

    with clock.at(NOON + timedelta(hours=1)):
        forget_past_minutes()

    assert set(MailMinute.objects.values_list("minute_at__minute", flat=True)) == {1}
