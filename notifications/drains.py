"""How many drains of the outbox may run at once, over all processes and machines of the site.

A mail server that hangs holds a drain for as long as its time-outs last. With all drains hanging, the other workers are
still free for everything else.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import DatabaseError, connection

# The first of the two numbers of our advisory locks; the second is the place.
_LOCKS = 0x6D61696C


@contextmanager
def a_place() -> Iterator[bool]:
    """False when MAIL_DRAINS drains are running already. A place is free again when its process or its database
    connection ends, however it ends."""
    place = _free_place()
    try:
        yield place is not None
    finally:
        if place is not None:
            _give_up(place)


def _free_place() -> int | None:
    if connection.vendor != "postgresql":
        # SQLite has one writer at a time, and the embedded site one worker.
        return 0
    with connection.cursor() as cursor:
        for place in range(settings.MAIL_DRAINS):
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_LOCKS, place])
            if cursor.fetchone()[0]:
                return place
    return None


def _give_up(place: int) -> None:
    if connection.vendor != "postgresql":
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_LOCKS, place])
    except DatabaseError:
        # The connection is lost, and the lock with it.
        connection.close()
