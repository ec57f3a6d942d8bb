"""A credential of our own shape, and the standards' vectors."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VECTORS = Path(__file__).parents[2] / "data/openbadges/vectors"
DID = "did:web:badges.example.org:issuers:northgate"
METHOD = f"{DID}#key-1"
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
CREATED = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)


def vector(name: str) -> dict[str, Any]:
    return json.loads((VECTORS / name).read_text())


def credential(number: int = 1, *, name: str = "Amara Okafor-Lindqvist") -> dict[str, Any]:
    status = "https://badges.example.org/issuers/northgate/status/1"
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "id": f"https://badges.example.org/v/{number:012}",
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Infection Control Practitioner",
        "awardedDate": "2026-11-01T00:00:00Z",
        "issuer": {"id": DID, "type": ["Profile"], "name": "Northgate Council", "url": "https://northgate.example"},
        "validFrom": "2026-11-22T14:32:00Z",
        "validUntil": "2028-11-01T22:59:59Z",
        "credentialSubject": {
            "id": f"urn:uuid:00000000-0000-7000-8000-{number:012}",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": f"sha256${number:064}",
                    "identityType": "emailAddress",
                    "salt": f"{number:032}",
                },
                {"type": "IdentityObject", "hashed": False, "identityHash": name, "identityType": "name"},
            ],
            "achievement": {
                "id": "https://badges.example.org/badges/icp",
                "type": ["Achievement"],
                "name": "Infection Control Practitioner",
                "description": "Keeps patients safe.",
                "criteria": {"narrative": "Pass the examination."},
                "image": {"id": "https://badges.example.org/pictures/1.png", "type": "Image"},
                "tag": ["Infection control", "Hand hygiene"],
            },
        },
        "credentialStatus": {
            "id": f"{status}#{number}",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": str(number),
            "statusListCredential": status,
        },
    }


VARYING_ADDRESSES = (("id",), ("credentialSubject", "id"), ("credentialStatus", "id"))
VARYING_TEXTS = (
    ("credentialSubject", "identifier", 0, "identityHash"),
    ("credentialSubject", "identifier", 0, "salt"),
    ("credentialSubject", "identifier", 1, "identityHash"),
    ("credentialStatus", "statusListIndex"),
)


def full_credential() -> dict[str, Any]:
    """With every member that the product writes, and words that are hard to sign."""
    document = credential(name="محمد بن عبد الله “王小明” \\ \U0001f468\u200d\U0001f469\u2028\n\tLast")
    document["@context"].append("https://purl.imsglobal.org/spec/ob/v3p0/extensions.json")
    document["awardedDate"] = "2026-11-02T00:00:00+01:00"
    document["description"] = "Keeps patients safe."
    document["image"] = {"id": "https://badges.example.org/v/1.png", "type": "Image", "caption": "A badge"}
    document["issuer"] |= {"email": "badges@northgate.example", "description": "A council."}
    document["issuer"]["image"] = {
        "id": "https://badges.example.org/pictures/2.png",
        "type": "Image",
        "caption": "Logo",
    }
    document["credentialSubject"]["narrative"] = "Led the audit.\n\n- *Twice*"
    document["credentialSubject"]["achievement"] |= {
        "achievementType": "Badge",
        "criteria": {"id": "https://badges.example.org/badges/icp", "narrative": "Pass with **80%**."},
    }
    document["evidence"] = [
        {"id": f"https://a.example/{number}", "type": ["Evidence"], "name": f"Audit {number}"} for number in (1, 2)
    ]
    document["credentialSchema"] = [
        {
            "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
            "type": "1EdTechJsonSchemaValidator2019",
        }
    ]
    document["refreshService"] = {"id": "https://badges.example.org/v/1/refresh", "type": "1EdTechCredentialRefresh"}
    return document
