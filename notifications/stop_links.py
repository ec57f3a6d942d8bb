"""The link in a mail that ends mails like it, by one click and without a login.

It names a badge and not a person: whoever holds that badge when the link is followed gets no more of them.
"""

import uuid

from django.conf import settings
from django.core import signing
from django.urls import reverse

from notifications.models import OptionalMail


class NotAStopLinkError(ValueError):
    """The token was not made here, or part of it got lost on the way."""


def stop_url(issuance_id: uuid.UUID, *, mails: OptionalMail) -> str:
    """The whole address at which these mails of this issuance's organisation end. It never lapses."""
    token = _signer().sign(f"{mails.value}-{issuance_id.hex}")
    return f"{settings.BASE_URL}{reverse('notifications:stop_mails', args=[token])}"


def read_stop_link(token: str) -> tuple[OptionalMail, uuid.UUID]:
    """What is to end, and the issuance. Raises NotAStopLinkError."""
    try:
        mails, _hyphen, issuance_id = _signer().unsign(token).partition("-")
        return OptionalMail(mails), uuid.UUID(issuance_id)
    except (signing.BadSignature, ValueError) as error:
        raise NotAStopLinkError from error


def stop_headers(url: str) -> dict[str, str]:
    """RFC 8058: a mail program shows a button of its own, which posts there."""
    return {"List-Unsubscribe": f"<{url}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def _signer() -> signing.Signer:
    # A full stop is safe in an address as it stands; Django's colon would be escaped.
    return signing.Signer(salt="notifications.stop", sep=".")
