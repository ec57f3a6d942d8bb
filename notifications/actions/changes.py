"""Owing the mail about what staff changed on a badge."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from badges.models import Issuance, VersionKind
from notifications.actions.outbox import new_message, owe
from notifications.models import MessageKind

_KINDS = {
    VersionKind.CORRECTED: MessageKind.CORRECTED,
    VersionKind.RENEWED: MessageKind.RENEWED,
    VersionKind.RESTORED: MessageKind.RESTORED,
    VersionKind.REINSTATED: MessageKind.RESTORED,
}


def queue_version_mails(issuance_ids: Sequence[uuid.UUID], *, version_kind: VersionKind) -> None:
    queue_change_mails(issuance_ids, kind=_KINDS[version_kind])


@transaction.atomic
def queue_change_mails(issuance_ids: Sequence[uuid.UUID], *, kind: MessageKind) -> None:
    """Tell the earners what was done to the current versions: once, because each version lives through it once.

    Three statements for any number of issuances.
    """
    rows = (
        Issuance.objects.filter(pk__in=issuance_ids)
        .order_by("pk")
        .values_list("id", "issuer_id", "earner_id", "recipient_email", "current_version__number")
    )
    owe(
        {
            f"{kind}:{issuance_id}:{number}": new_message(
                kind,
                to_address=address,
                issuance_id=issuance_id,
                issuer_id=issuer_id,
                user_id=earner_id,
                details={"version": number},
            )
            for issuance_id, issuer_id, earner_id, address, number in rows
        }
    )
