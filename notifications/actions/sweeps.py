"""Sweeps that follow the calendar do nothing while the clock is in doubt: a wrong one must not write to everybody."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from redis import RedisError

from badgecert.core import clock
from notifications.models import CalendarSweep

logger = structlog.get_logger(__name__)

# Longer than any pause between two sweeps of a site that runs.
LONGEST_PAUSE = timedelta(hours=36)
# Clocks of two machines may differ by so much.
TOLERANCE = timedelta(minutes=5)
# Far less than a lease lasts.
APART = timedelta(minutes=1)
# In the cache, for /health/ready: by how many seconds the clock of a machine is wrong.
WRONG_CLOCK = "wrong-clock"


def tells_the_databases_time() -> bool:
    """Whether this machine's clock does. With another time, what others are sending would look abandoned.

    Whoever has a wrong clock leaves the mail to those who have a right one.
    """
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = clock.of_this_machine() - cursor.fetchone()[0]
    if abs(apart) <= APART:
        return True
    _tell_the_supervisors(apart)
    logger.error("This machine's clock is wrong; it sends nothing until it is right", seconds=apart.total_seconds())
    return False


def _tell_the_supervisors(apart: timedelta) -> None:
    """Not in the database: it ends by itself, also when the machine is switched off instead of put right."""
    try:
        cache.set(WRONG_CLOCK, round(apart.total_seconds()), timeout=settings.HEALTH_SILENT_SECONDS)
    except (RedisError, OSError) as error:
        logger.warning("/health/ready does not hear of the wrong clock", error=type(error).__name__)


@transaction.atomic
def clock_is_trusted(name: str, now: datetime | None = None) -> bool:
    """Whether the sweep of this name may go on.

    Not on a machine whose clock is wrong. Not when the clock went back, or on by more than LONGEST_PAUSE, since it last
    did: then only if a second sweep, some time later, finds the clock where the first one found it. So a site that was
    off for days waits for one round.
    """
    if not tells_the_databases_time():
        return False
    now = now or clock.now()
    sweep, _is_first = CalendarSweep.objects.select_for_update().get_or_create(name=name, defaults={"swept_at": now})
    is_steady = -TOLERANCE <= now - sweep.swept_at <= LONGEST_PAUSE
    is_confirmed = sweep.doubted_at is not None and _a_round() <= now - sweep.doubted_at <= LONGEST_PAUSE
    if is_steady or is_confirmed:
        sweep.swept_at = now if is_confirmed else max(sweep.swept_at, now)
        sweep.doubted_at = None
    elif sweep.doubted_at is None or not timedelta() <= now - sweep.doubted_at <= LONGEST_PAUSE:
        sweep.doubted_at = now
        logger.warning("The clock jumped; this sweep waits for the next one", sweep=name, last=str(sweep.swept_at))
    sweep.save(update_fields=["swept_at", "doubted_at"])
    return is_steady or is_confirmed


def _a_round() -> timedelta:
    """Two drivers that sweep in the same second are one opinion."""
    return timedelta(seconds=settings.REMINDER_SWEEP_SECONDS / 2)
