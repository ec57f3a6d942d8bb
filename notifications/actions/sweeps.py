"""Sweeps that follow the calendar do nothing while the clock is in doubt: a wrong one must not write to everybody."""

from datetime import datetime, timedelta

import structlog
from django.conf import settings
from django.db import transaction

from badgecert.core import clock
from notifications.models import CalendarSweep

logger = structlog.get_logger(__name__)

# Longer than any pause between two sweeps of a site that runs.
LONGEST_PAUSE = timedelta(hours=36)
# Clocks of two machines may differ by so much.
TOLERANCE = timedelta(minutes=5)


@transaction.atomic
def clock_is_trusted(name: str, now: datetime | None = None) -> bool:
    """Whether the sweep of this name may go on.

    Not when the clock went back, or on by more than LONGEST_PAUSE, since it last did: then only if a second sweep, some
    time later, finds the clock where the first one found it. So a site that was off for days waits for one round.
    """
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
