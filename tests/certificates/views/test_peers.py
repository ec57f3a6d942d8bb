"""What the site publishes, as implementations that are not ours find and judge it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from openbadgeslib.baking import extract_png
from openbadgeslib.ob2 import OB2VerificationError, OB2Verifier
from openbadgeslib.ob3 import OB3LdpVerifier, OB3VerificationError, OB3Verifier
from openvc.did.did_web import DidWebResolver
from openvc.status import CredentialRevoked
from openvc.verify import VerificationResult, verify_credential

from badgecert.accounts.models import User
from badges.actions.issuances import revoke_issuance
from badges.models import Badge, Issuance
from certificates.openbadges import contexts
from tests.factories import issue

OPEN_BADGES_CONTEXTS = {
    url: contexts.loader()(url, {})["document"] for url in (contexts.OPEN_BADGES_V3, contexts.OPEN_BADGES_V3_EXTENSIONS)
}


@pytest.fixture
def given(badge: Badge) -> Issuance:
    """Words that are hard to sign."""
    return issue(
        badge,
        to="ana@example.org",
        name="محمد “王小明” \\ \U0001f468\u200d\U0001f469",
        issued_on=datetime.now(UTC).date() - timedelta(days=1),
        narrative="Led the audit.\n\n- *Twice*\tand well",
        evidence=[{"name": "Audit", "url": "https://a.example/a b"}],
    )


def download(address: str) -> bytes:
    """The only way out of the peers: this site."""
    parts = urlsplit(address)
    assert parts.netloc in {"", "testserver"}
    response = Client().get(parts.path)
    assert response.status_code == 200
    return response.content


def openvc(document: dict[str, Any]) -> VerificationResult:
    """It reads a proof, not a list of one; no signature covers the brackets."""
    resolver = DidWebResolver(lambda address: json.loads(download(address)))

    def unwrapped(signed: dict[str, Any]) -> dict[str, Any]:
        [proof] = signed["proof"]
        return {**signed, "proof": proof}

    return verify_credential(
        unwrapped(document),
        resolver=resolver,
        extra_contexts=OPEN_BADGES_CONTEXTS,
        resolve_status_list=lambda address: (
            verify_credential(unwrapped(json.loads(download(address))), resolver=resolver).credential
        ),
    )


def openbadgeslib(document: dict[str, Any]) -> str | None:
    # It checks the signature of lists in JWT alone.
    return OB3LdpVerifier().verify(document, check_status=True, verify_status_list=False, download=download).id


def test_credential_verifies_with_peers_until_it_is_revoked(given: Issuance, staff: User) -> None:
    document = json.loads(download(f"/v/{given.code}.json"))
    assert openbadgeslib(document) == document["id"]
    assert openvc(document).status.revoked is False

    revoke_issuance(given, by=staff, reason="The examination was somebody else's.")

    with pytest.raises(OB3VerificationError, match="'revocation' is set"):
        openbadgeslib(document)
    with pytest.raises(CredentialRevoked):
        openvc(document)


def test_jwt_verifies_with_openbadgeslib(given: Issuance) -> None:
    text = download(f"/v/{given.code}.jwt").decode()

    read = OB3Verifier.for_issuer_did(f"did:web:testserver:issuers:{given.issuer.slug}", download=download).verify(text)

    assert read.id == f"http://testserver/v/{given.code}"


def test_picture_is_unbaked_and_verified_by_openbadgeslib(given: Issuance) -> None:
    png = download(f"/v/{given.code}.png")

    text = OB3Verifier.extract_token_from_png(png)

    assert openbadgeslib(json.loads(text)) == f"http://testserver/v/{given.code}"
    version_2 = json.loads(extract_png(png))
    assert version_2 == json.loads(download(f"/v/{given.code}/ob2.json"))


def test_hosted_assertion_verifies_with_openbadgeslib_until_it_is_revoked(given: Issuance, staff: User) -> None:
    verifier = OB2Verifier(download=download)
    assertion = download(f"/v/{given.code}/ob2.json").decode()
    read = verifier.verify_hosted(assertion, expected_recipient="ana@example.org", check_revocation=True)
    assert read.id == f"http://testserver/v/{given.code}/ob2.json"
    with pytest.raises(OB2VerificationError, match="Recipient mismatch"):
        verifier.verify_hosted(assertion, expected_recipient="bea@example.org")

    revoke_issuance(given, by=staff, reason="The examination was somebody else's.")

    # What is revoked answers 410.
    with pytest.raises(OB2VerificationError, match="hosted assertion"):
        verifier.verify_hosted(assertion, check_revocation=True)
