"""Many messages are taken at once; one at a time is handed over."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.core import clock
from notifications import drains
from notifications.actions import delivery
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.taking import take
from notifications.actions.turns import give_turns
from notifications.models import Message
from notifications.transport import Transport
from tests.factories import issue

pytestmark = pytest.mark.django_db


def states():
    return sorted(Message.objects.values_list("state", flat=True))


def test_only_the_one_that_is_handed_over_is_sending(badge, smtp, monkeypatch):
    class Looks(Transport):
        def hand_over(self, content):
            seen.append(states())
            super().hand_over(content)

    seen: list[list[str]] = []
    for _number in range(3):
        issue(badge)
    monkeypatch.setattr(delivery, "Transport", Looks)

    deliver_due_messages()

    assert seen == [["queued", "queued", "sending"], ["queued", "sending", "sent"], ["sending", "sent", "sent"]]
    assert states() == ["sent", "sent", "sent"]


def test_taken_messages_are_nobody_elses_until_the_lease_is_over(badge):
    for _number in range(3):
        issue(badge)
    give_turns()

    first, second = take("one", number=2), take("two", number=2)
    third = take("three", number=2)

    assert (len(first), len(second), third) == (2, 1, None)
    with clock.at(clock.now() + timedelta(minutes=15, seconds=1)):
        assert len(take("three", number=5)) == 3
    assert Message.objects.filter(uncertain_at__isnull=False).count() == 0


def test_worker_whose_lease_is_over_hands_nothing_over(badge, smtp, monkeypatch):
    class FallsAsleep(Transport):
        def answer(self):
            answer = super().answer()
            Message.objects.filter(state="queued").update(lease_until=clock.now() - timedelta(seconds=1))
            return answer

    for _number in range(3):
        issue(badge)
    monkeypatch.setattr(delivery, "Transport", FallsAsleep)

    deliver_due_messages(limit=3)

    assert len(smtp.received) == 1
    assert states() == ["queued", "queued", "sent"]


def test_time_that_is_over_gives_the_rest_back(badge, smtp):
    for _number in range(3):
        issue(badge)
    ends = iter([False, False, False, True])

    more = deliver_due_messages(is_ending=lambda: next(ends))

    assert (more, len(smtp.received)) == (True, 1)
    assert Message.objects.filter(lease_until__isnull=False).count() == 0
    assert list(Message.objects.filter(state="queued").values_list("attempts", flat=True)) == [0, 0]


def test_queries_of_a_chunk_do_not_grow_with_it(badge, smtp):
    def queries_for(number):
        for _number in range(number):
            issue(badge)
        with CaptureQueriesContext(connection) as queries:
            deliver_due_messages()
        # One for each message: this one is sent, the next one is handed over.
        return len(queries) - number

    queries_for(2)

    assert queries_for(3) == queries_for(9)


@pytest.mark.django_db(transaction=True)
def test_no_more_drains_than_places(badge, smtp, settings):
    settings.MAIL_DRAINS = 1
    issue(badge)
    elsewhere = connection.copy()
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", [drains._LOCKS, 0])

    while_it_is_taken = deliver_due_messages(), len(smtp.received)
    with elsewhere.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [drains._LOCKS, 0])
    elsewhere.close()
    deliver_due_messages()

    assert while_it_is_taken == (False, 0)
    assert len(smtp.received) == 1
