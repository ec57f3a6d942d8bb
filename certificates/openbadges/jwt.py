"""Credentials as JWT (VC-JWT of Open Badges 3.0, integrity.md §8.2): RS256 around the credential itself."""

import base64
import binascii
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

from badgecert.core.sentences import sentence as _
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.exceptions import ProofError
from certificates.openbadges.strict_json import NotJsonError, parse_object

ALGORITHM = "RS256"
_PARTS = 3
# Everything else in a header would let the sender choose how, and with what, we check.
_ALLOWED_HEADERS = {"alg", "typ", "kid"}
_ALLOWED_TYPES = {"JWT", "vc+jwt"}


class UncheckedJwt(NamedTuple):
    header: dict[str, Any]
    credential: JsonObject
    text: str


def sign_jwt(credential: JsonObject, *, key: RSAPrivateKey, kid: str) -> str:
    """The credential with its registered claims, signed. `kid` is the verification method's full address."""
    claims = {**credential, **registered_claims(credential)}
    return str(
        jws.serialize_compact(
            {"alg": ALGORITHM, "kid": kid, "typ": "JWT"},
            _compact_json(claims),
            RSAKey.import_key(key),
            algorithms=[ALGORITHM],
        )
    )


def registered_claims(credential: JsonObject) -> JsonObject:
    """iss, jti, sub, nbf and exp: the same facts again, and verifiers check that they are the same."""
    issuer = credential["issuer"]
    claims: JsonObject = {
        "iss": issuer["id"] if isinstance(issuer, dict) else issuer,
        "jti": credential["id"],
        "sub": credential["credentialSubject"]["id"],
        "nbf": _seconds(credential["validFrom"]),
    }
    if "validUntil" in credential:
        claims["exp"] = _seconds(credential["validUntil"])
    return claims


def unpack_jwt(text: str) -> UncheckedJwt:
    """Header and content, whatever they say. Raises ProofError when they cannot be read."""
    parts = text.strip().split(".")
    if len(parts) != _PARTS:
        msg = _("A signed text has three parts with dots between; this has %(number)s.", number=len(parts))
        raise ProofError(msg)
    try:
        header, claims = (parse_object(_decoded(part)) for part in parts[:2])
    except (NotJsonError, binascii.Error, ValueError) as error:
        msg = _("The signed text cannot be read. %(reason)s", reason=str(error))
        raise ProofError(msg) from error
    return UncheckedJwt(header, claims, text.strip())


def check_signature(unchecked: UncheckedJwt, *, pem: str) -> None:
    """For what is signed and no credential: assertions of Open Badges 2.0. Raises ProofError."""
    if unchecked.header.get("alg") != ALGORITHM or unchecked.header.keys() - _ALLOWED_HEADERS:
        msg = _("It is signed in a way that is not checked here; %(algorithm)s is.", algorithm=ALGORITHM)
        raise ProofError(msg)
    try:
        jws.deserialize_compact(unchecked.text, RSAKey.import_key(pem), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        msg = _("It was changed after it was signed, or somebody else signed it.")
        raise ProofError(msg) from error


def read_jwt(text: str) -> UncheckedJwt:
    """Header and credential, nothing checked yet. Raises ProofError for what could lead the check astray."""
    unchecked = unpack_jwt(text)
    header = unchecked.header
    foreign = sorted(header.keys() - _ALLOWED_HEADERS)
    if foreign:
        msg = _("Its header holds %(name)s, which would let the sender choose how it is checked.", name=foreign[0])
        raise ProofError(msg)
    if header.get("alg") != ALGORITHM or str(header.get("typ", "JWT")) not in _ALLOWED_TYPES:
        msg = _("It is signed in a way that is not checked here; %(algorithm)s is.", algorithm=ALGORITHM)
        raise ProofError(msg)
    if not isinstance(header.get("kid"), str):
        msg = _("It names no key.")
        raise ProofError(msg)
    return unchecked


def check_jwt(unchecked: UncheckedJwt, *, jwk: Mapping[str, str]) -> JsonObject:
    """The credential inside, without its registered claims, when signature and claims hold. Raises ProofError."""
    try:
        jws.deserialize_compact(unchecked.text, RSAKey.import_key(dict(jwk)), algorithms=[ALGORITHM])
    except (JoseError, ValueError) as error:
        msg = _("It was changed after it was signed, or somebody else signed it.")
        raise ProofError(msg) from error
    claims = unchecked.credential
    credential = {name: member for name, member in claims.items() if name not in {"iss", "jti", "sub", "nbf", "exp"}}
    try:
        expected = registered_claims(credential)
    except (KeyError, TypeError, ValueError) as error:
        msg = _("It is signed, and is not a whole credential.")
        raise ProofError(msg) from error
    if {name: claims.get(name) for name in ("iss", "jti", "sub", "nbf", "exp") if name in claims} != expected:
        msg = _("Its signed frame says something else than the credential in it.")
        raise ProofError(msg)
    return credential


def _compact_json(claims: JsonObject) -> bytes:
    return json.dumps(claims, ensure_ascii=False, separators=(",", ":")).encode()


def _decoded(part: str) -> bytes:
    return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)


def _seconds(moment: str) -> int:
    return int(datetime.fromisoformat(moment).timestamp())
