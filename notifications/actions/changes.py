"""Owing the mail about what staff changed on a badge."""

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


def queue_version_mail(issuance: Issuance, *, version_kind: VersionKind) -> None:
    queue_change_mail(issuance, kind=_KINDS[version_kind])


@transaction.atomic
def queue_change_mail(issuance: Issuance, *, kind: MessageKind) -> None:
    """Tell the earner what was done to the current version: once, because each version lives through it once."""
    version = issuance.current_version.number
    message = new_message(
        kind,
        to_address=issuance.recipient_email,
        issuance=issuance,
        issuer=issuance.issuer,
        user=issuance.earner,
        details={"version": version},
    )
    owe({f"{kind}:{issuance.pk}:{version}": message})
