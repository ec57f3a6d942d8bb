"""The life of a message: owed, taken, sealed, sent; and the reminders that follow from it."""

import os
import socket
import threading
import time
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import cast
from zoneinfo import ZoneInfo

import structlog
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock, seal
from badgecert.core.dates import day_in
from badgecert.core.models import new_id
from badges.models import Issuance
from issuers.models import Issuer
from notifications import mime
from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError
from notifications.messages import Mail, mail_for
from notifications.models import Message, MessageFact, MessageKind, MessageState, Preference
from notifications.transport import Transport

logger = structlog.get_logger(__name__)

# A drain goes on until it has sent so many or taken so long; then another task gets the worker.
DRAIN_MESSAGES = 500
DRAIN_SECONDS = 30
REMINDERS_AT_ONCE = 500
REMINDER_HOUR = time_of_day(9)

# --- owing ---------------------------------------------------------------------------------------


@transaction.atomic
def queue_issuance_mails(issuance_ids: Iterable[uuid.UUID]) -> None:
    """Owe each earner the mail about their badge. Three statements for any number of issuances."""
    rows = Issuance.objects.filter(pk__in=list(issuance_ids)).values_list(
        "id", "issuer_id", "earner_id", "recipient_email"
    )
    _owe(
        {
            f"issuance:{issuance_id}": new_message(
                MessageKind.ISSUANCE,
                to_address=address,
                issuance_id=issuance_id,
                issuer_id=issuer_id,
                user_id=earner_id,
            )
            for issuance_id, issuer_id, earner_id, address in rows
        }
    )


@transaction.atomic
def queue_password_mail(user: User, *, address: str) -> None:
    """Owe the person a way to set a new password, at the address they asked from."""
    message = new_message(MessageKind.PASSWORD, to_address=address, user=user)
    _owe({f"password:{message.pk}": message})


@transaction.atomic
def queue_locked_mail(user: User) -> None:
    """Tell the person that their account is locked: once for each time that it is."""
    message = new_message(MessageKind.LOCKED, to_address=user.email, user=user)
    _owe({f"locked:{user.pk}:{user.locked_at:%Y%m%dT%H%M%S%f}": message})


def new_message(kind: MessageKind, **fields: object) -> Message:
    """An unsaved message, due now."""
    row_id = new_id()
    domain = settings.MAIL_FROM_ADDRESS.rpartition("@")[2]
    return Message(id=row_id, kind=kind, message_id=f"<{row_id}@{domain}>", **fields)


def _owe(messages: dict[str, Message]) -> None:
    """Keep messages by the fact that each tells. An IntegrityError means that a fact was announced twice."""
    Message.objects.bulk_create(messages.values())
    MessageFact.objects.bulk_create(
        MessageFact(fact_key=fact_key, message=message) for fact_key, message in messages.items()
    )


# --- delivering ----------------------------------------------------------------------------------


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
        message.remind_at = _first_reminder_at(message)
        _keep_outcome(message)


def _put_off(message: Message, *, reason: str, state: MessageState = MessageState.QUEUED) -> None:
    """Try again later, or give up after MAIL_GIVE_UP_HOURS."""
    now = clock.now()
    if now > message.created_at + timedelta(hours=settings.MAIL_GIVE_UP_HOURS):
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


# --- reminding -----------------------------------------------------------------------------------


def queue_due_reminders(now: datetime | None = None) -> int:
    """Owe the reminders that are due, chunk by chunk; returns how many. Two at once share the work."""
    owed = 0
    while (count := _queue_reminders_once(now or clock.now())) is not None:
        owed += count
    return owed


@transaction.atomic
def _queue_reminders_once(now: datetime) -> int | None:
    """Look at up to REMINDERS_AT_ONCE issuance mails whose next reminder is due; None when there is none.

    After an outage only the newest reminder is owed; the older ones never are. A badge that is claimed, declined or
    under review just passes its day by: it may come back to be claimed before the next one.
    """
    mails = list(
        Message.objects.filter(remind_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("issuance__badge", "issuance__issuer", "issuance__current_version")
        .order_by("remind_at")[:REMINDERS_AT_ONCE]
    )
    if not mails:
        return None
    owed = {}
    for mail in mails:
        # Constraints of the table.
        issuance, sent_at = cast("Issuance", mail.issuance), cast("datetime", mail.sent_at)
        days = _reminder_instants(issuance.issuer, sent_at=sent_at)
        mail.remind_at = min((at for at in days.values() if at > now), default=None)
        newest = max((day for day, at in days.items() if at <= now), default=None)
        if newest is not None and _awaits_claim(issuance, now=now):
            owed[f"reminder:{issuance.pk}:{newest}"] = new_message(
                MessageKind.REMINDER,
                sequence=newest,
                to_address=issuance.recipient_email,
                issuance_id=issuance.pk,
                issuer_id=issuance.issuer_id,
                user_id=issuance.earner_id,
                created_at=now,
                next_at=now,
            )
    told = MessageFact.objects.filter(fact_key__in=owed).values_list("fact_key", flat=True)
    for fact_key in list(told):
        del owed[fact_key]
    _owe(owed)
    Message.objects.bulk_update(mails, ["remind_at"])
    return len(owed)


def _first_reminder_at(message: Message) -> datetime | None:
    """When the first reminder is due that counts from this mail, which leaves now."""
    if message.kind != MessageKind.ISSUANCE:
        return None
    issuance, sent_at = cast("Issuance", message.issuance), cast("datetime", message.sent_at)
    return min(_reminder_instants(issuance.issuer, sent_at=sent_at).values(), default=None)


def _reminder_instants(issuer: Issuer, *, sent_at: datetime) -> dict[int, datetime]:
    """Each reminder day with its instant: 09:00 at the organisation, so many calendar days after the mail left."""
    zone = ZoneInfo(issuer.time_zone)
    left_on = day_in(sent_at, issuer.time_zone)
    days: list[int] = issuer.reminder_days
    return {day: _nine_o_clock(left_on + timedelta(days=day), zone) for day in days}


def _nine_o_clock(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, REMINDER_HOUR, tzinfo=zone).astimezone(UTC)


def _awaits_claim(issuance: Issuance, *, now: datetime) -> bool:
    """Worth a reminder. The mail itself checks once more, under a lock, when it leaves."""
    if issuance.claimed_at or issuance.declined_at or issuance.suspended_at:
        return False
    if issuance.revoked_at or issuance.erased_at or not issuance.badge.invites_earners:
        return False
    expires_on = issuance.current_version.expires_on
    return expires_on is None or expires_on >= day_in(now, issuance.issuer.time_zone)


@transaction.atomic
def stop_reminders(issuance: Issuance) -> None:
    """No more reminders from this organisation to this earner. Whoever has the link in the mail may say so; twice too."""
    if issuance.earner is None:
        return
    Preference.objects.update_or_create(
        user=issuance.earner, issuer=issuance.issuer, defaults={"reminders_stopped_at": clock.now()}
    )
    audit.record("reminders stopped", issuance, by=issuance.earner, issuer_id=issuance.issuer_id)
