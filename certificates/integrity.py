"""Whether what a page shows is what was signed, to the letter: quick enough to ask for each page."""

import hashlib
import json
import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

from cryptography.exceptions import InvalidSignature

from badges.disclosure import Disclosure, glance
from certificates.models import Credential
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.documents import evidence_of, written
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
_RECORD = tuple(f"current_version__credential__{column}" for column in _COLUMNS)
# All that the check compares with: another word in any of them is another page.
_SHOWN = tuple(
    f"current_version__{column}"
    for column in (
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
)


def tag_and_record(code: str) -> tuple[str, str, SignedRecord | None]:
    """For one query: the tag of what is disclosed, another one of all that fault_in() reads, and the signed record.

    Only while both tags stay the same is a page that was made before still true.
    """
    seen = glance(code, *_RECORD, *_SHOWN)
    stored, shown = seen.columns[: len(_RECORD)], seen.columns[len(_RECORD) :]
    record = _record(stored) if stored[0] is not None else None
    return seen.tag, hashlib.sha256(repr((record, shown)).encode()).hexdigest(), record


def record_of(seen: Disclosure) -> SignedRecord | None:
    """Of the version that is shown."""
    stored = Credential.objects.filter(version_id=seen.version_id).values_list(*_COLUMNS).first()
    return _record(stored) if stored else None


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


def _record(stored: tuple[Any, ...]) -> SignedRecord:
    version_id, document, sha256, signature, *rest = stored
    return SignedRecord(version_id, document, sha256, bytes(signature), *rest)


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
        "skills": list(badge.skills),
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
        "skills": achievement.get("tag", []),
        "picture": achievement["image"]["id"].rpartition("/")[2].removesuffix(".png"),
        "issuer": document["issuer"]["name"],
        # The day in the issuer's zone.
        "issued_on": document["awardedDate"][:10],
        "expires_on": document.get("validUntil", "")[:10],
        "holder": subject["identifier"][1]["identityHash"],
        "narrative": subject.get("narrative", ""),
        "evidence": document.get("evidence", []),
    }
