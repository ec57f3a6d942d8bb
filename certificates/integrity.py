"""Whether what a page shows is what was signed, to the letter: quick enough to ask for each page."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature

from badges.disclosure import Disclosure
from certificates.models import Credential
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.documents import evidence_of, skills_address, web_address, written
from certificates.openbadges.keys import from_multikey


class Fault(StrEnum):
    # The words on the page, the signed words and the signature do not belong together.
    ALTERED = "altered"
    UNSIGNED = "unsigned"
    # Signed when somebody else may have had the key.
    KEY_COMPROMISED = "key compromised"


class SignedRecord(NamedTuple):
    """What is stored of a signature."""

    version_id: uuid.UUID
    document: str
    sha256: str
    sha256_signature: bytes
    signed_at: datetime
    public_key: str
    key_compromised_at: datetime | None


_COLUMNS = ("version_id", "document", "sha256", "sha256_signature", "created_at", "key__public", "key__compromised_at")
# From a version.
SIGNED = tuple(f"credential__{column}" for column in _COLUMNS)
# All of a version that the check compares with: another word in any of them is another page.
SHOWN = (
    "recipient_name",
    "issued_on",
    "expires_on",
    "narrative",
    "evidence",
    "issuer_name",
    "badge_version__name",
    "badge_version__description",
    "badge_version__criteria_to_earn",
    "badge_version__criteria_to_maintain",
    "badge_version__skills",
    "badge_version__picture__sha256",
)


def record_from(stored: Sequence[Any]) -> SignedRecord | None:
    """From the values of SIGNED; None when nothing is signed."""
    version_id, document, sha256, signature, *rest = stored
    if version_id is None:
        return None
    return SignedRecord(version_id, document, sha256, bytes(signature), *rest)


def record_of(seen: Disclosure) -> SignedRecord | None:
    """Of the version that is shown."""
    stored = Credential.objects.filter(version_id=seen.version_id).values_list(*_COLUMNS).first()
    return record_from(stored) if stored else None


def fault_in(seen: Disclosure, record: SignedRecord | None) -> Fault | None:
    """None when what is shown is what the issuer signed.

    The signature here is over the digest of the stored bytes; the proof inside them is checked by the verifier.
    """
    if record is None:
        return Fault.UNSIGNED
    digest = hashlib.sha256(record.document.encode())
    try:
        from_multikey(record.public_key).verify(record.sha256_signature, digest.digest())
        document = json.loads(record.document)
    except (InvalidSignature, ValueError):
        return Fault.ALTERED
    if digest.hexdigest() != record.sha256 or not _says_what_is_shown(document, seen):
        return Fault.ALTERED
    if record.key_compromised_at and record.signed_at >= record.key_compromised_at:
        return Fault.KEY_COMPROMISED
    return None


def _says_what_is_shown(document: JsonObject, seen: Disclosure) -> bool:
    shown, signed = _shown(seen), _signed(document)
    return all(written(said) == signed[name] for name, said in shown.items())


def _shown(seen: Disclosure) -> dict[str, object]:
    badge, issuer = seen.badge, seen.issuer
    if badge is None or issuer is None:
        msg = f"A badge that is {seen.state} shows nothing that could have been altered."
        raise ValueError(msg)
    words: dict[str, object] = {
        "code": seen.code,
        "badge": badge.name,
        "description": badge.description,
        "criteria": "\n\n".join(filter(None, (badge.criteria_to_earn, badge.criteria_to_maintain))),
        "skills": [[skill.name, web_address(skill.url)] for skill in badge.skills],
        "picture": badge.picture.sha256,
        "issuer": issuer.name,
        "issued_on": str(seen.issued_on),
        "expires_on": str(seen.expires_on or ""),
    }
    if seen.shows_holder:
        words |= {"holder": seen.holder, "narrative": seen.narrative, "evidence": evidence_of(seen)}
    return words


def _signed(document: JsonObject) -> dict[str, object]:
    """The same words as the credential says them."""
    subject = document["credentialSubject"]
    achievement = subject["achievement"]
    return {
        "code": document["id"].rpartition("/")[2],
        "badge": document["name"],
        "description": document.get("description", ""),
        "criteria": achievement["criteria"].get("narrative", ""),
        "skills": [[skill["targetName"], _official(skill, achievement)] for skill in achievement.get("alignment", [])],
        "picture": achievement["image"]["id"].rpartition("/")[2].removesuffix(".png"),
        "issuer": document["issuer"]["name"],
        # The day in the issuer's zone.
        "issued_on": document["awardedDate"][:10],
        "expires_on": document.get("validUntil", "")[:10],
        "holder": subject["identifier"][1]["identityHash"],
        "narrative": subject.get("narrative", ""),
        "evidence": document.get("evidence", []),
    }


def _official(skill: JsonObject, achievement: JsonObject) -> str:
    address: str = skill["targetUrl"]
    return "" if address == skills_address(achievement["id"]) else address
