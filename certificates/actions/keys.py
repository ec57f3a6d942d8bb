"""The keys with which issuers sign: made at first need, sealed, retired, given up."""

import json
from datetime import datetime

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from django.core.exceptions import PermissionDenied
from django.db import connection, transaction

from badgecert.accounts.models import User
from badgecert.core import audit, clock, seal
from certificates.models import KeyKind, SigningKey
from certificates.openbadges.keys import multikey, rsa_jwk
from issuers.models import Issuer
from issuers.permissions import can_own

_FRAGMENTS = {KeyKind.ED25519: "key", KeyKind.RSA: "rsa"}
_RSA_BITS = 2048
_RSA_EXPONENT = 65537


@transaction.atomic
def signing_key_for(issuer: Issuer, *, kind: KeyKind = KeyKind.ED25519) -> SigningKey:
    """The issuer's active key, made at first need.

    Until the caller's transaction ends nobody else signs for this issuer or changes its keys, so that each credential
    is signed with exactly one active key. Raises SealError.
    """
    lock_keys_of(issuer)
    return SigningKey.objects.active().filter(issuer=issuer, kind=kind).first() or _make_key(issuer, kind=kind)


@transaction.atomic
def rotate_key(issuer: Issuer, *, by: User | None) -> SigningKey:
    """Retire the active keys and sign with a new one from now on. `by` None is the operator at the console.

    What was signed stays good. Raises PermissionDenied when `by` is no owner; SealError.
    """
    if by is not None and not can_own(by, issuer):
        raise PermissionDenied
    lock_keys_of(issuer)
    SigningKey.objects.active().filter(issuer=issuer).update(retired_at=clock.now())
    key = _make_key(issuer, kind=KeyKind.ED25519)
    audit.record("signing key rotated", key, by=by, issuer_id=issuer.pk, fragment=key.fragment)
    return key


@transaction.atomic
def mark_key_compromised(key: SigningKey, *, at: datetime, by: User | None) -> SigningKey:
    """Somebody else may have signed with it since then: it leaves the issuer's list of keys that count.

    Of two instants the earlier one stays. Raises PermissionDenied when `by` is no owner.
    """
    if by is not None and not can_own(by, key.issuer):
        raise PermissionDenied
    lock_keys_of(key.issuer)
    key.refresh_from_db()
    key.retired_at = key.retired_at or clock.now()
    key.compromised_at = min(at, key.compromised_at or at)
    key.save(update_fields=["retired_at", "compromised_at"])
    audit.record("signing key compromised", key, by=by, issuer_id=key.issuer_id, fragment=key.fragment)
    return key


@transaction.atomic
def key_to_sign_many(issuer: Issuer) -> SigningKey:
    """As signing_key_for(), but others may sign for this issuer meanwhile: so workers share the rows of a batch.

    Who gives numbers counts on from the others, and waits for them.
    """
    is_first = not SigningKey.objects.active().filter(issuer=issuer, kind=KeyKind.ED25519).exists()
    if is_first or issuer.certificate_numbers or connection.vendor != "postgresql":
        return signing_key_for(issuer)
    with connection.cursor() as cursor:
        # Not with the lock of a moment ago: who changes the keys takes one that keeps this one out.
        table, key = Issuer._meta.db_table, Issuer._meta.pk.column
        cursor.execute(f"SELECT 1 FROM {table} WHERE {key} = %s FOR SHARE", [issuer.pk])  # noqa: S608  names of our own
    return SigningKey.objects.active().filter(issuer=issuer, kind=KeyKind.ED25519).first() or signing_key_for(issuer)


def lock_keys_of(issuer: Issuer) -> None:
    """Nobody else signs for this issuer or changes its keys until the caller's transaction ends."""
    # The weaker lock lets others add rows that point at the issuer.
    Issuer.objects.select_for_update(no_key=True).only("pk").get(pk=issuer.pk)


def open_ed25519(key: SigningKey) -> Ed25519PrivateKey:
    """Raises SealError."""
    return Ed25519PrivateKey.from_private_bytes(seal.open_sealed(bytes(key.sealed_private)))


def open_rsa(key: SigningKey) -> RSAPrivateKey:
    """Raises SealError."""
    private = serialization.load_der_private_key(seal.open_sealed(bytes(key.sealed_private)), password=None)
    if not isinstance(private, RSAPrivateKey):
        msg = f"{key.fragment} is no RSA key."
        raise TypeError(msg)
    return private


def _make_key(issuer: Issuer, *, kind: KeyKind) -> SigningKey:
    number = SigningKey.objects.filter(issuer=issuer, kind=kind).count() + 1
    public, private = _rsa_pair() if kind == KeyKind.RSA else _ed25519_pair()
    return SigningKey.objects.create(
        issuer=issuer,
        kind=kind,
        fragment=f"{_FRAGMENTS[kind]}-{number}",
        public=public,
        sealed_private=seal.seal(private),
        activated_at=clock.now(),
    )


def _ed25519_pair() -> tuple[str, bytes]:
    private = Ed25519PrivateKey.generate()
    return multikey(private), private.private_bytes_raw()


def _rsa_pair() -> tuple[str, bytes]:
    private = generate_private_key(public_exponent=_RSA_EXPONENT, key_size=_RSA_BITS)
    return json.dumps(rsa_jwk(private)), private.private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
