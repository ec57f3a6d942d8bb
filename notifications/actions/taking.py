"""Taking: due messages are checked, written and sealed by the chunk, all of it committed before the mail server hears
of any, so whoever repeats one repeats the same bytes.

A taken message has a lease and stays queued: only the one that is being handed over is `sending`, so a worker that is
killed leaves at most one of which nobody knows whether it left.
"""

import uuid
import zlib
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import translation
from django.utils.translation import gettext as _

from badgecert.core import clock, seal
from badges.models import Issuance
from notifications import journal, mime
from notifications.actions import outcomes
from notifications.messages import Mail, Secrets, mails_for, new_secrets
from notifications.models import Message, MessageFact, MessageState

logger = structlog.get_logger(__name__)

TAKEN_AT_ONCE = 100
# Somebody claims, revokes or erases one of its badges at this moment: look again when they have finished.
_WHILE_SOMEBODY_ELSE_WRITES = timedelta(seconds=2)


class Taken(NamedTuple):
    message: Message
    content: bytes


def take(worker: str, *, number: int) -> list[Taken] | None:
    """Take up to so many of the messages that are due first; None when none is due.

    Fewer come back than were looked at: some are cancelled, have left already, or cannot be written now.
    """
    ids: list[uuid.UUID] = []
    try:
        with transaction.atomic():
            messages = list(
                Message.objects.sendable(clock.now())
                .exclude(turn_at=None)
                .select_for_update(of=("self",), skip_locked=True)
                .select_related("issuer", "user")
                .order_by("priority", "next_at")[:number]
            )
            ids = [message.pk for message in messages]
            return _take(messages, worker=worker) if messages else None
    except OperationalError:
        raise
    except Exception:  # One that cannot be written must not stand in the way of the others.
        if not ids:
            raise
        return [taken for message_id in ids for taken in _take_alone(message_id, worker=worker)]


def _take_alone(message_id: uuid.UUID, *, worker: str) -> list[Taken]:
    try:
        with transaction.atomic():
            return _take(_lock([message_id]), worker=worker)
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("A message cannot be written", message=str(message_id))
        # Of unforeseen errors only the kind: their text may quote what was being written.
        known = isinstance(error, seal.SealError | journal.JournalError)
        _put_off_unwritten(message_id, reason=str(error) if known else type(error).__name__)
        return []


def _lock(ids: Sequence[uuid.UUID]) -> list[Message]:
    return list(
        Message.objects.sendable(clock.now())
        .filter(pk__in=ids)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("issuer", "user")
    )


def _take(messages: Sequence[Message], *, worker: str) -> list[Taken]:
    """Check, write and seal locked messages, and give them a lease."""
    free = _with_locked_badges(messages)
    arrived = _arrived_already([message for message in free if _is_of_unknown_outcome(message)])
    wanted: list[Mail] = []
    for mail in mails_for([message for message in free if message.pk not in arrived]):
        message = mail.message
        with translation.override(mail.language):
            reason = mail.reason_to_cancel
        if reason:
            outcomes.keep_cancelled(message, reason=reason)
        else:
            wanted.append(mail)
    new = new_secrets([mail for mail in wanted if not mail.message.sealed_body])
    taken = [Taken(mail.message, _content(mail, new.get(mail.message.pk))) for mail in wanted]
    lease_until = clock.now() + timedelta(seconds=settings.MAIL_LEASE_SECONDS)
    outcomes.keep_taken([message for message, _content in taken], worker=worker, lease_until=lease_until)
    return taken


def _with_locked_badges(messages: Sequence[Message]) -> list[Message]:
    """The messages whose badges we could lock. Whoever claims or revokes one of them from now on waits for us: never a
    reminder after a claim.

    A badge that somebody else has locked is not waited for: they may be waiting for its message.
    """
    badges = {message.pk: {message.issuance_id} if message.issuance_id else set() for message in messages}
    for message_id, issuance_id in MessageFact.objects.filter(message__in=messages, issuance__isnull=False).values_list(
        "message_id", "issuance_id"
    ):
        badges[message_id].add(issuance_id)
    locked = {
        issuance.pk: issuance
        for issuance in Issuance.objects.filter(pk__in=set().union(*badges.values()))
        .select_for_update(no_key=True, skip_locked=True)
        # Not joined: hundreds of rows, one organisation and one badge.
        .prefetch_related("badge__issuer", "issuer", "earner")
        .order_by("pk")
    }
    free = [message for message in messages if badges[message.pk] <= locked.keys()]
    if len(free) < len(messages):
        _put_aside(badges.keys() - {message.pk for message in free})
    for message in free:
        if message.issuance_id:
            message.issuance = locked[message.issuance_id]
    return free


def _put_aside(message_ids: Collection[uuid.UUID]) -> None:
    later = clock.now() + _WHILE_SOMEBODY_ELSE_WRITES
    Message.objects.filter(pk__in=message_ids).update(next_at=later)


def _is_of_unknown_outcome(message: Message) -> bool:
    return message.state == MessageState.SENDING or message.uncertain_at is not None


def _arrived_already(messages: Sequence[Message]) -> set[uuid.UUID]:
    """Ask the mail server's own record, where there is one, about mails that may have left: these did."""
    now = clock.now()
    for message in messages:
        message.uncertain_at = message.uncertain_at or now
    if not messages or not journal.is_kept():
        return set()
    taken = journal.taken_mails(
        [message.message_id for message in messages], since=min(message.created_at for message in messages)
    )
    arrived = [message for message in messages if message.message_id in taken]
    for message in arrived:
        outcomes.keep_found(message, sent_at=taken[message.message_id])
    return {message.pk for message in arrived}


def _content(mail: Mail, secrets: Secrets | None) -> bytes:
    """What to send: made now, or what an earlier attempt sealed."""
    message = mail.message
    if message.sealed_body:
        return zlib.decompress(seal.open_sealed(bytes(message.sealed_body)))
    rendered = mail.render(secrets)
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
        attachments=mail.attachments,
    )
    message.subject = mime.one_line(rendered.subject)[:250]
    message.sealed_body = seal.seal(zlib.compress(content, 1))
    return content


@transaction.atomic
def _put_off_unwritten(message_id: uuid.UUID, *, reason: str) -> None:
    for message in _lock([message_id]):
        message.attempts += 1
        outcomes.put_off(message, reason=_("It could not be written: %(reason)s") % {"reason": reason})
        message.save(update_fields=outcomes.COLUMNS)
