"""What time it is, in one place, so that the demo can be given a past and a test a future.

Everything the product says about time goes through here; nothing else may ask the operating system.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """This instant, in UTC."""
    return _moment.get() or timezone.now()


def of_this_machine() -> datetime:
    """What the operating system says, whatever `at` pretends: to be compared with another machine's."""
    return timezone.now()


def today(zone: str = "UTC") -> date:
    """The calendar day in a time zone (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Everything inside happens at the given instant: for demo data and for tests that walk a calendar."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)
