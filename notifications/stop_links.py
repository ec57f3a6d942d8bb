"""The link in a mail that ends mails of its kind, by one click and without a login."""

import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse

_SALT = "notifications.stop"


class NotAStopLinkError(ValueError):
    """The token was not made here, or part of it got lost on the way."""


def stop_url(issuance_id: uuid.UUID) -> str:
    """The whole address at which the reminders of this issuance's organisation end. It never lapses."""
    token = signing.Signer(salt=_SALT, sep=".").sign(issuance_id.hex)
    return f"{settings.BASE_URL}{reverse('notifications:stop_reminders', args=[token])}"


def issuance_id_from_stop_link(token: str) -> uuid.UUID:
    """Raises NotAStopLinkError."""
    try:
        return uuid.UUID(signing.Signer(salt=_SALT, sep=".").unsign(token))
    except (signing.BadSignature, ValueError) as error:
        raise NotAStopLinkError from error
