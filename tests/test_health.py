import json
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection

from badgecert.core import clock
from notifications.models import Message


def test_live_answers_without_a_database(client):
    response = client.get("/health/live")

    assert (response.status_code, json.loads(response.content)) == (200, {"live": True})


@pytest.mark.django_db
def test_ready_says_what_answers(client):
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    assert json.loads(response.content) == {
        "database": True,
        "cache": True,
        "sealing_key": True,
        "mail": {"due_for_seconds": 0, "lost": 0},
    }


@pytest.mark.django_db
def test_ready_refuses_while_the_database_is_lost(client):
    def lost(*args):
        raise DatabaseError

    with connection.execute_wrapper(lost):
        response = client.get("/health/ready")

    assert response.status_code == 503
    assert json.loads(response.content) == {"database": False, "cache": True, "sealing_key": True}


@pytest.mark.django_db
def test_ready_serves_on_without_redis(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    response = client.get("/health/ready")

    assert (response.status_code, json.loads(response.content)["cache"]) == (200, False)


@pytest.mark.django_db
def test_ready_tells_that_nothing_can_be_issued(client, settings):
    settings.SEALING_KEYS = []

    response = client.get("/health/ready")

    assert (response.status_code, json.loads(response.content)["sealing_key"]) == (200, False)


def test_ready_tells_how_long_mail_has_been_due(client, issuance):
    with clock.at(clock.now() + timedelta(minutes=10, seconds=1)):
        response = client.get("/health/ready")

    assert (response.status_code, json.loads(response.content)["mail"]) == (200, {"due_for_seconds": 601, "lost": 0})


def test_ready_counts_messages_whose_worker_fell_silent(client, issuance):
    taken_at = Message.objects.get().next_at
    Message.objects.update(state="sending", lease_until=taken_at + timedelta(minutes=15), sealed_body=b"sealed")

    with clock.at(taken_at + timedelta(minutes=14)):
        during = client.get("/health/ready")
    with clock.at(taken_at + timedelta(minutes=16)):
        after = client.get("/health/ready")

    assert json.loads(during.content)["mail"] == {"due_for_seconds": 0, "lost": 0}
    assert json.loads(after.content)["mail"] == {"due_for_seconds": 960, "lost": 1}
