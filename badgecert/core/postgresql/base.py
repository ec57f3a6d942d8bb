"""Django's PostgreSQL backend, whose health check costs nothing while the connection is healthy."""

import select
from typing import Any

import psycopg
from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    def is_usable(self) -> bool:
        """Asked before the first query of each request.

        A server that ends a connection says so and closes it, and both can be read. While nothing waits to be read,
        asking `SELECT 1` would only double the round trips of pages that need one query.
        """
        return (self.connection is not None and not _has_something_to_read(self.connection)) or super().is_usable()


def _has_something_to_read(connection: psycopg.Connection[Any]) -> bool:
    if connection.closed:
        return True
    waiting = select.poll()
    waiting.register(connection.fileno(), select.POLLIN | select.POLLHUP | select.POLLERR)
    return bool(waiting.poll(0))
