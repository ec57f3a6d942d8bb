"""Owing the mails about an account's addresses and its second factor."""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from badgecert.accounts.actions.alternate_addresses import AddressChange, has_been_used
from badgecert.accounts.models import User
from badges.models import Issuance
from issuers.models import Issuer
from notifications.actions.outbox import new_message, owe
from notifications.actions.preferences import move_mail_preferences
from notifications.models import Message, MessageKind, MessageState


@transaction.atomic
def queue_proof_mail(user: User, *, address: str, kind: MessageKind) -> None:
    """Owe an address the link that proves it. Each time somebody asks, another one."""
    message = new_message(kind, to_address=address, user=user)
    owe({f"{kind}:{message.pk}": message})


@transaction.atomic
def queue_address_change_mails(
    user: User, *, change: AddressChange, address: str, told: Sequence[str], by: User | None
) -> None:
    """Tell every address that the account had before: whoever minds reads at least one of them."""
    details = {"change": change.value, "address": address, "by_operator": by != user}
    messages = [
        new_message(MessageKind.ADDRESS_CHANGED, to_address=told_address, user=user, details=details)
        for told_address in told
    ]
    owe({f"address_changed:{message.pk}": message for message in messages})


@transaction.atomic
def queue_second_factor_mail(user: User) -> None:
    message = new_message(MessageKind.SECOND_FACTOR_RESET, to_address=user.email, user=user)
    owe({f"second_factor_reset:{message.pk}": message})


@transaction.atomic
def queue_recipient_change_mails(
    issuer: Issuer,
    *,
    issuance_ids: Sequence[uuid.UUID],
    old_address: str,
    new_address: str,
    earner: User,
    old_earner: User,
) -> None:
    """Tell both addresses, and send what waits to be claimed to the new one.

    An old address that never heard of a badge was a slip of the pen: whoever reads it learns nothing now. A new one whose
    account holds them from now on gets the mails about the badges themselves.
    """
    issuances = list(Issuance.objects.filter(pk__in=issuance_ids).order_by("-issued_at", "pk"))
    told = []
    if has_been_used(old_earner):
        told = [(old_address, old_earner), (new_address, earner)]
    elif Message.objects.filter(issuance__in=issuances, to_address=old_address, state=MessageState.SENT).exists():
        told = [(old_address, old_earner)]
    for address, account in told:
        message = new_message(
            MessageKind.RECIPIENT_CHANGED, to_address=address, issuance=issuances[0], issuer=issuer, user=account
        )
        owe({f"recipient_changed:{message.pk}": message})
    waiting = [
        issuance
        for issuance in issuances
        if not (issuance.claimed_at or issuance.declined_at or issuance.revoked_at or issuance.suspended_at)
    ]
    _send_once_more(waiting, issuer=issuer, user=earner)


def _send_once_more(issuances: Sequence[Issuance], *, issuer: Issuer, user: User) -> None:
    """The mail about each badge as a new one; what has not left to the old address does not."""
    old = Message.objects.filter(kind=MessageKind.ISSUANCE, issuance__in=issuances)
    numbers = dict(old.order_by().values("issuance").annotate(last=Max("sequence")).values_list("issuance", "last"))
    old.filter(state=MessageState.QUEUED, sealed_body=None).update(state=MessageState.CANCELLED)
    messages = [
        new_message(
            MessageKind.ISSUANCE,
            to_address=issuance.recipient_email,
            issuance=issuance,
            issuer=issuer,
            user=user,
            sequence=numbers.get(issuance.pk, 0) + 1,
        )
        for issuance in issuances
    ]
    owe({f"issuance:{message.issuance_id}:again:{message.sequence}": message for message in messages})


@transaction.atomic
def join_mails(*, kept: User, closed: User) -> None:
    """Two accounts became one: so did what was written to them, and what either did not want."""
    Message.objects.filter(user=closed).update(user=kept)
    move_mail_preferences(kept=kept, closed=closed)
