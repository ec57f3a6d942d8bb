"""What programs fetch: signed bytes, JWT, keys, lists, Open Badges 2.0, and pictures that carry all of it."""

import gzip
import hashlib
import io
import json
from base64 import urlsafe_b64decode
from datetime import UTC, date, datetime
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree
from PIL import Image

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.models import Picture
from badgecert.core.pictures import picture_from_drawing
from badges.actions.issuances import (
    correct_issuance,
    decline_issuance,
    name_address,
    reinstate_issuance,
    restore_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.models import Badge, Issuance
from certificates.actions.keys import mark_key_compromised, rotate_key, signing_key_for
from certificates.models import Credential, CredentialJwt, KeyKind, SigningKey
from certificates.openbadges.baking import unbake_png, unbake_svg
from certificates.openbadges.jwt import check_jwt, read_jwt
from certificates.openbadges.keys import did_web_url, from_multikey
from certificates.openbadges.proofs import check_proof, single_proof
from certificates.openbadges.status_list import is_set
from issuers.models import Issuer
from tests.factories import issue, make_issuer, make_png, make_published_badge, make_user

SVG = '<svg xmlns="http://www.w3.org/2000/svg"><circle r="9"/></svg>'
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def drawn(issuer: Issuer) -> Issuance:
    """Of a badge whose picture we drew, so that there is an SVG."""
    picture = picture_from_drawing(svg=SVG, png=make_png("#8a5a00"))
    return issue(make_published_badge(issuer, content={"picture": picture}))


def got(address: str, **headers: str) -> Any:
    return Client(headers=headers).get(address.removeprefix("http://testserver"))


def fetched(address: str) -> dict[str, Any]:
    response = got(address)
    assert response.status_code == 200
    assert response["Access-Control-Allow-Origin"] == "*"
    assert response["Cache-Control"] == "no-cache"
    return json.loads(response.content)


def key_of(document: dict[str, Any], issuer: str) -> dict[str, Any]:
    """As a verifier finds it: from the proof to the DID document of the issuer."""
    method = single_proof(document)["verificationMethod"]
    return method_of(method, issuer)


def method_of(method: str, issuer: str) -> dict[str, Any]:
    did = fetched(did_web_url(issuer, scheme="http"))
    assert did["id"] == issuer
    assert method in did["assertionMethod"]
    [found] = [entry for entry in did["verificationMethod"] if entry["id"] == method]
    assert found["controller"] == issuer
    return found


def assert_verifies(document: dict[str, Any]) -> None:
    issuer = document["issuer"]["id"] if isinstance(document["issuer"], dict) else document["issuer"]
    key = key_of(document, issuer)
    check_proof(document, single_proof(document), key=from_multikey(key["publicKeyMultibase"]))


def is_marked(document: dict[str, Any], *, purpose: str = "revocation") -> bool:
    """As a verifier asks: by the credential's own entry."""
    entry = document["credentialStatus"]
    address = entry["statusListCredential"] + ("" if purpose == "revocation" else f"/{purpose}")
    published = fetched(address)
    assert_verifies(published)
    assert published["id"] == address
    assert published["issuer"] == document["issuer"]["id"]
    assert published["credentialSubject"]["statusPurpose"] == purpose
    return is_set(published["credentialSubject"]["encodedList"], int(entry["statusListIndex"]))


# The credential.


def test_json_is_the_stored_bytes_and_verifies_by_what_the_issuer_publishes(issuance: Issuance) -> None:
    response = got(f"/v/{issuance.code}.json")

    stored = Credential.objects.get()
    assert response.content == stored.document.encode()
    assert hashlib.sha256(response.content).hexdigest() == stored.sha256
    assert_verifies(json.loads(response.content))


def test_refresh_hands_out_the_newest_version(issuance: Issuance, staff: User) -> None:
    old = fetched(f"/v/{issuance.code}.json")
    correct_issuance(issuance, by=staff, reason="slip", recipient_name="Amara Okafor")

    new = fetched(old["refreshService"]["id"])

    assert new == fetched(f"/v/{issuance.code}.json")
    assert new["credentialSubject"]["identifier"][1]["identityHash"] == "Amara Okafor"
    assert new["id"] == old["id"]


def test_each_version_keeps_its_file_and_only_the_newest_counts(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="slip", recipient_name="Amara Okafor")

    first, second = (fetched(f"/v/{issuance.code}/versions/{number}.json") for number in (1, 2))

    assert [version["credentialSubject"]["identifier"][1]["identityHash"] for version in (first, second)] == [
        "Amara Okafor-Lindqvist",
        "Amara Okafor",
    ]
    assert [is_marked(version) for version in (first, second)] == [True, False]
    assert got(f"/v/{issuance.code}/versions/3.json").status_code == 404


def test_version_with_a_hidden_name_has_no_file(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="new name", recipient_name="Ana Ruiz", hides_earlier_name=True)

    assert got(f"/v/{issuance.code}/versions/1.json").status_code == 404
    assert got(f"/v/{issuance.code}/versions/2.json").status_code == 200


def test_files_name_the_address_when_the_earner_chose_so(issuance: Issuance, earner: User) -> None:
    before = got(f"/v/{issuance.code}.json").json()
    name_address(issuance, names_address=True, by=earner)

    credential, assertion = (got(f"/v/{issuance.code}{rest}").json() for rest in (".json", "/ob2.json"))

    assert earner.email not in json.dumps(before)
    assert credential["credentialSubject"]["identifier"][0] == {
        "type": "IdentityObject",
        "hashed": False,
        "identityHash": earner.email,
        "identityType": "emailAddress",
    }
    assert assertion["recipient"] == {"type": "email", "hashed": False, "identity": earner.email}
    assert "Changed by its holder on" in got(f"/v/{issuance.code}").content.decode()


PERSONAL = [".json", ".jwt", ".png", "/refresh", "/ob2.json", "/versions/1.json"]


@pytest.mark.parametrize("rest", PERSONAL)
def test_private_badge_has_no_files(issuance: Issuance, earner: User, rest: str) -> None:
    got(f"/v/{issuance.code}{rest}")

    set_visibility(issuance, visibility="private", by=earner)

    response = got(f"/v/{issuance.code}{rest}")
    assert response.status_code == 404
    assert b"Amara" not in response.content


@pytest.mark.parametrize("rest", [".json", ".jwt", "/refresh", "/versions/1.json"])
def test_revoked_credential_is_gone_and_says_why_and_nobody(issuance: Issuance, staff: User, rest: str) -> None:
    revoke_issuance(issuance, reason="Issued in error", by=staff)

    response = got(f"/v/{issuance.code}{rest}")

    assert response.status_code == 410
    assert response.json() == {
        "id": f"http://testserver/v/{issuance.code}",
        "revoked": True,
        "revocationReason": "Issued in error",
    }


@pytest.mark.parametrize("rest", PERSONAL)
def test_files_of_a_code_are_kept_by_asking(issuance: Issuance, staff: User, rest: str) -> None:
    first = got(f"/v/{issuance.code}{rest}")
    tag = first["ETag"]
    with CaptureQueriesContext(connection) as queries:
        unchanged = got(f"/v/{issuance.code}{rest}", **{"if-none-match": tag})
    suspend_issuance(issuance, reason="review", by=staff)

    assert (unchanged.status_code, len(queries)) == (304, 1)
    assert got(f"/v/{issuance.code}{rest}", **{"if-none-match": tag}).status_code == 200


@pytest.mark.parametrize(
    ("rest", "count"), [(".json", 1), (".png", 3), (".svg", 3), ("/ob2.json", 1), ("/versions/1.json", 2)]
)
def test_files_of_a_code_cost_few_queries(drawn: Issuance, rest: str, count: int) -> None:
    with CaptureQueriesContext(connection) as queries:
        response = got(f"/v/{drawn.code}{rest}")

    assert (response.status_code, len(queries)) == (200, count)


# JWT.


def test_jwt_carries_the_same_credential_and_verifies(issuance: Issuance) -> None:
    response = got(f"/v/{issuance.code}.jwt")
    unchecked = read_jwt(response.content.decode())
    document = fetched(f"/v/{issuance.code}.json")

    key = method_of(unchecked.header["kid"], document["issuer"]["id"])
    assert response["Content-Type"] == "text/plain"
    assert unchecked.header["alg"] == "RS256"
    assert check_jwt(unchecked, jwk=key["publicKeyJwk"]) == document


def test_jwt_verifies_without_our_own_code(issuance: Issuance) -> None:
    text = got(f"/v/{issuance.code}.jwt").content.decode()
    signed, _dot, signature = text.rpartition(".")
    header, payload = (json.loads(decoded(part)) for part in signed.split("."))
    [method] = [
        entry
        for entry in fetched(f"/issuers/{issuance.issuer.slug}/did.json")["verificationMethod"]
        if entry["id"] == header["kid"]
    ]
    number = {name: int.from_bytes(decoded(method["publicKeyJwk"][name]), "big") for name in ("n", "e")}

    RSAPublicNumbers(number["e"], number["n"]).public_key().verify(
        decoded(signature), signed.encode(), PKCS1v15(), SHA256()
    )

    assert payload["iss"] == payload["issuer"]["id"]
    assert (payload["jti"], payload["sub"]) == (payload["id"], payload["credentialSubject"]["id"])
    assert payload["nbf"] == int(datetime.fromisoformat(payload["validFrom"]).timestamp())


def decoded(part: str) -> bytes:
    return urlsafe_b64decode(part + "=" * (-len(part) % 4))


def test_jwt_is_made_once(issuance: Issuance) -> None:
    assert CredentialJwt.objects.count() == 0

    first, second = got(f"/v/{issuance.code}.jwt"), got(f"/v/{issuance.code}.jwt")

    assert first.content == second.content == CredentialJwt.objects.get().text.encode()
    assert SigningKey.objects.filter(kind=KeyKind.RSA).count() == 1


def test_without_a_sealing_key_what_is_signed_is_served_and_nothing_more(issuance: Issuance, settings) -> None:
    settings.SEALING_KEYS = []

    assert got(f"/v/{issuance.code}").status_code == 200
    assert got(f"/v/{issuance.code}.json").status_code == 200
    assert got(f"/v/{issuance.code}.png").status_code == 200
    assert got(f"/v/{issuance.code}.jwt").status_code == 503
    assert got(f"/issuers/{issuance.issuer.slug}/status/1").status_code == 503


# Keys.


def test_did_document_of_a_new_issuer_lists_no_key(issuer) -> None:
    did = fetched(f"/issuers/{issuer.slug}/did.json")

    assert (did["id"], did["verificationMethod"]) == (f"did:web:testserver:issuers:{issuer.slug}", [])


def test_did_document_keeps_retired_keys_and_withdraws_compromised_ones(badge: Badge) -> None:
    issuer = badge.issuer
    old = fetched(f"/v/{issue(badge).code}.json")
    signing_key_for(issuer, kind=KeyKind.RSA)
    rotate_key(issuer, by=None)
    new = fetched(f"/v/{issue(badge).code}.json")
    assert_verifies(old)
    assert_verifies(new)

    mark_key_compromised(SigningKey.objects.get(fragment="key-1"), at=NOON, by=None)

    did = fetched(f"/issuers/{issuer.slug}/did.json")
    name = did["id"]
    assert [entry["id"] for entry in did["verificationMethod"]] == [f"{name}#key-1", f"{name}#key-2", f"{name}#rsa-1"]
    assert did["assertionMethod"] == [f"{name}#key-2", f"{name}#rsa-1"]
    assert_verifies(new)


def test_did_document_holds_no_private_half(issuance: Issuance) -> None:
    got(f"/v/{issuance.code}.jwt")

    text = got(f"/issuers/{issuance.issuer.slug}/did.json").content.decode()

    assert '"n": "' in text
    assert [word for word in ('"d"', '"p"', '"q"', "sealed") if word in text] == []


def test_keys_of_a_stranger_do_not_fit(issuance: Issuance) -> None:
    other = issue(make_published_badge(make_issuer()))
    document, strangers = (fetched(f"/v/{code}.json") for code in (issuance.code, other.code))

    key = key_of(strangers, strangers["issuer"]["id"])
    with pytest.raises(ValueError, match="changed after it was signed, or somebody else signed it"):
        check_proof(document, single_proof(document), key=from_multikey(key["publicKeyMultibase"]))


# Lists.


def test_status_list_follows_each_change(issuance: Issuance, staff: User) -> None:
    first = fetched(f"/v/{issuance.code}.json")
    assert (is_marked(first), is_marked(first, purpose="suspension")) == (False, False)

    suspend_issuance(issuance, reason="review", by=staff)
    assert (is_marked(first), is_marked(first, purpose="suspension")) == (True, True)

    restore_issuance(issuance, reason="fine", by=staff)
    second = fetched(f"/v/{issuance.code}.json")
    assert (is_marked(first), is_marked(first, purpose="suspension")) == (True, False)
    assert (is_marked(second), is_marked(second, purpose="suspension")) == (False, False)

    revoke_issuance(issuance, reason="Issued in error", by=staff)
    assert is_marked(second)

    reinstate_issuance(issuance, reason="it was right", by=staff)
    assert is_marked(second)
    assert not is_marked(fetched(f"/v/{issuance.code}.json"))


def test_status_list_has_the_least_length_and_marks_nothing_else(badge: Badge, staff: User) -> None:
    issued = [issue(badge) for _time in range(5)]
    revoke_issuance(issued[2], reason="Issued in error", by=staff)

    encoded = fetched(f"/issuers/{badge.issuer.slug}/status/1")["credentialSubject"]["encodedList"]

    bits = gzip.decompress(decoded(encoded.removeprefix("u")))
    marked = Credential.objects.get(version=issued[2].current_version).status_index
    assert len(bits) == 131_072 // 8
    assert [index for index in range(len(bits) * 8) if bits[index // 8] & 128 >> index % 8] == [marked]


def test_status_list_stays_the_same_to_the_letter_until_something_happens(issuance: Issuance, staff: User) -> None:
    address = f"/issuers/{issuance.issuer.slug}/status/1"
    first = got(address)
    with clock.at(datetime(2030, 1, 1, tzinfo=UTC)), CaptureQueriesContext(connection) as queries:
        again = got(address, **{"if-none-match": first["ETag"]})

    revoke_issuance(issuance, reason="Issued in error", by=staff)

    assert (again.status_code, len(queries)) == (304, 3)
    assert got(address, **{"if-none-match": first["ETag"]}).status_code == 200


@pytest.mark.parametrize("rest", ["status/2", "status/1/suspension", "status/0"])
def test_list_that_is_not_there_is_not_found(issuer, rest: str) -> None:
    assert got(f"/issuers/{issuer.slug}/{rest}").status_code == 404


def test_public_lists_name_what_is_revoked_and_not_who_or_what_is_private(badge: Badge, staff: User) -> None:
    holder, decliner = make_user(), make_user()
    shown, private, declined = issue(badge), issue(badge, to=holder), issue(badge, to=decliner)
    issue(badge)
    set_visibility(private, visibility="private", by=holder)
    decline_issuance(declined, by=decliner)
    for number, issuance in enumerate((shown, private, declined)):
        revoke_issuance(issuance, reason=f"Reason {number}", by=staff)

    page = f"http://testserver/v/{shown.code}"
    address = f"http://testserver/issuers/{badge.issuer.slug}"
    revoked = [{"id": page, "revoked": True, "revocationReason": "Reason 0"}]
    assert fetched(f"{address}/revoked-credentials.json") == {
        "id": f"{address}/revoked-credentials.json",
        "issuer": f"did:web:testserver:issuers:{badge.issuer.slug}",
        "revokedCredential": revoked,
        "revokedCredentials": revoked,
    }
    assert fetched(f"{address}/revocations.json") == {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"{address}/revocations.json",
        "type": "RevocationList",
        "issuer": f"{address}/ob2.json",
        "revokedAssertions": [
            {"id": f"{page}/ob2.json", "revocationReason": "Reason 0"},
            {"id": f"{address}/revocations.json#nothing", "revocationReason": "Stands for no badge."},
        ],
    }


# Open Badges 2.0.


def test_open_badges_2_leads_from_the_assertion_to_the_issuer(badge: Badge) -> None:
    issuance = issue(
        badge,
        to="Ana@Example.org",
        issued_on=date(2026, 11, 2),
        expires_on=date(2028, 7, 13),
        narrative="Led an audit.",
        evidence=[{"name": "Audit", "url": "https://a.example/1"}],
    )
    page = f"http://testserver/v/{issuance.code}"

    assertion = fetched(f"{page}/ob2.json")
    badge_class = fetched(assertion["badge"])
    profile = fetched(badge_class["issuer"])

    identity = hashlib.sha256(("ana@example.org" + issuance.identity_salt).encode()).hexdigest()
    assert assertion == {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"{page}/ob2.json",
        "type": "Assertion",
        "recipient": {
            "type": "email",
            "hashed": True,
            "salt": issuance.identity_salt,
            "identity": f"sha256${identity}",
        },
        "badge": f"http://testserver/badges/{badge.slug}/ob2.json",
        "verification": {"type": "HostedBadge"},
        "issuedOn": "2026-11-02T00:00:00Z",
        "expires": "2028-07-13T23:59:59Z",
        "image": f"{page}.png",
        "narrative": "Led an audit.",
        "evidence": [{"id": "https://a.example/1", "name": "Audit"}],
    }
    assert badge_class == {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"http://testserver/badges/{badge.slug}/ob2.json",
        "type": "BadgeClass",
        "name": "Infection Control Practitioner",
        "description": "Keeps patients and colleagues safe from infection.",
        "image": f"http://testserver/pictures/{badge.current_version.picture.sha256}.png",
        "criteria": {
            "id": f"http://testserver/badges/{badge.slug}/",
            "narrative": "Pass the examination with 80% or more.",
        },
        "issuer": f"http://testserver/issuers/{badge.issuer.slug}/ob2.json",
    }
    assert profile == {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"http://testserver/issuers/{badge.issuer.slug}/ob2.json",
        "type": "Issuer",
        "name": badge.issuer.name,
        "url": "https://northgate.example",
        "email": "badges@northgate.example",
        "revocationList": f"http://testserver/issuers/{badge.issuer.slug}/revocations.json",
    }


def test_open_badges_2_assertion_that_was_revoked_is_gone_and_says_so(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="Issued in error", by=staff)

    response = got(f"/v/{issuance.code}/ob2.json")

    assert response.status_code == 410
    assert response.json() == {
        "@context": "https://w3id.org/openbadges/v2",
        "id": f"http://testserver/v/{issuance.code}/ob2.json",
        "type": "Assertion",
        "revoked": True,
        "revocationReason": "Issued in error",
    }


@pytest.mark.parametrize("wanted", ["application/json", "application/ld+json"])
def test_open_badges_2_comes_in_the_type_that_was_asked_for(issuance: Issuance, wanted: str) -> None:
    for address in (
        f"/v/{issuance.code}/ob2.json",
        f"/badges/{issuance.badge.slug}/ob2.json",
        f"/issuers/{issuance.issuer.slug}/ob2.json",
    ):
        assert got(address, accept=wanted)["Content-Type"] == wanted


def test_draft_badge_has_no_badge_class(badge: Badge) -> None:
    Badge.objects.update(state="draft")

    assert got(f"/badges/{badge.slug}/ob2.json").status_code == 404


# Pictures.


def test_png_carries_the_credential_of_both_standards(issuance: Issuance) -> None:
    png = got(f"/v/{issuance.code}.png").content

    credential, assertion = (got(f"/v/{issuance.code}{rest}").content.decode() for rest in (".json", "/ob2.json"))
    baked = {found.standard: found.text for found in unbake_png(png)}
    assert baked["v3"] == credential
    assert json.loads(baked["v2"]) == json.loads(assertion)


def test_png_that_carries_a_credential_opens_elsewhere_with_the_same_pixels(issuance: Issuance) -> None:
    with Image.open(io.BytesIO(got(f"/v/{issuance.code}.png").content)) as image:
        image.load()
        text, pixels = image.text, image.tobytes()

    assert text["openbadgecredential"] == Credential.objects.get().document
    plain = Picture.objects.get(sha256=issuance.current_version.badge_version.picture.sha256)
    with Image.open(io.BytesIO(bytes(plain.png))) as image:
        assert image.tobytes() == pixels


def test_svg_carries_the_credential_of_both_standards(drawn: Issuance) -> None:
    svg = got(f"/v/{drawn.code}.svg").content.decode()

    root = etree.fromstring(svg.encode())
    assert root.findtext("{https://purl.imsglobal.org/ob/v3p0}credential") == Credential.objects.get().document
    assert json.loads(root.findtext("{http://openbadges.org}assertion"))["type"] == "Assertion"
    assert {found.standard for found in unbake_svg(svg.encode())} == {"v2", "v3"}
