"""Open Badges 3.0 documents, written as the standard says (plain Python: no database, no Django).

The document is not signed yet, and says nothing about a status list or a schema that would have to be believed.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from badges.disclosure import BadgeFacts, Disclosure, IssuerFacts

CONTEXTS = [
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where the things are that the document speaks of; they are their ids, and must never change."""

    credential: str
    credential_picture: str
    achievement: str
    achievement_picture: str
    issuer: str
    issuer_logo: str = ""


def achievement_credential(seen: "Disclosure", addresses: Addresses) -> dict[str, Any]:
    """The credential of a disclosure that shows its holder. Raises ValueError for any other."""
    badge, issuer = seen.badge, seen.issuer
    if badge is None or issuer is None or seen.issued_on is None or seen.valid_from is None or not seen.holder:
        msg = f"A badge that is {seen.state} has no credential to give."
        raise ValueError(msg)
    zone = ZoneInfo(issuer.time_zone)
    document: dict[str, Any] = _without_empty(
        {
            "@context": CONTEXTS,
            "id": addresses.credential,
            "type": ["VerifiableCredential", "OpenBadgeCredential"],
            "name": badge.name,
            "description": badge.description,
            "image": _image(addresses.credential_picture, badge.name),
            "awardedDate": _first_second(seen.issued_on, zone),
            "issuer": _profile(issuer, addresses),
            "validFrom": _instant(seen.valid_from),
            "validUntil": _last_second(seen.expires_on, zone) if seen.expires_on else None,
            "credentialSubject": {
                "id": f"urn:uuid:{seen.subject_id}",
                "type": ["AchievementSubject"],
                "identifier": [
                    {
                        "type": "IdentityObject",
                        "hashed": True,
                        "identityHash": seen.identity_hash,
                        "identityType": "emailAddress",
                        "salt": seen.identity_salt,
                    },
                    {"type": "IdentityObject", "hashed": False, "identityHash": seen.holder, "identityType": "name"},
                ],
                "narrative": seen.narrative,
                "achievement": _achievement(badge, addresses),
            },
            "evidence": [
                {"id": item["url"], "type": ["Evidence"], "name": item.get("name", "")}
                for item in seen.evidence
                if item.get("url", "").startswith(("http://", "https://"))
            ],
        }
    )
    return document


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
        "tag": list(badge.skills),
    }


def _image(address: str, caption: str) -> dict[str, str]:
    return {"id": address, "type": "Image", "caption": caption}


def _instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _first_second(day: date, zone: ZoneInfo) -> str:
    """With the issuer's own offset, so that the day reads as the issuer wrote it."""
    return _zoned(datetime.combine(day, time.min, zone))


def _last_second(day: date, zone: ZoneInfo) -> str:
    return _zoned(datetime.combine(day, time(23, 59, 59), zone))


def _zoned(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def _without_empty(value: Any) -> Any:
    """Nulls, empty texts and empty lists are left out: the standard has no place for them."""
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item not in (None, "", [])}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value
