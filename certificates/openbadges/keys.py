"""Keys in the spellings of the standards: Multikey, JWK, and the did:web document that publishes them.

Multikey: W3C Controlled Identifiers 1.0 §2.2.2; did:web: its method specification; what verifiers accept:
standards.md §2.
"""

import base64
from collections.abc import Container, Iterable
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import base58
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, RSAPublicKey

from badgecert.core.sentences import sentence as _

_ED25519_HEADER = bytes.fromhex("ed01")
_RAW_LENGTH = 32

# Points of small order: with one of these as key, one signature fits many texts (RFC 8032 §8.4, ed25519 "Taming the many").
_SMALL_ORDER = {
    bytes.fromhex(point)
    for point in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        "0000000000000000000000000000000000000000000000000000000000000080",
        "0100000000000000000000000000000000000000000000000000000000000080",
    )
}


def multikey(key: Ed25519PublicKey | Ed25519PrivateKey) -> str:
    """z6Mk…: base58btc over the two bytes that mean Ed25519 and the 32 of the public key."""
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return "z" + base58.b58encode(_ED25519_HEADER + public.public_bytes_raw()).decode()


def from_multikey(text: str) -> Ed25519PublicKey:
    """Raises ValueError for anything but an Ed25519 key in base58btc, and for keys that fit any text."""
    raw = base58.b58decode(text.removeprefix("z")) if text.startswith("z") else b""
    if not raw.startswith(_ED25519_HEADER) or len(raw) != len(_ED25519_HEADER) + _RAW_LENGTH:
        msg = _("This is not an Ed25519 key in Multikey form.")
        raise ValueError(msg)
    point = raw.removeprefix(_ED25519_HEADER)
    if point in _SMALL_ORDER:
        msg = _("This key would fit signatures nobody made.")
        raise ValueError(msg)
    return Ed25519PublicKey.from_public_bytes(point)


def rsa_jwk(key: RSAPublicKey | RSAPrivateKey) -> dict[str, str]:
    public = key.public_key() if isinstance(key, RSAPrivateKey) else key
    numbers = public.public_numbers()
    return {"kty": "RSA", "alg": "RS256", "n": _base64url_integer(numbers.n), "e": _base64url_integer(numbers.e)}


def did_web(base_url: str, *path: str) -> str:
    """did:web:badges.example.org:issuers:northgate; a port is written with %3A."""
    return ":".join(["did:web", quote(urlsplit(base_url).netloc, safe=""), *(quote(part, safe="") for part in path)])


def did_web_url(did: str, *, scheme: str = "https") -> str:
    """Where the document of a did:web stands. Raises ValueError for anything else."""
    method, _colon, rest = did.partition("did:web:")
    parts = rest.split(":")
    names = [unquote(part) for part in parts]
    if method or not rest or not all(names) or any("/" in n or n in {".", ".."} or "@" in n for n in names):
        msg = f"{did} is not a did:web."
        raise ValueError(msg)
    host, *path = names
    return f"{scheme}://{host}/{'/'.join([*map(quote, path), 'did.json']) if path else '.well-known/did.json'}"


def did_document(
    did: str,
    *,
    ed25519: Iterable[tuple[str, str]],
    rsa: Iterable[tuple[str, dict[str, str]]],
    compromised: Container[str] = (),
) -> dict[str, Any]:
    """The document of an issuer's DID: fragments with Multikeys and with JWKs, and which of them assert nothing more.

    `assertionMethod` lists full DID URLs as strings, because 1EdTech's validator takes nothing else (standards.md §2.1).
    """
    methods: list[dict[str, Any]] = [
        {"id": f"{did}#{fragment}", "type": "Multikey", "controller": did, "publicKeyMultibase": key}
        for fragment, key in ed25519
    ]
    methods += [
        {"id": f"{did}#{fragment}", "type": "JsonWebKey", "controller": did, "publicKeyJwk": jwk}
        for fragment, jwk in rsa
    ]
    return {
        "@context": [
            "https://www.w3.org/ns/did/v1",
            "https://w3id.org/security/multikey/v1",
            "https://w3id.org/security/jwk/v1",
        ],
        "id": did,
        "verificationMethod": methods,
        "assertionMethod": [
            method["id"] for method in methods if method["id"].removeprefix(f"{did}#") not in compromised
        ],
    }


def _base64url_integer(number: int) -> str:
    octets = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
