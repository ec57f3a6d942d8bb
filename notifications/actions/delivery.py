"""Delivering: each due message is taken, checked, written, sealed and handed to the mail server."""

import os
import socket
import threading
import time
import uuid
from datetime import timedelta

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from badgecert.core import clock, seal
from badges.models import Issuance
from notifications import mime
from notifications.actions.reminders import first_reminder_at
from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError
from notifications.messages import Mail, mail_for
from notifications.models import Message, MessageState
from notifications.transport import Transport

logger = structlog.get_logger(__name__)

# A drain goes on until it has sent so many or taken so long; then another task gets the worker.
DRAIN_MESSAGES = 500
DRAIN_SECONDS = 30


def deliver_due_messages(*, limit: int = DRAIN_MESSAGES, seconds: float = DRAIN_SECONDS) -> bool:
    """Send what is due over one connection; true when more may be left.

    Any number of these may run at once: each message is taken by one of them, and by another only when its lease is
    over. A mail server that cannot be reached ends the round, so that it costs one message its attempt, not all.
    """
    ends = time.monotonic() + seconds
    with Transport() as transport:
        for _number in range(limit):
            if time.monotonic() > ends:
                return True
            taken = _take_next()
            if taken is None:
                return False
            message, content = taken
            if not content:
                continue
            try:
                _hand_over(message, content, transport)
            except MailServerLostError:
                return False
    return True


def _take_next() -> tuple[Message, bytes] | None:
    """Take the message that is due first, with its bytes; no bytes when it was cancelled or cannot be written now.

    All of it is committed before the mail server hears of it, so whoever repeats it repeats the same bytes.
    """
    message = None
    try:
        with transaction.atomic():
            message = _first_due()
            return None if message is None else (message, _taken(message))
    except Exception as error:  # One that cannot be written must not stand in the way of all others.
        if message is None:
            raise
        logger.exception("A message cannot be written", message=str(message.pk))
        # Of unforeseen errors only the kind: their text may quote what was being written.
        _put_off_unwritten(message.pk, reason=str(error) if isinstance(error, seal.SealError) else type(error).__name__)
        return message, b""


def _first_due() -> Message | None:
    return (
        Message.objects.due(clock.now())
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("issuer", "user")
        .order_by("next_at")
        .first()
    )


def _taken(message: Message) -> bytes:
    """Check, write and seal a locked message and give it a lease; its bytes, or none when it is cancelled."""
    if message.issuance_id:
        # Whoever claims or revokes it now waits for us, or we for them: never a reminder after a claim.
        message.issuance = (
            Issuance.objects.select_for_update(of=("self",), no_key=True)
            .select_related("badge__issuer", "issuer", "earner")
            .get(pk=message.issuance_id)
        )
    mail = mail_for(message)
    with translation.override(mail.language):
        reason = mail.reason_to_cancel
    if reason:
        message.state, message.last_error, message.sealed_body = MessageState.CANCELLED, reason, None
        message.save(update_fields=_DELIVERY)
        return b""

    now = clock.now()
    if message.state == MessageState.SENDING:
        message.uncertain_at = message.uncertain_at or now
    if message.sealed_body:
        content = seal.open_sealed(bytes(message.sealed_body))
    else:
        message.subject, content = _written(message, mail)
        message.sealed_body = seal.seal(content)
    message.state = MessageState.SENDING
    message.trying_since = message.trying_since or now
    message.attempts += 1
    message.lease_until = now + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    message.worker = f"{socket.gethostname()}:{os.getpid()}:{threading.get_ident()}"[:100]
    message.save(update_fields=_DELIVERY)
    return content


def _written(message: Message, mail: Mail) -> tuple[str, bytes]:
    rendered = mail.render(mail.new_secrets())
    content = mime.compose(
        sender=(mail.sender_name, settings.MAIL_FROM_ADDRESS),
        to=(mail.recipient_name, message.to_address),
        reply_to=mail.reply_to,
        subject=rendered.subject,
        message_id=message.message_id,
        written_at=message.created_at,
        text=rendered.text,
        html=rendered.html,
        headers=mail.headers,
    )
    return mime.one_line(rendered.subject)[:250], content


def _put_off_unwritten(message_id: uuid.UUID, *, reason: str) -> None:
    with transaction.atomic():
        message = Message.objects.select_for_update().filter(pk=message_id).due(clock.now()).first()
        if message is not None:
            message.attempts += 1
            _put_off(message, reason=_("It could not be written: %(reason)s") % {"reason": reason})
            message.save(update_fields=_DELIVERY)


def _hand_over(message: Message, content: bytes, transport: Transport) -> None:
    """Send a message that was taken, and record what became of it. Raises MailServerLostError, after recording it."""
    try:
        transport.send(content, sender=settings.MAIL_FROM_ADDRESS, to=message.to_address)
    except RefusedMailError as error:
        message.state, message.last_error, message.sealed_body = MessageState.FAILED, str(error), None
        _keep_outcome(message)
    except UnknownOutcomeError as error:
        message.uncertain_at = message.uncertain_at or clock.now()
        _put_off(message, reason=str(error), state=MessageState.UNCERTAIN)
        _keep_outcome(message)
    except NotTakenError as error:
        _put_off(message, reason=str(error))
        _keep_outcome(message)
        if isinstance(error, MailServerLostError):
            raise
    else:
        message.state, message.sent_at, message.sealed_body = MessageState.SENT, clock.now(), None
        message.last_error = ""
        message.remind_at = first_reminder_at(message)
        _keep_outcome(message)


def _put_off(message: Message, *, reason: str, state: MessageState = MessageState.QUEUED) -> None:
    """Try again later, or give up after MAIL_GIVE_UP_HOURS."""
    now = clock.now()
    message.trying_since = message.trying_since or now
    if now > message.trying_since + timedelta(hours=settings.MAIL_GIVE_UP_HOURS):
        message.state, message.sealed_body = MessageState.FAILED, None
    else:
        message.state, message.next_at = state, now + _backoff(message.attempts)
    message.last_error, message.lease_until = mime.one_line(reason)[:300], None


def _backoff(attempts: int) -> timedelta:
    minutes: list[float] = settings.MAIL_BACKOFF_MINUTES
    return timedelta(minutes=minutes[min(max(attempts, 1), len(minutes)) - 1])


_DELIVERY = (
    "state",
    "subject",
    "attempts",
    "next_at",
    "trying_since",
    "lease_until",
    "worker",
    "last_error",
    "sealed_body",
    "sent_at",
    "uncertain_at",
    "remind_at",
)


def _keep_outcome(message: Message) -> None:
    """Record what became of it, unless our lease ran out and somebody else has taken the message since."""
    message.lease_until, message.last_error = None, mime.one_line(message.last_error)[:300]
    kept = Message.objects.filter(
        pk=message.pk, state=MessageState.SENDING, worker=message.worker, attempts=message.attempts
    ).update(**{name: getattr(message, name) for name in _DELIVERY})
    if not kept:
        logger.warning("A message was taken over while it was being sent", message=str(message.pk))
