"""The bell and the sweeps. A lost bell loses nothing: the scheduler sweeps every few seconds."""

import structlog
from celery import shared_task
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError

from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.actions.reminders import queue_due_reminders
from notifications.actions.sweeps import clock_is_trusted
from notifications.actions.turns import forget_past_minutes

logger = structlog.get_logger(__name__)


def ring_on_commit() -> None:
    """Wake a worker once the messages of this transaction can be seen."""
    transaction.on_commit(_ring, robust=True)


def _ring() -> None:
    try:
        deliver_due_messages_task.delay()
    except OperationalError:
        logger.warning("The broker cannot be reached; the sweep will find the mail")


# The last message of a drain may keep a slow mail server busy for as long as its lease lasts.
_LONGEST_DRAIN = settings.MAIL_DRAIN_SECONDS + settings.MAIL_LEASE_SECONDS


@shared_task(time_limit=_LONGEST_DRAIN, soft_time_limit=_LONGEST_DRAIN)
def deliver_due_messages_task() -> None:
    """Send what is due, for a bounded time; if more is left, ring for the next worker that is free."""
    if deliver_due_messages():
        _ring()


@shared_task
def queue_due_reminders_task() -> None:
    forget_past_minutes()
    if clock_is_trusted("reminders") and queue_due_reminders():
        _ring()


@shared_task
def queue_due_expiry_mails_task() -> None:
    if clock_is_trusted("expiry mails") and queue_due_expiry_mails():
        _ring()
