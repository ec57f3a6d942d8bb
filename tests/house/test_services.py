import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import connection


@pytest.mark.django_db
def test_tests_run_on_a_postgresql_of_their_own():
    assert connection.vendor == "postgresql"
    assert connection.settings_dict["HOST"].rpartition("/")[2].startswith("bcpg-")


def test_tests_run_on_a_redis_of_their_own():
    cache.set("seen", 1)

    with redis.Redis.from_url(settings.REDIS_URL) as client:
        assert list(client.scan_iter("*seen")) == [b":1:seen"]
