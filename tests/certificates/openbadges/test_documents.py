import hashlib
import json
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest

from badgecert.core import clock
from badges.disclosure import can_see
from badges.models import Badge
from certificates.credentials import credential_document
from certificates.openbadges.canonical import refuse_unsafe
from tests.factories import issue, make_issuer, make_published_badge

SCHEMAS = Path(__file__).parents[2] / "data" / "openbadges"
SIGNED_AT = datetime(2026, 11, 1, 23, 30, tzinfo=UTC)


@pytest.fixture
def badge(db: None) -> Badge:
    return make_published_badge(
        make_issuer(time_zone="Europe/Brussels", description="A council.", slug="northgate", name="Northgate Council"),
        content={
            "skills": [{"name": "Clean technique", "url": ""}, {"name": "Asepsis", "url": "https://esco.example/1"}],
            "criteria_to_maintain": "Practise every year.",
        },
        slug="icp",
    )


def document_of(badge: Badge, **fields):
    with clock.at(SIGNED_AT):
        issuance = issue(badge, to="Ana@Example.org", name="Amara Okafor-Lindqvist", **fields)
        return issuance, credential_document(can_see(issuance.code), list_number=1, index=94567)


def test_document_says_who_what_from_whom_and_until_when(badge: Badge) -> None:
    issuance, document = document_of(badge, issued_on=date(2026, 11, 2), expires_on=date(2028, 7, 13))

    page = f"http://testserver/v/{issuance.code}"
    picture = f"http://testserver/pictures/{badge.current_version.picture.sha256}.png"
    identity = hashlib.sha256(("ana@example.org" + issuance.identity_salt).encode()).hexdigest()
    assert document == {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
            "https://purl.imsglobal.org/spec/ob/v3p0/extensions.json",
        ],
        "id": page,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": "Infection Control Practitioner",
        "description": "Keeps patients and colleagues safe from infection.",
        "image": {"id": f"{page}.png", "type": "Image", "caption": "Infection Control Practitioner"},
        "awardedDate": "2026-11-02T00:00:00+01:00",
        "issuer": {
            "id": "did:web:testserver:issuers:northgate",
            "type": ["Profile"],
            "name": "Northgate Council",
            "url": "https://northgate.example",
            "email": "badges@northgate.example",
            "description": "A council.",
        },
        "validFrom": "2026-11-01T23:30:00Z",
        "validUntil": "2028-07-13T23:59:59+02:00",
        "credentialSubject": {
            "id": f"urn:uuid:{issuance.pk}",
            "type": ["AchievementSubject"],
            "identifier": [
                {
                    "type": "IdentityObject",
                    "hashed": True,
                    "identityHash": f"sha256${identity}",
                    "identityType": "emailAddress",
                    "salt": issuance.identity_salt,
                },
                {
                    "type": "IdentityObject",
                    "hashed": False,
                    "identityHash": "Amara Okafor-Lindqvist",
                    "identityType": "name",
                },
            ],
            "achievement": {
                "id": "http://testserver/badges/icp/",
                "type": ["Achievement"],
                "achievementType": "Badge",
                "name": "Infection Control Practitioner",
                "description": "Keeps patients and colleagues safe from infection.",
                "criteria": {
                    "id": "http://testserver/badges/icp/",
                    "narrative": "Pass the examination with 80% or more.\n\nPractise every year.",
                },
                "image": {"id": picture, "type": "Image", "caption": "Infection Control Practitioner"},
                "tag": ["Clean technique", "Asepsis"],
                "alignment": [
                    {
                        "type": ["Alignment"],
                        "targetName": "Clean technique",
                        "targetUrl": "http://testserver/badges/icp/#skills",
                    },
                    {"type": ["Alignment"], "targetName": "Asepsis", "targetUrl": "https://esco.example/1"},
                ],
            },
        },
        "credentialSchema": [
            {
                "id": "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json",
                "type": "1EdTechJsonSchemaValidator2019",
            }
        ],
        "credentialStatus": {
            "id": "http://testserver/issuers/northgate/status/1#94567",
            "type": "BitstringStatusListEntry",
            "statusPurpose": "revocation",
            "statusListIndex": "94567",
            "statusListCredential": "http://testserver/issuers/northgate/status/1",
        },
        "refreshService": {"id": f"{page}/refresh", "type": "1EdTechCredentialRefresh"},
    }


def test_document_keeps_out_what_cannot_be_signed(badge: Badge) -> None:
    _, document = document_of(
        badge,
        issued_on=date(2026, 11, 1),
        narrative="_:Led\x01 an\x7f audit.\nTwice.",
        evidence=[
            {"name": "Audit", "url": 'https://a.example/a b|"c"\u3000d'},
            {"name": "Broken", "url": "https://[a.example/"},
        ],
    )

    assert document["credentialSubject"]["narrative"] == "Led an audit.\nTwice."
    assert document["evidence"] == [
        {"id": "https://a.example/a%20b%7C%22c%22%E3%80%80d", "type": ["Evidence"], "name": "Audit"}
    ]
    refuse_unsafe(document)


def test_document_with_a_port_names_it_in_the_did(badge: Badge, settings) -> None:
    settings.BASE_URL = "http://127.0.0.1:9220"

    _, document = document_of(badge, issued_on=date(2026, 11, 1))

    assert document["issuer"]["id"] == "did:web:127.0.0.1%3A9220:issuers:northgate"


@pytest.mark.parametrize("schema", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem.rpartition(".")[2])
def test_document_is_what_the_schema_asks_for(badge: Badge, schema: Path) -> None:
    _, document = document_of(
        badge,
        issued_on=date(2026, 11, 1),
        expires_on=date(2028, 7, 13),
        narrative="Led an audit.",
        evidence=[{"name": "Audit", "url": "https://a.example/1"}],
    )

    validator = jsonschema.Draft201909Validator(
        json.loads(schema.read_text()), format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )
    assert [error.message for error in validator.iter_errors(document)] == []


def test_document_leaves_out_what_is_empty(issuer) -> None:
    badge = make_published_badge(issuer)

    _, document = document_of(badge, issued_on=date(2026, 11, 1))

    assert {"validUntil", "evidence"} & document.keys() == set()
    assert "tag" not in document["credentialSubject"]["achievement"]
    assert "narrative" not in document["credentialSubject"]
    assert "description" not in document["issuer"]


def test_document_has_evidence_from_the_web_only(badge: Badge) -> None:
    _, document = document_of(
        badge,
        issued_on=date(2026, 11, 1),
        evidence=[{"name": "Audit", "url": "https://a.example/1"}, {"name": "X", "url": "javascript:alert(1)"}],
    )

    assert document["evidence"] == [{"id": "https://a.example/1", "type": ["Evidence"], "name": "Audit"}]


def test_document_is_refused_without_a_holder(db: None) -> None:
    with pytest.raises(ValueError, match="not_found"):
        credential_document(can_see("0" * 12), list_number=1, index=0)
