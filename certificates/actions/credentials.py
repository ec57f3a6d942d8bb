"""Signing what was issued, and marking on the status list what no longer counts."""

import hashlib
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from django.db import IntegrityError, transaction
from django.db.models import Max

from badgecert.core import clock
from badgecert.core.inserting import insert_alike
from badges.disclosure import said_by
from badges.models import IssuanceVersion
from certificates.actions.keys import key_to_sign_many, open_ed25519, open_rsa, signing_key_for
from certificates.addresses import did_of
from certificates.credentials import credential_document
from certificates.models import Credential, CredentialJwt, KeyKind, StatusBit, StatusList
from certificates.openbadges.jwt import sign_jwt
from certificates.openbadges.signing import CredentialSigner
from certificates.openbadges.status_list import ENTRIES, shuffled
from issuers.models import Issuer


@transaction.atomic
def sign_versions(version_ids: Sequence[uuid.UUID]) -> None:
    """Sign what these new versions say, for as many statements per issuer as one of them takes.

    Raises SealError; UnsafeDocumentError when something would stay unsigned.
    """
    versions = (
        IssuanceVersion.objects.filter(pk__any=version_ids)
        .order_by("issuance__issuer_id")
        .values_list("issuance__issuer_id", "pk")
    )
    by_issuer = [(issuer_id, [pk for _issuer, pk in group]) for issuer_id, group in groupby(versions, itemgetter(0))]
    for issuer in Issuer.objects.filter(pk__in=[issuer_id for issuer_id, _ids in by_issuer]).order_by("pk"):
        _sign_versions_of(issuer, dict(by_issuer)[issuer.pk])


def _sign_versions_of(issuer: Issuer, version_ids: Sequence[uuid.UUID]) -> None:
    key = key_to_sign_many(issuer)
    private = open_ed25519(key)
    signer = CredentialSigner(
        key=private, verification_method=f"{did_of(issuer.slug)}#{key.fragment}", created=clock.now()
    )
    credentials = []
    places = _free_places(issuer, len(version_ids))
    for (version_id, seen), (status_list, index) in zip(said_by(version_ids).items(), places, strict=True):
        document = credential_document(seen, list_number=status_list.number, index=index)
        text = json.dumps(signer.add_proof(document), ensure_ascii=False, separators=(",", ":"))
        digest = hashlib.sha256(text.encode())
        credentials.append(
            {
                "version_id": version_id,
                "status_list_id": status_list.pk,
                "status_index": index,
                "document": text,
                "sha256": digest.hexdigest(),
                "sha256_signature": private.sign(digest.digest()),
            }
        )
    insert_alike(Credential(key=key), credentials)


def _new_list(issuer: Issuer) -> StatusList:
    while True:
        last = StatusList.objects.filter(issuer=issuer).aggregate(last=Max("number"))["last"] or 0
        try:
            with transaction.atomic():
                return StatusList.objects.create(issuer=issuer, number=last + 1)
        except IntegrityError:
            # Another worker opened this one at the same moment and fills it.
            continue


def _free_places(issuer: Issuer, wanted: int) -> Iterator[tuple[StatusList, int]]:
    """Places on a list of the issuer's that nobody else fills at this moment, and on further ones when it is full."""
    while wanted:
        free = StatusList.objects.filter(issuer=issuer, used__lt=ENTRIES).select_for_update(skip_locked=True)
        status_list = free.order_by("number").first() or _new_list(issuer)
        first, last = status_list.used, min(status_list.used + wanted, ENTRIES)
        status_list.used = last
        status_list.save(update_fields=["used"])
        wanted -= last - first
        seed = bytes(status_list.seed)
        for counter in range(first, last):
            yield status_list, shuffled(counter, key=seed)


def set_status_bits(version_ids: Iterable[uuid.UUID], *, why: StatusBit.Why) -> None:
    """The credentials of these versions no longer count. A bit that is set stays as it is."""
    credential_ids = Credential.objects.filter(version__in=version_ids, status_bit=None).order_by("pk")
    StatusBit.objects.bulk_create(
        [StatusBit(credential_id=pk, why=why) for pk in credential_ids.values_list("pk", flat=True)]
    )


@transaction.atomic
def jwt_of(credential: Credential) -> str:
    """The credential as JWT, signed at the first request. Raises SealError."""
    made = CredentialJwt.objects.filter(credential=credential).first()
    if made is None:
        issuer = credential.key.issuer
        # Holds others off, so that two who ask at once get the same.
        key = signing_key_for(issuer, kind=KeyKind.RSA)
        kid = f"{did_of(issuer.slug)}#{key.fragment}"
        text = sign_jwt(json.loads(credential.document), key=open_rsa(key), kid=kid)
        made, _is_new = CredentialJwt.objects.get_or_create(credential=credential, defaults={"key": key, "text": text})
    return made.text
