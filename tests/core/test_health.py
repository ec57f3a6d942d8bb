import json

import pytest
from django.db import DatabaseError, connection


def test_live_answers_without_a_database(client):
    response = client.get("/health/live")

    assert (response.status_code, json.loads(response.content)) == (200, {"live": True})


@pytest.mark.django_db
def test_ready_says_what_answers(client):
    response = client.get("/health/ready")

    assert (response.status_code, json.loads(response.content)) == (200, {"database": True, "cache": True})


@pytest.mark.django_db
def test_ready_refuses_while_the_database_is_lost(client):
    def lost(*args):
        raise DatabaseError

    with connection.execute_wrapper(lost):
        response = client.get("/health/ready")

    assert (response.status_code, json.loads(response.content)) == (503, {"database": False, "cache": True})


@pytest.mark.django_db
def test_ready_serves_on_without_redis(client, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }

    response = client.get("/health/ready")

    assert (response.status_code, json.loads(response.content)) == (200, {"database": True, "cache": False})
