"""The link that an old address gets when an issuer begins to write to a new one: by it the person agrees.

Whoever has it reads the mail of an address that is proven for the account. It sends one more link, to the new address,
and nothing else, so it needs no row and no end: it works while the issuer writes there and the account does not know it.
"""

import base64
import binascii
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from badgecert.accounts.actions.alternate_addresses import held_addresses
from badgecert.accounts.secrets import keyed_hash
from badgecert.core.text import canonical_email
from badges.models import Issuance

_ID_BYTES, _ADDRESS_BYTES = 16, 8


class NotAnAgreementLinkError(ValueError):
    """The token was not made here, or what it asks is settled or true no longer."""


def agreement_url(issuance_id: uuid.UUID, *, old_address: str, new_address: str) -> str:
    """The whole address, for the mail to `old_address`."""
    content = issuance_id.bytes + _mark_of(old_address) + _mark_of(new_address)
    token = _signer().sign(base64.urlsafe_b64encode(content).decode().rstrip("="))
    return f"{settings.BASE_URL}{reverse('earners:agree_to_address', args=[token])}"


def issuance_of_agreement(token: str) -> Issuance:
    """The issuance whose new address it is about, with its earner and issuer. Raises NotAnAgreementLinkError."""
    try:
        content = base64.urlsafe_b64decode(_signer().unsign(token) + "==")
        issuance = Issuance.objects.select_related("earner", "issuer").get(
            pk=uuid.UUID(bytes=content[:_ID_BYTES]), erased_at=None, earner__isnull=False, earner__is_active=True
        )
    except (BadSignature, binascii.Error, ValueError, Issuance.DoesNotExist) as error:
        raise NotAnAgreementLinkError from error
    old, new = content[_ID_BYTES : _ID_BYTES + _ADDRESS_BYTES], content[_ID_BYTES + _ADDRESS_BYTES :]
    held = held_addresses(issuance.earner) if issuance.earner else []
    is_asked = new == _mark_of(issuance.recipient_key) and issuance.recipient_key not in held
    if not is_asked or old not in [_mark_of(address) for address in held]:
        raise NotAnAgreementLinkError
    return issuance


def _mark_of(address: str) -> bytes:
    return bytes.fromhex(keyed_hash("agreement link", canonical_email(address)))[:_ADDRESS_BYTES]


def _signer() -> Signer:
    return Signer(salt="earners.address_links", sep=".")
