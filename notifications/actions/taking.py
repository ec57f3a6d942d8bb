"""Taking: due messages are checked by the chunk and leased to one worker, which then writes them one by one.

A taken message stays queued: only the one that is being handed over is `sending`, so a worker that is killed leaves at
most one of which nobody knows whether it left.
"""

import uuid
from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta

import structlog
from django.db import OperationalError, transaction
from django.db.models import prefetch_related_objects
from django.utils import translation
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock, seal
from badges.models import Issuance
from notifications import journal
from notifications.actions import outcomes
from notifications.actions.writing import Draft
from notifications.messages import Mail, mails_for, new_secrets
from notifications.models import Message, MessageFact, MessageState

logger = structlog.get_logger(__name__)

TAKEN_AT_ONCE = 200
# Somebody claims, revokes or erases one of its badges at this moment: look again when they have finished.
_WHILE_SOMEBODY_ELSE_WRITES = timedelta(seconds=2)


def take(worker: str, *, number: int) -> list[Draft] | None:
    """Take up to so many of the messages that are due first; None when none is due.

    Fewer come back than were looked at: some are cancelled, have left already, or cannot be prepared now.
    """
    ids: list[uuid.UUID] = []
    try:
        with transaction.atomic():
            messages = list(
                Message.objects.sendable(clock.now())
                .exclude(turn_at=None)
                .select_for_update(of=("self",), skip_locked=True)
                .select_related("user")
                # Not joined: many rows, one organisation.
                .prefetch_related("issuer")
                .order_by("priority", "next_at")[:number]
            )
            ids = [message.pk for message in messages]
            return _take(messages, worker=worker) if messages else None
    except OperationalError:
        raise
    except Exception:  # One that cannot be prepared must not stand in the way of the others.
        if not ids:
            raise
        return [taken for message_id in ids for taken in _take_alone(message_id, worker=worker)]


def _take_alone(message_id: uuid.UUID, *, worker: str) -> list[Draft]:
    try:
        with transaction.atomic():
            return _take(_lock([message_id]), worker=worker)
    except OperationalError:
        raise
    except Exception as error:
        put_off_unwritten(message_id, error=error)
        return []


def _lock(ids: Sequence[uuid.UUID]) -> list[Message]:
    return list(
        Message.objects.sendable(clock.now())
        .filter(pk__in=ids)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("issuer", "user")
    )


def _take(messages: Sequence[Message], *, worker: str) -> list[Draft]:
    """Check locked messages, give them a lease, and fetch all that their words need.

    A temporary password is made here, for all of them at once. Until its mail is sealed only this process knows it: if
    the process dies before, nobody ever will, and whoever takes the message next makes another.
    """
    free = _without_abandoned(_without_arrived(_with_locked_badges(messages)))
    wanted: list[Mail] = []
    for mail in mails_for(free):
        message = mail.message
        with translation.override(mail.language):
            reason = mail.reason_to_cancel
        if reason:
            outcomes.keep_cancelled(message, reason=reason)
        else:
            wanted.append(mail)
    unwritten = [mail for mail in wanted if not mail.message.sealed_body]
    if unwritten:
        seal.check_keys()
    secrets = new_secrets(unwritten)
    outcomes.keep_taken([mail.message for mail in wanted], worker=worker)
    return [Draft(mail, secrets.get(mail.message.pk)) for mail in wanted]


def _with_locked_badges(messages: Sequence[Message]) -> list[Message]:
    """The messages whose badges we could lock. Whoever claims or revokes one of them from now on waits for us: never a
    reminder after a claim.

    A badge that somebody else has locked is not waited for: they may be waiting for its message.
    """
    badges = {message.pk: {message.issuance_id} if message.issuance_id else set() for message in messages}
    for message_id, issuance_id in MessageFact.objects.filter(
        message__id__any=list(badges), issuance__isnull=False
    ).values_list("message_id", "issuance_id"):
        badges[message_id].add(issuance_id)
    locked = {
        issuance.pk: issuance
        for issuance in Issuance.objects.filter(pk__any=set().union(*badges.values()))
        .select_for_update(no_key=True, skip_locked=True, of=("self",))
        # Not joined: hundreds of rows, one organisation and one badge.
        .prefetch_related("badge__issuer", "issuer")
        .order_by("pk")
    }
    _join_earners(locked.values(), known=[message.user for message in messages if message.user])
    free = [message for message in messages if badges[message.pk] <= locked.keys()]
    if len(free) < len(messages):
        _put_aside(badges.keys() - {message.pk for message in free})
    for message in free:
        if message.issuance_id:
            message.issuance = locked[message.issuance_id]
    return free


def _join_earners(issuances: Collection[Issuance], *, known: Iterable[User]) -> None:
    """Most mails go to the earner of their badge: that person was read with the mail."""
    people = {person.pk: person for person in known}
    for issuance in issuances:
        if issuance.earner_id in people:
            issuance.earner = people[issuance.earner_id]
    prefetch_related_objects(list(issuances), "earner")


def _put_aside(message_ids: Collection[uuid.UUID]) -> None:
    later = clock.now() + _WHILE_SOMEBODY_ELSE_WRITES
    Message.objects.filter(pk__in=message_ids).update(next_at=later)


def _without_arrived(messages: Sequence[Message]) -> list[Message]:
    """Ask the mail server's own record, where there is one, about mails that may have left: these did."""
    unknown = [message for message in messages if message.state == MessageState.SENDING or message.uncertain_at]
    if not unknown or not journal.is_kept():
        return list(messages)
    taken = journal.taken_mails(
        [message.message_id for message in unknown], since=min(message.created_at for message in unknown)
    )
    now = clock.now()
    for message in unknown:
        if message.message_id in taken:
            message.uncertain_at = message.uncertain_at or now
            outcomes.keep_found(message, sent_at=taken[message.message_id])
    return [message for message in messages if message.state != MessageState.SENT]


def _without_abandoned(messages: Sequence[Message]) -> list[Message]:
    """What a worker fell silent over goes again later, behind what waits: whatever kills workers at their work must not
    meet the same mail every time."""
    abandoned = {message.pk: message for message in messages if message.state == MessageState.SENDING}
    for message in abandoned.values():
        message.uncertain_at = message.uncertain_at or clock.now()
        outcomes.put_off(message, reason=_("The worker that was sending it fell silent."), state=MessageState.UNCERTAIN)
        message.save(update_fields=outcomes.COLUMNS)
    return [message for message in messages if message.pk not in abandoned]


def put_off_unwritten(message_id: uuid.UUID, *, error: Exception) -> None:
    """Try again later to write it. Whoever has it by now keeps it."""
    logger.error("A message cannot be written", message=str(message_id), exc_info=error)
    # Of unforeseen errors only the kind: their text may quote what was being written.
    known = isinstance(error, seal.SealError | journal.JournalError)
    reason = _("It could not be written: %(reason)s") % {"reason": str(error) if known else type(error).__name__}
    with transaction.atomic():
        for message in _lock([message_id]):
            message.attempts += 1
            if message.state == MessageState.SENDING:
                message.uncertain_at = message.uncertain_at or clock.now()
            is_unknown = message.uncertain_at is not None
            outcomes.put_off(
                message, reason=reason, state=MessageState.UNCERTAIN if is_unknown else MessageState.QUEUED
            )
            message.save(update_fields=outcomes.COLUMNS)
