"""What is counted of a badge: looks of others, and the earner's own shares. Numbers of a day, and nothing of anybody.

A look at a public page must cost it nothing, so it is added to a number in the memory of the process and written with
others a few seconds later. A process that is killed loses those seconds; whoever counts visitors can bear that.
"""

import atexit
import re
from collections import Counter
from collections.abc import Mapping
from datetime import date, timedelta
from itertools import groupby
from threading import Lock, Timer
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Sum
from django.db.models.functions import TruncWeek
from django.http import HttpRequest

from badgecert.core import clock
from badgecert.core.models import new_id
from badges.models import Activity, ActivityKind, Issuance

log = structlog.get_logger(__name__)

_PROGRAMS = re.compile(
    r"bot|crawl|spider|slurp|preview|facebookexternalhit|whatsapp|telegram|embed|fetch|monitor|uptime|lighthouse"
    r"|headless|curl|wget|python|java/|okhttp|go-http|libwww|axios|node|ruby|perl|php|apache-http|scan|archive|feed",
    re.IGNORECASE,
)


def is_by_somebody_else(request: HttpRequest) -> bool:
    """A person who is not logged in here opened this.

    Programs name themselves; browsers say when they only fetch ahead. Whoever bears a session cookie is an earner or
    staff: their own looks are not what is counted, and asking whose the cookie is would cost the page a query.
    """
    agent = request.headers.get("User-Agent", "")
    ahead = request.headers.get("Sec-Purpose", request.headers.get("Purpose", ""))
    return (
        request.method != "HEAD"
        and bool(agent)
        and not _PROGRAMS.search(agent)
        and "prefetch" not in ahead
        and settings.SESSION_COOKIE_NAME not in request.COOKIES
    )


class _Tally:
    """What this process has counted and not written yet."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._numbers: Counter[tuple[str, date, str]] = Counter()
        self._timer: Timer | None = None

    def add(self, code: str, kind: ActivityKind) -> None:
        with self._lock:
            self._numbers[code, clock.now().date(), kind] += 1
            self._wake_up_later()

    def write(self) -> None:
        with self._lock:
            numbers, self._numbers, self._timer = self._numbers, Counter(), None
        try:
            _write(numbers)
        except DatabaseError as error:
            log.warning("Counts wait for the database", codes=len(numbers), error=repr(error))
            with self._lock:
                self._numbers.update(numbers)
                self._wake_up_later()

    def write_in_time(self) -> None:
        """In a thread of its own, with a connection of its own."""
        try:
            self.write()
        finally:
            connection.close()

    def _wake_up_later(self) -> None:
        if self._timer is None:
            self._timer = Timer(settings.ACTIVITY_SECONDS, self.write_in_time)
            self._timer.daemon = True
            self._timer.start()


_tally = _Tally()
atexit.register(_tally.write)


def count(code: str, kind: ActivityKind) -> None:
    """Once more, to be written soon; costs no query. Of a code that exists."""
    _tally.add(code, kind)


def count_look(request: HttpRequest, code: str) -> None:
    """Somebody was shown the page of a badge."""
    if is_by_somebody_else(request):
        count(code, ActivityKind.OPENED)


def count_check(request: HttpRequest, code: str) -> None:
    """Somebody brought the file of a badge."""
    if is_by_somebody_else(request):
        count(code, ActivityKind.CHECKED)


def write_counts() -> None:
    """Write what this process has counted now."""
    _tally.write()


def record(issuance: Issuance, kind: ActivityKind, number: int = 1) -> None:
    """So many times more, in the caller's transaction."""
    _write({(issuance.code, clock.now().date(), kind): number})


def _write(numbers: Mapping[tuple[str, date, str], int]) -> None:
    if not numbers:
        return
    ids = dict(Issuance.objects.filter(code__in={code for code, _day, _kind in numbers}).values_list("code", "pk"))
    as_stored = Activity._meta.pk.get_db_prep_value
    # Always in the same order, so that two processes never wait for each other.
    rows = sorted(
        (as_stored(ids[code], connection), day.isoformat(), str(kind), number)
        for (code, day, kind), number in numbers.items()
        if code in ids
    )
    now = Activity._meta.get_field("created_at").get_db_prep_value(clock.now(), connection)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO badges_activity (id, created_at, updated_at, issuance_id, day, kind, number) "
            "VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT (issuance_id, day, kind) DO UPDATE "
            "SET number = badges_activity.number + excluded.number, updated_at = excluded.updated_at",
            [(as_stored(new_id(), connection), now, now, *row) for row in rows],
        )


class Week(NamedTuple):
    """What happened in the seven days from a Monday."""

    starts_on: date
    opened: int = 0
    checked: int = 0
    shared: int = 0

    @property
    def verified(self) -> int:
        return self.opened + self.checked


def weeks_of(issuance: Issuance, number: int = 13) -> list[Week]:
    """The last weeks of one badge, oldest first, this one included; one query."""
    today = clock.now().date()
    first = today - timedelta(days=today.weekday(), weeks=number - 1)
    counted = (
        issuance.activity.filter(day__gte=first)
        .annotate(week=TruncWeek("day"))
        .values_list("week", "kind")
        .annotate(times=Sum("number"))
        .order_by("week")
    )
    found = {
        week: {kind: times for _week, kind, times in of_week}
        for week, of_week in groupby(counted, key=lambda row: row[0])
    }
    starts = [first + timedelta(weeks=week) for week in range(number)]
    return [Week(start, **found.get(start, {})) for start in starts]
