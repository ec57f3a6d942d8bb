"""The lists that issuers publish beside their credentials: what is revoked, and what is suspended."""

import json
import uuid
from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from django.db.models import F

from badges.disclosure import revoked_codes
from certificates.actions.keys import open_ed25519, signing_key_for
from certificates.addresses import absolute, did_of, status_list_address
from certificates.models import Credential, KeyKind, SigningKey, StatusList
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.proofs import add_proof
from certificates.openbadges.status_list import status_list_credential
from issuers.models import Issuer


def revocation_list(status_list: StatusList) -> str:
    """The signed list on which every credential has its place. A bit that is set stays. Raises SealError."""
    marked = Credential.objects.filter(status_list=status_list, status_bit__isnull=False)
    return _signed_list(
        status_list,
        purpose="revocation",
        address=status_list_address(status_list.issuer.slug, status_list.number),
        marked=marked.order_by("status_index").values_list("status_index", "status_bit__created_at"),
    )


def suspension_list(status_list: StatusList) -> str:
    """The same places, with those set that are under review now. Raises SealError."""
    marked = Credential.objects.filter(
        status_list=status_list,
        version__issuance__suspended_at__isnull=False,
        version=F("version__issuance__current_version"),
    )
    return _signed_list(
        status_list,
        purpose="suspension",
        address=absolute("certificates:suspension_list", status_list.issuer.slug, status_list.number),
        marked=marked.order_by("status_index").values_list("status_index", "version__issuance__suspended_at"),
    )


def revoked_credentials(issuer: Issuer) -> JsonObject:
    """1EdTech's own form of the list. Validators read one spelling, its specification says the other."""
    revoked = [
        {"id": absolute("certificates:verification", code), "revoked": True, "revocationReason": reason}
        for code, reason in revoked_codes(issuer)
    ]
    return {
        "id": absolute("certificates:revoked_credentials", issuer.slug),
        "issuer": did_of(issuer.slug),
        "revokedCredential": revoked,
        "revokedCredentials": revoked,
    }


def _signed_list(
    status_list: StatusList, *, purpose: str, address: str, marked: Iterable[tuple[int, datetime | None]]
) -> str:
    indexes, instants = [], [status_list.created_at]
    for index, at in marked:
        indexes.append(index)
        instants += [at] if at else []
    issuer = status_list.issuer
    key = SigningKey.objects.active().filter(issuer=issuer, kind=KeyKind.ED25519).first() or signing_key_for(issuer)
    # The same bits under the same key are the same bytes, so that whoever asks again is told "unchanged".
    valid_from = max(key.activated_at, *instants)
    return _signed(address, purpose, tuple(indexes), valid_from, did_of(issuer.slug), key.pk)


@lru_cache(maxsize=64)
def _signed(
    address: str, purpose: str, indexes: tuple[int, ...], valid_from: datetime, did: str, key_id: uuid.UUID
) -> str:
    key = SigningKey.objects.get(pk=key_id)
    document = status_list_credential(
        address=address, issuer=did, purpose=purpose, set_indexes=indexes, valid_from=valid_from
    )
    signed = add_proof(document, key=open_ed25519(key), verification_method=f"{did}#{key.fragment}", created=valid_from)
    return json.dumps(signed, ensure_ascii=False, separators=(",", ":"))
