"""The second driver of the mail: with this loop running nothing waits for Redis, Celery or its scheduler."""

import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.core.management import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.actions.reminders import queue_due_reminders
from notifications.actions.sweeps import clock_is_trusted
from notifications.actions.turns import forget_past_minutes
from notifications.heartbeats import record_beat

logger = structlog.get_logger(__name__)

NAME = "run-outbox"


class Command(BaseCommand):
    help = "Send mail that is due and queue reminders, again and again, without Redis and Celery. Ends on TERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round, then end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        ends = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_args: ends.set())
        next_calendar_at = 0.0
        while True:
            if time.monotonic() >= next_calendar_at:
                _whatever_happens(_follow_the_calendar)
                next_calendar_at = time.monotonic() + settings.REMINDER_SWEEP_SECONDS
            more = _whatever_happens(lambda: deliver_due_messages(is_ending=ends.is_set))
            _whatever_happens(lambda: record_beat(NAME))
            if once or ends.wait(0 if more else settings.SWEEP_SECONDS):
                return


def _follow_the_calendar() -> None:
    forget_past_minutes()
    if clock_is_trusted("reminders"):
        queue_due_reminders()
    if clock_is_trusted("expiry mails"):
        queue_due_expiry_mails()


def _whatever_happens(work: Callable[[], object]) -> object:
    """The next round finds again all that was due: nobody else may be there to send it."""
    try:
        return work()
    except (DatabaseError, InterfaceError) as error:
        logger.warning("The database cannot be reached", error=type(error).__name__)
        connection.close()
    except Exception:
        logger.exception("A round of the outbox failed; the next one tries again")
    return None
