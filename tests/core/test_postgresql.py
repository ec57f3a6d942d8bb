"""Our PostgreSQL backend: what a lost connection costs."""

import pytest
from django.db import connection

from tests.factories import issue, make_issuer, make_published_badge

pytestmark = pytest.mark.django_db(transaction=True)


def test_connection_that_the_server_ended_is_not_usable():
    other = connection.copy()
    other.connect()
    healthy = other.is_usable()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [other.connection.info.backend_pid])
    ended = other.is_usable()
    other.close()

    assert (healthy, ended) == (True, False)


def test_usable_connection_is_asked_nothing():
    other = connection.copy()
    other.connect()
    with other.cursor() as cursor:
        cursor.execute("SELECT 'the last thing that was asked'")

    other.is_usable()

    with connection.cursor() as cursor:
        cursor.execute("SELECT query FROM pg_stat_activity WHERE pid = %s", [other.connection.info.backend_pid])
        [last] = cursor.fetchone()
    other.close()
    assert last == "SELECT 'the last thing that was asked'"


def test_page_is_answered_after_the_database_restarted(client):
    """As CONN_HEALTH_CHECKS has it: the request that finds the connection gone opens another one."""
    issuance = issue(make_published_badge(make_issuer()))
    connection.ensure_connection()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    other.close()

    connection.close_if_unusable_or_obsolete()
    page = client.get(issuance.get_absolute_url())

    assert page.status_code == 200
