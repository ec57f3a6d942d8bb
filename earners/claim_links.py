"""The link in a mail that claims one badge. Who has it reads the earner's mail, so it proves their address."""

import base64
import binascii
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse


class NotAClaimLinkError(ValueError):
    """The token was not made here, or part of it got lost on the way."""


def claim_url(issuance_id: uuid.UUID) -> str:
    """The whole address. It never lapses: people find the mail years later, and a claimed badge just says so."""
    token = _signer().sign(base64.urlsafe_b64encode(issuance_id.bytes).decode().rstrip("="))
    return f"{settings.BASE_URL}{reverse('earners:claim_link', args=[token])}"


def issuance_id_from(token: str) -> uuid.UUID:
    """Raises NotAClaimLinkError."""
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(_signer().unsign(token) + "=="))
    except (BadSignature, binascii.Error, ValueError) as error:
        raise NotAClaimLinkError from error


def _signer() -> Signer:
    # A full stop is safe in an address as it stands; Django's colon would be escaped.
    return Signer(salt="earners.claim_links", sep=".")
