"""Owing: a message is a row, written in the transaction of the fact that owes it to somebody."""

import uuid
from collections.abc import Iterable

from django.conf import settings
from django.db import transaction

from badgecert.accounts.models import User
from badgecert.core.models import new_id
from badges.models import Issuance
from notifications.models import Message, MessageFact, MessageKind


@transaction.atomic
def queue_issuance_mails(issuance_ids: Iterable[uuid.UUID]) -> None:
    """Owe each earner the mail about their badge. Three statements for any number of issuances."""
    rows = Issuance.objects.filter(pk__in=list(issuance_ids)).values_list(
        "id", "issuer_id", "earner_id", "recipient_email"
    )
    owe(
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
    owe({f"password:{message.pk}": message})


@transaction.atomic
def queue_locked_mail(user: User) -> None:
    """Tell the person that their account is locked: once for each time that it is."""
    message = new_message(MessageKind.LOCKED, to_address=user.email, user=user)
    owe({f"locked:{user.pk}:{user.locked_at:%Y%m%dT%H%M%S%f}": message})


def new_message(kind: MessageKind, **fields: object) -> Message:
    """An unsaved message, due now."""
    row_id = new_id()
    domain = settings.MAIL_FROM_ADDRESS.rpartition("@")[2]
    return Message(id=row_id, kind=kind, message_id=f"<{row_id}@{domain}>", **fields)


def owe(messages: dict[str, Message]) -> None:
    """Keep messages by the fact that each tells. An IntegrityError means that a fact was announced twice."""
    Message.objects.bulk_create(messages.values())
    MessageFact.objects.bulk_create(
        MessageFact(fact_key=fact_key, message=message) for fact_key, message in messages.items()
    )
