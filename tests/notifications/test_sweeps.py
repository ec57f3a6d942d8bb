"""A clock that jumps holds the calendar until a second sweep agrees."""

from datetime import UTC, datetime, timedelta

import pytest

from badgecert.core import clock
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outcomes import keep_step
from notifications.actions.sweeps import clock_is_trusted
from notifications.actions.taking import take
from notifications.actions.turns import give_turns
from notifications.models import CalendarSweep, Message, MessageKind
from notifications.tasks import queue_due_reminders_task
from tests.factories import issue

pytestmark = pytest.mark.django_db

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
ROUND = timedelta(minutes=1)


def answers(*moments):
    return [clock_is_trusted("test", moment) for moment in moments]


def test_sweep_of_a_site_that_runs_is_trusted():
    assert answers(START, START + ROUND, START + DAY, START + 2 * DAY) == [True, True, True, True]


def test_first_sweep_after_days_off_waits_for_the_second():
    assert answers(START, START + 66 * DAY, START + 66 * DAY + ROUND) == [True, False, True]


def test_two_drivers_in_the_same_second_are_one_opinion():
    later = START + 66 * DAY

    assert answers(START, later, later + timedelta(seconds=1), later + ROUND) == [True, False, False, True]


def test_clock_that_jumps_and_comes_back_is_not_believed_meanwhile():
    assert answers(START, START + 400 * DAY, START + ROUND) == [True, False, True]


def test_clock_that_goes_back_waits_for_the_second():
    assert answers(START, START - 2 * DAY, START - 2 * DAY + ROUND) == [True, False, True]


def test_clocks_of_two_machines_may_differ_a_little():
    assert answers(START, START - timedelta(minutes=4), START) == [True, True, True]


def test_doubt_is_kept_for_the_alarm_and_ends():
    answers(START, START + 3 * DAY)
    doubted_at = CalendarSweep.objects.get().doubted_at

    answers(START + 3 * DAY + ROUND)

    assert doubted_at == START + 3 * DAY
    assert CalendarSweep.objects.get().doubted_at is None


def test_task_owes_no_reminder_while_the_clock_is_in_doubt(badge):
    def reminders_at(moment):
        with clock.at(moment):
            queue_due_reminders_task()
        return Message.objects.filter(kind=MessageKind.REMINDER).count()

    with clock.at(START):
        issue(badge)
        deliver_due_messages()
        queue_due_reminders_task()

    assert reminders_at(START + 31 * DAY) == 0
    assert reminders_at(START + 31 * DAY + ROUND) == 1


# --- one machine of several has another time ------------------------------------------------------


@pytest.fixture(params=[timedelta(hours=1), 400 * DAY, -2 * DAY], ids=["an hour on", "400 days on", "two days back"])
def wrong_clock(request, monkeypatch):
    """Of this process; the database's is right."""
    right = clock.of_this_machine

    def set_wrong():
        monkeypatch.setattr(clock, "of_this_machine", lambda: right() + request.param)
        monkeypatch.setattr(clock, "now", lambda: right() + request.param)

    return set_wrong


def test_worker_with_a_wrong_clock_takes_nothing_out_of_others_hands(badge, smtp, wrong_clock):
    issue(badge)
    give_turns()
    [draft] = take("the right one", number=1)
    draft.write()
    keep_step(sent=None, next_one=draft.message)
    wrong_clock()

    deliver_due_messages()

    message = Message.objects.get()
    assert (message.state, message.worker, message.uncertain_at) == ("sending", "the right one", None)
    assert smtp.received == []


def test_worker_with_a_wrong_clock_owes_no_reminder(badge, wrong_clock):
    issue(badge)
    deliver_due_messages()
    Message.objects.update(remind_at=START)
    wrong_clock()

    for _round in range(3):
        queue_due_reminders_task()

    assert Message.objects.filter(kind=MessageKind.REMINDER).count() == 0
    assert CalendarSweep.objects.count() == 0
