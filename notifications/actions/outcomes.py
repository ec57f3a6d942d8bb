"""What became of a message, written down. Every write asks whether the message is still ours."""

import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Coalesce

from badgecert.core import clock
from notifications import mime
from notifications.actions.reminders import first_reminder_at
from notifications.models import Message, MessageFact, MessageQuerySet, MessageState

Result = TypeVar("Result")

logger = structlog.get_logger(__name__)

COLUMNS = (
    "state",
    "attempts",
    "next_at",
    "trying_since",
    "lease_until",
    "last_error",
    "sealed_body",
    "uncertain_at",
)
# A database that is being started again; a mail server has taken the mail meanwhile.
_PATIENCE_SECONDS = 30

# One statement writes down that one message is sent, and that the next one is being handed over, with what it says:
# each is written down before the next one leaves, and each costs one commit.
_STEP = f"""
UPDATE {Message._meta.db_table} SET
  state = CASE WHEN id = %(done)s THEN 'sent' ELSE 'sending' END,
  sent_at = CASE WHEN id = %(done)s THEN %(sent_at)s ELSE sent_at END,
  remind_at = CASE WHEN id = %(done)s THEN %(remind_at)s ELSE remind_at END,
  provider_id = CASE WHEN id = %(done)s THEN %(provider_id)s ELSE provider_id END,
  sealed_body = CASE WHEN id = %(done)s THEN NULL ELSE COALESCE(%(sealed_body)s, sealed_body) END,
  subject = CASE WHEN id = %(done)s THEN subject ELSE %(subject)s END,
  last_error = CASE WHEN id = %(done)s THEN '' ELSE last_error END,
  attempts = CASE WHEN id = %(done)s THEN attempts ELSE attempts + 1 END,
  trying_since = CASE WHEN id = %(done)s THEN trying_since ELSE COALESCE(trying_since, %(now)s) END,
  lease_until = CASE WHEN id = %(done)s THEN NULL ELSE %(lease_until)s END
WHERE worker = %(worker)s AND lease_until IS NOT NULL AND (
  (id = %(done)s AND state = 'sending')
  OR (id = %(next)s AND state IN ('queued', 'uncertain') AND lease_until > %(now)s)
)
RETURNING id
"""  # noqa: S608  no value is in it


def keep_taken(messages: Sequence[Message], *, worker: str) -> None:
    """The chunk is the worker's until its lease is over; what an earlier one was handing over is uncertain now."""
    now = clock.now()
    for message in messages:
        message.worker = worker
    ours = Message.objects.filter(pk__any=[message.pk for message in messages])
    ours.update(worker=worker, lease_until=now + timedelta(seconds=settings.MAIL_LEASE_SECONDS))
    if unknown := [message.pk for message in messages if message.uncertain_at]:
        Message.objects.filter(pk__in=unknown).update(
            state=MessageState.UNCERTAIN, uncertain_at=Coalesce("uncertain_at", now)
        )


def keep_step(*, sent: Message | None, next_one: Message | None) -> bool:
    """Write down that one is sent and that the next one, sealed, is being handed over; whether that one is still ours.

    Waits for a database that is being started again: what the mail server has taken must be written down.
    """
    now = clock.now()
    lease_until = now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    worker = next(message.worker for message in (sent, next_one) if message)
    if sent is not None:
        sent.state, sent.sent_at, sent.sealed_body = MessageState.SENT, now, None
        sent.remind_at = first_reminder_at(sent)
    values = {
        "done": sent and _id(sent),
        "sent_at": connection.ops.adapt_datetimefield_value(now),
        "remind_at": connection.ops.adapt_datetimefield_value(sent.remind_at) if sent else None,
        "provider_id": sent.provider_id if sent else "",
        "next": next_one and _id(next_one),
        "sealed_body": next_one and next_one.sealed_body,
        "subject": next_one.subject if next_one else "",
        "lease_until": connection.ops.adapt_datetimefield_value(lease_until),
        "worker": worker,
        "now": connection.ops.adapt_datetimefield_value(now),
    }
    kept = _patiently(lambda: _ids_changed_by(_STEP, values))
    if sent is not None and values["done"] not in kept:
        logger.warning("A message was taken over while it was being sent", message=str(sent.pk))
    if next_one is None or values["next"] not in kept:
        return False
    next_one.state, next_one.attempts = MessageState.SENDING, next_one.attempts + 1
    next_one.trying_since, next_one.lease_until = next_one.trying_since or now, lease_until
    return True


def keep_outcome(message: Message) -> None:
    """Write down anything else that became of the message that was being handed over."""
    message.lease_until = None

    def write() -> int:
        return Message.objects.filter(pk=message.pk, state=MessageState.SENDING, worker=message.worker).update(
            **{name: getattr(message, name) for name in COLUMNS}
        )

    if not _patiently(write):
        logger.warning("A message was taken over while it was being sent", message=str(message.pk))


def keep_found(message: Message, *, sent_at: datetime) -> None:
    """It had left already: the mail server's own record says so."""
    message.state, message.sent_at = MessageState.SENT, sent_at
    message.sealed_body, message.lease_until, message.last_error = None, None, ""
    message.remind_at = first_reminder_at(message)
    message.save(update_fields=[*COLUMNS, "sent_at", "remind_at"])


def keep_cancelled(message: Message, *, reason: str) -> None:
    message.state, message.last_error = MessageState.CANCELLED, reason
    message.sealed_body, message.lease_until = None, None
    message.save(update_fields=COLUMNS)


def give_up(message: Message, *, reason: str) -> None:
    """Never to be tried again by itself. Only changes the object."""
    message.state, message.sealed_body = MessageState.FAILED, None
    message.last_error, message.lease_until = mime.one_line(reason)[:300], None


def put_off(message: Message, *, reason: str, state: MessageState = MessageState.QUEUED) -> None:
    """To be tried again later, or given up after MAIL_GIVE_UP_HOURS. Only changes the object."""
    now = clock.now()
    message.trying_since = message.trying_since or now
    if now > message.trying_since + timedelta(hours=settings.MAIL_GIVE_UP_HOURS):
        give_up(message, reason=reason)
        return
    message.state, message.next_at = state, now + _backoff(message.attempts)
    message.last_error, message.lease_until = mime.one_line(reason)[:300], None


def give_back(messages: Sequence[Message]) -> None:
    """What a worker took and did not hand over is anybody's again, at once."""
    ids = [message.pk for message in messages]
    ours = Message.objects.filter(pk__in=ids, worker=messages[0].worker)
    _patiently(lambda: ours.exclude(state=MessageState.SENDING).update(lease_until=None))


def take_from_workers(messages: MessageQuerySet) -> None:
    """What workers have taken for the next seconds is no longer theirs; the one that each is handing over leaves."""
    taken = messages.filter(state__in=(MessageState.QUEUED, MessageState.UNCERTAIN), lease_until__isnull=False)
    taken.update(lease_until=None)


def look_again_at_mails_about(issuance_ids: Sequence[uuid.UUID]) -> None:
    """Something became of these badges after workers had checked their mails: whoever takes those next checks again."""
    told = MessageFact.objects.filter(issuance__in=issuance_ids)
    take_from_workers(Message.objects.filter(pk__in=told.values("message")))


def _backoff(attempts: int) -> timedelta:
    minutes: list[float] = settings.MAIL_BACKOFF_MINUTES
    return timedelta(minutes=minutes[min(max(attempts, 1), len(minutes)) - 1])


def _patiently(write: Callable[[], Result]) -> Result:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > deadline:
                raise
            connection.close()
            time.sleep(0.5)


def _ids_changed_by(statement: str, values: dict[str, Any]) -> set[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {row[0] for row in cursor.fetchall()}


def _id(message: Message) -> Any:
    """As the database takes it: SQLite knows no UUIDs."""
    return Message._meta.pk.get_db_prep_value(message.pk, connection)
