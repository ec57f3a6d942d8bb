"""Bitstring status lists (W3C Bitstring Status List 1.0): one bit for each version of each issuance."""

import base64
import binascii
import gzip
import hmac
import io
import zlib
from collections.abc import Iterable
from datetime import UTC, datetime

from badgecert.core.sentences import sentence as _
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.contexts import CREDENTIALS_V2
from certificates.openbadges.exceptions import ProofError

# The least that the standard allows: a short list would tell who is in it.
ENTRIES = 131_072
_BITS = (ENTRIES - 1).bit_length()
_MOST_BYTES = 4_194_304


def encoded_list(set_indexes: Iterable[int], *, entries: int = ENTRIES) -> str:
    """Multibase base64url of the gzipped bits; bit 0 is the most significant of the first octet."""
    bits = bytearray(entries // 8)
    for index in set_indexes:
        bits[index // 8] |= 128 >> index % 8
    # No time stamp in the header: the same bits are the same text.
    return "u" + base64.urlsafe_b64encode(gzip.compress(bytes(bits), mtime=0)).rstrip(b"=").decode()


def is_set(encoded: str, index: int) -> bool:
    """The bit at an index. Raises ProofError for a list that is none, is too large or too short."""
    try:
        packed = base64.urlsafe_b64decode(encoded.removeprefix("u") + "=" * (-(len(encoded) - 1) % 4))
        with gzip.GzipFile(fileobj=io.BytesIO(packed)) as file:
            bits = file.read(_MOST_BYTES + 1)
    except (binascii.Error, OSError, EOFError, zlib.error, ValueError) as error:
        msg = _("Its status list cannot be read.")
        raise ProofError(msg) from error
    if not encoded.startswith("u") or len(bits) > _MOST_BYTES or not 0 <= index < len(bits) * 8:
        msg = _("Its place on the status list is outside the list.")
        raise ProofError(msg)
    return bool(bits[index // 8] & 128 >> index % 8)


def status_list_credential(
    *, address: str, issuer: str, purpose: str, set_indexes: Iterable[int], valid_from: datetime
) -> JsonObject:
    """The list as a credential of its own, to be signed."""
    return {
        "@context": [CREDENTIALS_V2],
        "id": address,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": f"{valid_from.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "credentialSubject": {
            "id": f"{address}#list",
            "type": "BitstringStatusList",
            "statusPurpose": purpose,
            "encodedList": encoded_list(set_indexes),
        },
    }


def status_entry(*, list_address: str, index: int, purpose: str = "revocation") -> JsonObject:
    """What a credential says about its place on a list."""
    return {
        "id": f"{list_address}#{index}",
        "type": "BitstringStatusListEntry",
        "statusPurpose": purpose,
        "statusListIndex": str(index),
        "statusListCredential": list_address,
    }


def shuffled(counter: int, *, key: bytes) -> int:
    """The counter-th index of a list in an order only the key knows: neighbours in time are not neighbours there.

    A four-round Feistel network over 17 bits with cycle walking: every index comes exactly once.
    """
    if not 0 <= counter < ENTRIES:
        msg = f"A list has {ENTRIES} places; {counter} is not one."
        raise ValueError(msg)
    half = (_BITS + 1) // 2
    mask = (1 << half) - 1
    value = counter
    while True:
        left, right = value >> half, value & mask
        for turn in range(4):
            digest = hmac.digest(key, bytes([turn]) + right.to_bytes(4, "big"), "sha256")
            left, right = right, left ^ int.from_bytes(digest[:4], "big") & mask
        value = left << half | right
        if value < ENTRIES:
            return value
