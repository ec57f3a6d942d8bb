"""What a provider tells of a mail after taking it, and what follows from it."""

import uuid
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from badgecert.core import audit, clock
from badgecert.core.text import canonical_email
from issuers.models import Issuer
from notifications import mime
from notifications.actions.outcomes import take_from_workers
from notifications.actions.reminders import first_reminder_at
from notifications.models import BULK_KINDS, STOPS_MAIL, WAITING, Bounce, BounceKind, Message, MessageState


@transaction.atomic
def record_bounce(
    message: Message, *, kind: BounceKind, detail: str = "", happened_at: datetime | None = None
) -> Bounce | None:
    """Note that a mail came back, was delayed or was not wanted; None when that was noted before."""
    message = _locked(message)
    happened_at = happened_at or clock.now()
    bounce, is_new = Bounce.objects.get_or_create(
        message=message,
        kind=kind,
        defaults={
            "issuer_id": message.issuer_id,
            "address_key": canonical_email(message.to_address),
            "happened_at": happened_at,
            "detail": mime.one_line(detail)[:300],
        },
    )
    if not is_new:
        return None
    _settle_as_taken(message, at=happened_at)
    if kind == BounceKind.HARD:
        # It announced nothing to anybody: the mail that is sent instead starts the calendar.
        Message.objects.filter(pk=message.pk).update(remind_at=None)
    if kind in STOPS_MAIL:
        audit.record(
            "mail bounced" if kind == BounceKind.HARD else "mail not wanted",
            message,
            by=None,
            issuer_id=message.issuer_id,
        )
        # One address has several spellings; its domain has one.
        to_its_domain = Message.objects.filter(issuer=message.issuer_id, to_domain=message.to_domain)
        take_from_workers(to_its_domain.filter(kind__in=BULK_KINDS))
    return bounce


@transaction.atomic
def record_taken(message: Message, *, happened_at: datetime | None = None) -> None:
    """The provider has it, whatever became of its answer to us: it is not handed over once more."""
    _settle_as_taken(_locked(message), at=happened_at or clock.now())


@transaction.atomic
def settle_bounces(bounces: Iterable[uuid.UUID]) -> int:
    """Somebody has done something about these; reminders may leave again. Returns how many."""
    return Bounce.objects.filter(pk__in=list(bounces), settled_at=None).update(settled_at=clock.now())


@transaction.atomic
def settle_bounces_from(issuer: Issuer, *, address: str) -> None:
    """The organisation holds another address for the person now, or sends the mail again."""
    standing = Bounce.objects.standing().filter(issuer=issuer, address_key=canonical_email(address))
    settle_bounces(standing.values_list("pk", flat=True))


def _locked(message: Message) -> Message:
    return (
        Message.objects.select_for_update(of=("self",))
        .select_related("issuance__issuer", "issuance__badge")
        .get(pk=message.pk)
    )


def _settle_as_taken(message: Message, *, at: datetime) -> None:
    """What a provider tells of, it has taken. A worker that is at it right now finds it settled, and leaves it so."""
    if message.state not in WAITING or not message.attempts:
        return
    message.state, message.sent_at, message.sealed_body = MessageState.SENT, at, None
    message.lease_until, message.last_error = None, ""
    message.remind_at = first_reminder_at(message)
    message.save(update_fields=["state", "sent_at", "sealed_body", "lease_until", "last_error", "remind_at"])
