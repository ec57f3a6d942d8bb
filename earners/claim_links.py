"""The link in a mail that claims one badge. Who has it reads the mail of the address that the issuer used."""

import base64
import binascii
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from badgecert.accounts.secrets import keyed_hash
from badgecert.core.text import canonical_email
from badges.models import Issuance

_ID_BYTES, _ADDRESS_BYTES = 16, 8


class NotAClaimLinkError(ValueError):
    """The token was not made here, part of it got lost on the way, or it went to an address that holds no longer."""


def claim_url(issuance_id: uuid.UUID, *, address: str) -> str:
    """The whole address of a link for the mail to `address`. It stops working when the issuer writes to another one.

    Otherwise it never lapses: people find the mail years later, and a claimed badge just says so.
    """
    token = _signer().sign(base64.urlsafe_b64encode(issuance_id.bytes + _mark_of(address)).decode().rstrip("="))
    return f"{settings.BASE_URL}{reverse('earners:claim_link', args=[token])}"


def issuance_of_claim_link(token: str) -> Issuance:
    """The issuance, with its earner. Raises NotAClaimLinkError."""
    try:
        content = base64.urlsafe_b64decode(_signer().unsign(token) + "==")
        issuance = Issuance.objects.select_related("earner").get(
            pk=uuid.UUID(bytes=content[:_ID_BYTES]), erased_at=None, earner__isnull=False
        )
    except (BadSignature, binascii.Error, ValueError, Issuance.DoesNotExist) as error:
        raise NotAClaimLinkError from error
    if content[_ID_BYTES:] != _mark_of(issuance.recipient_key):
        raise NotAClaimLinkError
    return issuance


def _mark_of(address: str) -> bytes:
    """Tells one address of an issuance from the next, and tells nobody the address."""
    return bytes.fromhex(keyed_hash("claim link", canonical_email(address)))[:_ADDRESS_BYTES]


def _signer() -> Signer:
    # A full stop is safe in an address as it stands; Django's colon would be escaped.
    return Signer(salt="earners.claim_links", sep=".")
