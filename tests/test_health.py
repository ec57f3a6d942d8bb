import json
import time
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection

from badgecert.core import clock
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.pausing import pause_mail
from notifications.actions.sweeps import clock_is_trusted
from notifications.heartbeats import record_beat
from notifications.models import Heartbeat, Message, SitePause

NEVER_RAN = {
    "deliver-due-messages": None,
    "issue-due-batches": None,
    "queue-due-reminders": None,
    "sequence-log-entries": None,
}


def answer(client, **moment):
    """Status and body, so much later."""
    with clock.at(clock.now() + timedelta(**moment)):
        response = client.get("/health/ready")
    return response.status_code, json.loads(response.content)


def test_live_answers_without_a_database(client):
    response = client.get("/health/live")

    assert (response.status_code, json.loads(response.content)) == (200, {"live": True})


@pytest.mark.django_db
def test_ready_says_what_answers(client, settings):
    settings.CELERY_BEAT_SCHEDULE = {name: {} for name in NEVER_RAN}

    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert json.loads(response.content) == {
        "wrong": [],
        "database": True,
        "cache": True,
        "sealing_key": True,
        "clock_wrong_by_seconds": 0,
        "mail": {"due_for_seconds": 0, "lost": 0, "is_paused": False, "paused_organisations": 0},
        "silent_for_seconds": NEVER_RAN,
    }


@pytest.mark.django_db
def test_ready_refuses_while_the_database_is_lost(client):
    def lost(*args):
        raise DatabaseError

    with connection.execute_wrapper(lost):
        response = client.get("/health/ready")

    assert response.status_code == 503
    assert json.loads(response.content) == {
        "wrong": ["database"],
        "database": False,
        "cache": True,
        "sealing_key": True,
        "clock_wrong_by_seconds": 0,
    }


@pytest.mark.django_db
def test_ready_only_tells_that_redis_is_lost(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    status, body = answer(client)

    assert (status, body["cache"], body["wrong"]) == (200, False, [])


@pytest.mark.django_db
def test_ready_refuses_while_nothing_can_be_sealed(client, settings):
    settings.SEALING_KEYS = []

    status, body = answer(client)

    assert (status, body["sealing_key"], body["wrong"]) == (503, False, ["sealing_key"])


@pytest.mark.parametrize(("seconds", "expected"), [(600, (200, [])), (601, (503, ["late_mail"]))])
def test_mail_that_has_been_due_for_ten_minutes_is_late(client, issuance, seconds, expected):
    due_at = Message.objects.get().next_at

    with clock.at(due_at):
        status, body = answer(client, seconds=seconds)

    assert ((status, body["wrong"]), body["mail"]["due_for_seconds"]) == (expected, seconds)


def test_mail_that_is_paused_is_not_late(client, issuer, issuance, staff):
    pause_mail(issuer, reason="Wrong wording", by=staff)

    status, body = answer(client, hours=1)

    assert status == 200
    assert body["mail"] == {"due_for_seconds": 0, "lost": 0, "is_paused": False, "paused_organisations": 1}


def test_ready_tells_that_all_mail_is_paused(client, issuance):
    SitePause.objects.create(reason="The mail server moves")

    status, body = answer(client, hours=1)

    assert (status, body["mail"]["is_paused"], body["mail"]["due_for_seconds"]) == (200, True, 0)


@pytest.mark.parametrize(("seconds", "expected"), [(59, (200, 0)), (60, (503, 1))])
def test_message_left_by_a_silent_worker_is_lost_when_no_other_takes_it(client, issuance, seconds, expected):
    lease_until = Message.objects.get().next_at + timedelta(minutes=1)
    Message.objects.update(state="sending", lease_until=lease_until, sealed_body=b"sealed")

    with clock.at(lease_until - timedelta(seconds=1)):
        during = answer(client)
    with clock.at(lease_until):
        status, body = answer(client, seconds=seconds)

    assert (during[0], during[1]["mail"]["lost"]) == (200, 0)
    assert (status, body["mail"]["lost"]) == expected
    assert body["wrong"] == (["lost_mail"] if status == 503 else [])


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "expected"), [(180, (200, [])), (181, (503, ["beat:queue-due-reminders"]))])
def test_what_ran_once_and_fell_silent_is_wrong(client, seconds, expected):
    now = clock.now()
    with clock.at(now - timedelta(days=2)):
        record_beat("queue-due-reminders")
    with clock.at(now):
        record_beat("queue-due-reminders")

        status, body = answer(client, seconds=seconds)

    assert (status, body["wrong"]) == expected
    assert body["silent_for_seconds"]["queue-due-reminders"] == seconds
    assert Heartbeat.objects.count() == 1


@pytest.mark.django_db
def test_loop_that_is_out_of_service_can_be_forgotten(client):
    with clock.at(clock.now() - timedelta(hours=1)):
        record_beat("run-outbox")

    with pytest.raises(CommandError, match="These have: run-outbox"):
        call_command("forget_beat", "run-inbox")
    call_command("forget_beat", "run-outbox")

    assert answer(client)[0] == 200


def test_every_run_of_a_scheduled_task_is_its_heartbeat(worker, settings):
    deadline = time.monotonic() + 30
    while not (beats := set(Heartbeat.objects.values_list("name", flat=True))) and time.monotonic() < deadline:
        time.sleep(0.2)

    assert beats <= settings.CELERY_BEAT_SCHEDULE.keys()
    assert beats != set()


@pytest.mark.django_db
def test_clock_that_jumped_is_wrong_until_a_second_sweep_agrees(client):
    now = clock.now()
    for moment in (now - timedelta(days=3), now):
        clock_is_trusted("reminders", moment)

    wrong = client.get("/health/ready").json()["wrong"]
    clock_is_trusted("reminders", now + timedelta(minutes=1))

    assert "clock" in wrong
    assert "clock" not in client.get("/health/ready").json()["wrong"]


@pytest.mark.django_db
def test_worker_with_a_wrong_clock_is_wrong(client, monkeypatch):
    right = clock.of_this_machine
    monkeypatch.setattr(clock, "of_this_machine", lambda: right() - timedelta(hours=1))

    sent_more = deliver_due_messages()

    status, body = answer(client)
    assert (sent_more, status, body["wrong"]) == (False, 503, ["clock"])
    assert abs(body["clock_wrong_by_seconds"] + 3600) < 60
