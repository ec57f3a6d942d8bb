"""Open Badges 3.0 documents, written as the standard says (plain Python: no database, no Django)."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pyoxigraph

from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_V3, OPEN_BADGES_V3_EXTENSIONS

if TYPE_CHECKING:
    from badges.disclosure import BadgeFacts, Disclosure, IssuerFacts

CONTEXTS = [CREDENTIALS_V2, OPEN_BADGES_V3, OPEN_BADGES_V3_EXTENSIONS]
SCHEMA = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"

# Implementations sign control characters differently, and take "_:" for a node without a name (standards.md §5).
_UNSIGNABLE = re.compile("^(?:_:|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f])+|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
# The spaces of other scripts too: JSON-LD would drop the address, and all that is said about it.
_NOT_IN_ADDRESSES = re.compile('[\x00-\x20<>"{}|^`\\\\]|\\s')


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the things are that the document speaks of; they are their ids, and must never change."""

    credential: str
    credential_picture: str
    refresh: str
    achievement: str
    achievement_picture: str
    # A DID: the issuer is whoever has the keys that its document lists.
    issuer: str
    issuer_logo: str = ""


def achievement_credential(seen: "Disclosure", addresses: Addresses, *, status: JsonObject) -> JsonObject:
    """The credential of a disclosure that shows its holder, to be signed; `status` is its place on the status list.

    Raises ValueError for any other disclosure.
    """
    badge, issuer = seen.badge, seen.issuer
    if badge is None or issuer is None or seen.issued_on is None or seen.valid_from is None or not seen.holder:
        msg = f"A badge that is {seen.state} has no credential to give."
        raise ValueError(msg)
    zone = issuer.time_zone
    document: JsonObject = written(
        {
            "@context": CONTEXTS,
            "id": addresses.credential,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": badge.name,
            "description": badge.description,
            "image": _image(addresses.credential_picture, badge.name),
            "awardedDate": first_second(seen.issued_on, zone),
            "issuer": _profile(issuer, addresses),
            "validFrom": instant(seen.valid_from),
            "validUntil": last_second(seen.expires_on, zone) if seen.expires_on else None,
            "credentialSubject": {
                "id": f"urn:uuid:{seen.subject_id}",
                "type": ["AchievementSubject"],
                "identifier": [
                    _identity(seen),
                    {"type": "IdentityObject", "hashed": False, "identityHash": seen.holder, "identityType": "name"},
                ],
                "narrative": seen.narrative,
                "achievement": _achievement(badge, addresses),
            },
            "evidence": evidence_of(seen),
            "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
            "credentialStatus": status,
            "refreshService": {"id": addresses.refresh, "type": "1EdTechCredentialRefresh"},
        }
    )
    return document


def _identity(seen: "Disclosure") -> JsonObject:
    if seen.identity_address:
        return {
            "type": "IdentityObject",
            "hashed": False,
            "identityHash": seen.identity_address,
            "identityType": "emailAddress",
        }
    return {
        "type": "IdentityObject",
        "hashed": True,
        "identityHash": seen.identity_hash,
        "identityType": "emailAddress",
        "salt": seen.identity_salt,
    }


def evidence_of(seen: "Disclosure") -> list[JsonObject]:
    """What stands on the web, by addresses that can be signed."""
    return [
        {"id": address, "type": ["Evidence"], "name": item.get("name", "")}
        for item in seen.evidence
        if (address := web_address(item.get("url", "")))
    ]


def web_address(text: str) -> str:
    """With what an address cannot hold in % form; empty when it is none."""
    address = _NOT_IN_ADDRESSES.sub(lambda found: quote(found[0]), text)
    try:
        pyoxigraph.NamedNode(address)
    except ValueError:
        return ""
    return address if address.startswith(("http://", "https://")) else ""


def _profile(issuer: "IssuerFacts", addresses: Addresses) -> dict[str, Any]:
    return {
        "id": addresses.issuer,
        "type": ["Profile"],
        "name": issuer.name,
        "url": issuer.url,
        "email": issuer.email,
        "description": issuer.description,
        "image": _image(addresses.issuer_logo, issuer.name) if addresses.issuer_logo else None,
    }


def _achievement(badge: "BadgeFacts", addresses: Addresses) -> dict[str, Any]:
    return {
        "id": addresses.achievement,
        "type": ["Achievement"],
        "achievementType": badge.achievement_type,
        "name": badge.name,
        "description": badge.description,
        "criteria": {
            "id": addresses.achievement,
            "narrative": "\n\n".join(filter(None, (badge.criteria_to_earn, badge.criteria_to_maintain))),
        },
        "image": _image(addresses.achievement_picture, badge.name),
        "tag": [skill.name for skill in badge.skills],
        "alignment": _alignments(badge, addresses.achievement),
    }


def _alignments(badge: "BadgeFacts", achievement: str) -> list[JsonObject]:
    """The badge's skills: each with its official description, or else with the page that says what the badge means."""
    return [
        {
            "type": ["Alignment"],
            "targetName": skill.name,
            "targetUrl": web_address(skill.url) or skills_address(achievement),
        }
        for skill in badge.skills
    ]


def skills_address(achievement: str) -> str:
    """The part of the page about the badge that names its skills."""
    return f"{achievement}#skills"


def _image(address: str, caption: str) -> dict[str, str]:
    return {"id": address, "type": "Image", "caption": caption}


def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def first_second(day: date, zone: str) -> str:
    """With the issuer's own offset, so that the day reads as the issuer wrote it."""
    return _zoned(datetime.combine(day, time.min, ZoneInfo(zone)))


def last_second(day: date, zone: str) -> str:
    return _zoned(datetime.combine(day, time(23, 59, 59), ZoneInfo(zone)))


def _zoned(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def written(value: Any) -> Any:
    """As it is signed: without what cannot be, and without nulls, empty texts and lists, which the standard forbids."""
    if isinstance(value, dict):
        return {key: written(item) for key, item in value.items() if item not in (None, "", [])}
    if isinstance(value, list):
        return [written(item) for item in value]
    if isinstance(value, str) and not (value.isprintable() and value[:2] != "_:"):
        return _UNSIGNABLE.sub("", value)
    return value
