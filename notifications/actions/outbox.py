"""Owing: a message is a row, written in the transaction of the fact that owes it to somebody."""

import uuid
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from django.conf import settings
from django.db import transaction

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.inserting import insert_alike, insert_many, insert_values
from badgecert.core.models import new_id
from badges.models import Issuance
from notifications.models import BULK_KINDS, URGENT_KINDS, Message, MessageFact, MessageKind, Priority


@transaction.atomic
def queue_issuance_mails(issuance_ids: Iterable[uuid.UUID]) -> None:
    """Owe each earner the mail about their badge. Three statements for any number of issuances."""
    rows = Issuance.objects.filter(pk__any=list(issuance_ids)).values_list(
        "id", "issuer_id", "earner_id", "recipient_email"
    )
    own = ("issuance_id", "issuer_id", "user_id", "to_address")
    owe_alike(
        new_message(MessageKind.ISSUANCE, to_address=""),
        ((dict(zip(own, row, strict=True)), [Fact(f"issuance:{row[0]}")]) for row in rows),
    )


@transaction.atomic
def queue_password_mail(user: User, *, address: str) -> None:
    """Owe the person a way to set a new password, at the address they asked from."""
    message = new_message(MessageKind.PASSWORD, to_address=address, user=user)
    owe({f"password:{message.pk}": message})


@transaction.atomic
def queue_locked_mail(user: User, *, locked_by: uuid.UUID | None = None) -> None:
    """Tell the person that their account is locked, and by which organisation if by hand: once for each time that it is."""
    details = {"locked_by": str(locked_by)} if locked_by else {}
    message = new_message(MessageKind.LOCKED, to_address=user.email, user=user, details=details)
    owe({f"locked:{user.pk}:{user.locked_at:%Y%m%dT%H%M%S%f}": message})


def new_message(kind: MessageKind, *, to_address: str, **fields: object) -> Message:
    """An unsaved message, due now."""
    row_id, priority = new_id(), _priority(kind)
    sender_domain = settings.MAIL_FROM_ADDRESS.rpartition("@")[2]
    return Message(
        id=row_id,
        kind=kind,
        message_id=f"<{row_id}@{sender_domain}>",
        to_address=to_address,
        to_domain=_domain_of(to_address),
        **{"priority": priority, "turn_at": clock.now() if priority == Priority.URGENT else None, **fields},
    )


def _domain_of(address: str) -> str:
    return address.rpartition("@")[2].lower()


def _priority(kind: MessageKind) -> Priority:
    if kind in URGENT_KINDS:
        return Priority.URGENT
    return Priority.BULK if kind in BULK_KINDS else Priority.NORMAL


class Fact(NamedTuple):
    """What a message tells: the key keeps it from being told twice."""

    key: str
    # The badge it is about; None: the message's own.
    issuance_id: uuid.UUID | None = None


def owe(messages: Mapping[str | Fact, Message]) -> None:
    """Keep messages by the facts they tell; one message may stand at several.

    An IntegrityError means that a fact was announced twice.
    """
    insert_many(list({message.pk: message for message in messages.values()}.values()))
    now = clock.now()
    facts = [
        MessageFact(
            created_at=now,
            fact_key=fact.key,
            message_id=message.pk,
            issuance_id=fact.issuance_id or message.issuance_id,
        )
        for fact, message in ((_fact(told), message) for told, message in messages.items())
    ]
    insert_many(facts)


def owe_alike(pattern: Message, told: Iterable[tuple[Mapping[str, object], Iterable[Fact]]]) -> int:
    """Keep messages that differ from an unsaved one in these values only, each with the facts it tells; returns how many.

    As owe(), for thousands: no objects are made, which would take longer than all the rest.
    """
    now = clock.now()
    sender_domain = pattern.message_id.rpartition("@")[2]
    messages: list[dict[str, object]] = []
    facts: list[tuple[object, ...]] = []
    for changes, told_facts in told:
        row_id = new_id()
        own = {"id": row_id, "message_id": f"<{row_id}@{sender_domain}", **changes}
        own["to_domain"] = _domain_of(str(own["to_address"]))
        messages.append(own)
        facts += [(new_id(), now, fact.key, row_id, fact.issuance_id or own["issuance_id"]) for fact in told_facts]
    insert_alike(pattern, messages)
    insert_values(MessageFact, ("id", "created_at", "fact_key", "message_id", "issuance_id"), facts)
    return len(messages)


def _fact(told: str | Fact) -> Fact:
    return Fact(told) if isinstance(told, str) else told
