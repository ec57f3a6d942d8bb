"""Signed here, verified by implementations that are not ours, and the other way. What each takes: docs/decisions/012."""

import gzip
import io
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import jwt as pyjwt
import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat
from openbadgeslib import baking
from openbadgeslib.ob3 import (
    Achievement,
    Evidence,
    IdentityObject,
    Issuer,
    OB3LdpSigner,
    OB3LdpVerifier,
    OB3Signer,
    OB3VerificationError,
    OB3Verifier,
    OpenBadgeCredential,
    build_status_list_credential,
    decode_encoded_list,
    set_indices,
)
from openbadgeslib.ob3 import status_entry as their_status_entry
from openvc.did.did_web import DidWebResolver
from openvc.keys import Ed25519SigningKey
from openvc.proof.data_integrity import DataIntegrityProofSuite
from openvc.proof.errors import SignatureInvalid, UnsupportedAlgorithm
from openvc.status import CredentialRevoked, CredentialSuspended, encode_bitstring, new_bitstring, set_status_bit
from openvc.status import build_status_list_credential as openvc_status_list
from openvc.verify import UnknownCredentialFormat, VerificationResult, verify_credential
from PIL import Image, PngImagePlugin
from pyld import jsonld

from certificates.openbadges import contexts
from certificates.openbadges.baking import Baked, bake_png, bake_svg, unbake_png, unbake_svg
from certificates.openbadges.canonical import canonical_document, refuse_unsafe
from certificates.openbadges.exceptions import ProofError
from certificates.openbadges.jwt import check_jwt, read_jwt, sign_jwt
from certificates.openbadges.keys import did_document, did_web_url, from_multikey, multikey, rsa_jwk
from certificates.openbadges.proofs import add_proof, check_proof, single_proof
from certificates.openbadges.status_list import is_set, status_entry, status_list_credential
from tests.certificates.openbadges.examples import (
    CREATED,
    DID,
    KEY,
    METHOD,
    VECTORS,
    credential,
    full_credential,
    vector,
)
from tests.factories import make_png

RSA = rsa.generate_private_key(65537, 2048)
RSA_METHOD = f"{DID}#rsa-1"
LIST = credential()["credentialStatus"]["statusListCredential"]
SUSPENSIONS = f"{LIST}/suspension"
PNG = make_png(size=(64, 64))
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10"><title>A &amp; B</title><rect width="10"/></svg>'
KEY_PEM = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
RSA_PEM = RSA.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
RSA_PUBLIC_PEM = RSA.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
# Peers bring the first one themselves; openvc leaves the others to its caller.
OPEN_BADGES_CONTEXTS = {
    url: contexts.loader()(url, {})["document"] for url in (contexts.OPEN_BADGES_V3, contexts.OPEN_BADGES_V3_EXTENSIONS)
}


@pytest.fixture(autouse=True)
def attempts(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """Whatever wants the network is refused, and the test fails unless it expected that."""
    made: list[Any] = []

    def refuse(*arguments: Any, **_options: Any) -> None:
        made.append(arguments[-1] if isinstance(arguments[0], socket.socket) else arguments[0])
        msg = "There is no network here."
        raise OSError(msg)

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield made
    assert made == []


@pytest.fixture(autouse=True)
def while_it_is_valid() -> Iterator[None]:
    """Peers ask the machine's clock."""
    with time_machine.travel(datetime(2026, 12, 1, tzinfo=UTC), tick=False):
        yield


def signed(document: dict[str, Any]) -> dict[str, Any]:
    return add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)


def our_list(*indexes: int, purpose: str = "revocation", address: str = LIST) -> dict[str, Any]:
    return status_list_credential(address=address, issuer=DID, purpose=purpose, set_indexes=indexes, valid_from=CREATED)


def published(**pages: str) -> Callable[[str], bytes]:
    """What stands at our addresses: the issuer's DID document and, here, a status list. Nothing else exists."""
    document = did_document(DID, ed25519=[("key-1", multikey(KEY))], rsa=[("rsa-1", rsa_jwk(RSA))])
    texts = {did_web_url(DID): json.dumps(document), LIST: pages.get("status", "")}
    return lambda url: texts[url].encode()


def with_one_proof(document: dict[str, Any]) -> dict[str, Any]:
    """openvc reads a proof, not a list of one; to the standard they are the same, and no signature covers the brackets."""
    [proof] = document["proof"]
    return {**document, "proof": proof}


def verified_by_openvc(document: Any, *lists: dict[str, Any]) -> VerificationResult:
    pages = {each["id"]: with_one_proof(each) for each in lists}
    resolver = DidWebResolver(lambda url: json.loads(published()(url)))
    return verify_credential(
        document,
        resolver=resolver,
        extra_contexts=OPEN_BADGES_CONTEXTS,
        resolve_status_list=lambda url: (
            verify_credential(pages[url], resolver=resolver, extra_contexts=OPEN_BADGES_CONTEXTS).credential
        ),
    )


def their_credential(**members: Any) -> OpenBadgeCredential:
    return OpenBadgeCredential(
        issuer=Issuer(id=DID, name="Other platform", url="https://other.example"),
        recipient_id="urn:uuid:00000000-0000-7000-8000-000000000001",
        achievement=Achievement(
            id="https://other.example/a/1",
            name="Žofie’s \U0001f3c5",
            description="Two\nlines",
            criteria_narrative="Pass.",
            tags=["a", "b"],
            credits_available=2.5,
        ),
        id="https://other.example/c/1",
        issuance_date=CREATED,
        expiration_date=datetime(2028, 1, 1, tzinfo=UTC),
        evidence=[Evidence(id="https://other.example/e/1", name="Work")],
        identifiers=[IdentityObject.create("ana@example.org", salt="Kosher")],
        **members,
    )


def check(document: dict[str, Any]) -> None:
    refuse_unsafe(document)
    check_proof(document, single_proof(document), key=KEY.public_key())


# The network


def test_a_peer_that_wants_the_network_is_refused_and_noticed(attempts: list[Any]) -> None:
    with pytest.raises(OB3VerificationError, match="could not fetch DID document"):
        OB3LdpVerifier().verify(signed(credential()))

    assert attempts == ["badges.example.org"]
    attempts.clear()


# eddsa-rdfc-2022


@pytest.mark.parametrize("make", [credential, full_credential])
def test_our_credential_verifies_in_openbadgeslib(make: Callable[[], dict[str, Any]]) -> None:
    document = signed(make())

    read = OB3LdpVerifier().verify(json.dumps(document), download=published())

    assert (read.id, read.issuer.id, read.achievement.name) == (document["id"], DID, "Infection Control Practitioner")


@pytest.mark.parametrize("make", [credential, full_credential])
def test_our_credential_verifies_in_openvc(make: Callable[[], dict[str, Any]]) -> None:
    document = signed(make())

    read = verified_by_openvc(with_one_proof(document), signed(our_list(7)))

    assert (read.issuer, read.subject) == (DID, document["credentialSubject"]["id"])
    assert (read.status.revoked, read.status.suspended) == (False, False)


def test_openvc_reads_no_list_of_proofs() -> None:
    with pytest.raises(UnknownCredentialFormat):
        verified_by_openvc(signed(credential()))


def test_peers_refuse_our_credential_when_a_word_was_changed() -> None:
    document = signed(full_credential())
    document["credentialSubject"]["achievement"]["name"] = "Surgeon"

    with pytest.raises(OB3VerificationError, match=r"[Ss]ignature"):
        OB3LdpVerifier().verify(document, download=published())
    with pytest.raises(SignatureInvalid):
        verified_by_openvc(with_one_proof(document))


def test_what_openbadgeslib_signs_verifies_here() -> None:
    document = OB3LdpSigner(KEY_PEM, verification_method=METHOD).sign(their_credential())

    check(document)


def test_what_openvc_signs_verifies_here() -> None:
    document = DataIntegrityProofSuite().add_proof(
        full_credential(),
        signing_key=Ed25519SigningKey(KEY, METHOD),
        verification_method=METHOD,
        created=CREATED,
        extra_contexts=OPEN_BADGES_CONTEXTS,
    )

    check(document)
    assert document == with_one_proof(signed(full_credential()))


@pytest.mark.parametrize("member", ["name", "validUntil", "id"])
def test_what_openbadgeslib_signs_is_refused_here_once_changed(member: str) -> None:
    document = OB3LdpSigner(KEY_PEM, verification_method=METHOD).sign(their_credential())

    with pytest.raises(ProofError, match="changed after it was signed"):
        check({**document, member: "https://else.example/"})


# Canonical forms


@pytest.mark.parametrize("make", [credential, full_credential, our_list])
def test_pyld_writes_the_same_canonical_form(make: Callable[[], dict[str, Any]]) -> None:
    options = {"algorithm": "URDNA2015", "format": "application/n-quads", "documentLoader": contexts.loader()}

    assert canonical_document(make()).decode() == jsonld.normalize(make(), options)


# VC-JWT


def test_our_jwt_verifies_in_openbadgeslib() -> None:
    document = signed(full_credential())
    text = sign_jwt(document, key=RSA, kid=RSA_METHOD)

    read = OB3Verifier.for_issuer_did(DID, download=published()).verify(text)

    assert (read.id, read.issuer.id) == (document["id"], DID)


def test_our_jwt_verifies_in_pyjwt() -> None:
    text = sign_jwt(full_credential(), key=RSA, kid=RSA_METHOD)

    claims = pyjwt.decode(text, pyjwt.PyJWK(rsa_jwk(RSA)).key, algorithms=["RS256"])

    assert {name: member for name, member in claims.items() if name not in {"iss", "jti", "sub", "nbf", "exp"}} == (
        full_credential()
    )


def test_our_jwt_verifies_with_bare_cryptography() -> None:
    text = sign_jwt(full_credential(), key=RSA, kid=RSA_METHOD)
    frame, _dot, signature = text.rpartition(".")

    RSA.public_key().verify(
        pyjwt.utils.base64url_decode(signature), frame.encode(), padding.PKCS1v15(), hashes.SHA256()
    )


def test_openvc_takes_no_rs256() -> None:
    with pytest.raises(UnsupportedAlgorithm):
        verified_by_openvc(sign_jwt(full_credential(), key=RSA, kid=RSA_METHOD))


def test_openbadgeslib_refuses_our_jwt_when_a_word_was_changed() -> None:
    text = sign_jwt(full_credential(), key=RSA, kid=RSA_METHOD)
    header, payload, signature = text.split(".")
    changed = pyjwt.utils.base64url_decode(payload).replace(b"Infection", b"Infiction")

    with pytest.raises(OB3VerificationError, match="Invalid signature"):
        OB3Verifier(RSA_PUBLIC_PEM).verify(f"{header}.{pyjwt.utils.base64url_encode(changed).decode()}.{signature}")


@pytest.mark.parametrize("typ", ["JWT", "vc+jwt", None])
def test_what_pyjwt_signs_verifies_here(typ: str | None) -> None:
    claims = their_credential().to_jwt_payload()
    text = pyjwt.encode(claims, RSA, algorithm="RS256", headers={"kid": RSA_METHOD, "typ": typ})

    assert check_jwt(read_jwt(text), jwk=rsa_jwk(RSA)) == their_credential().to_vc()


def test_what_openbadgeslib_signs_as_jwt_brings_its_own_key_and_is_refused_here() -> None:
    with pytest.raises(ProofError, match="header holds jwk"):
        read_jwt(OB3Signer(RSA_PEM).sign(their_credential()))


# Status lists


def test_our_status_list_is_read_by_openbadgeslib() -> None:
    encoded = our_list(0, 7, 94567, 131071)["credentialSubject"]["encodedList"]

    assert set_indices(decode_encoded_list(encoded)) == {0, 7, 94567, 131071}


@pytest.mark.parametrize("form", ["data integrity", "jwt"])
def test_openbadgeslib_sees_what_is_revoked_on_our_list(form: str) -> None:
    def download(*indexes: int) -> Callable[[str], bytes]:
        document = our_list(*indexes)
        # Only as JWT does it check the list's own proof, with the badge's key unless it looks that up by itself.
        text = json.dumps(signed(document)) if form == "data integrity" else sign_jwt(document, key=RSA, kid=RSA_METHOD)
        return published(status=text)

    document, verifier = signed(full_credential()), OB3LdpVerifier()

    verifier.verify(document, check_status=True, verify_status_list=form == "jwt", download=download(2))
    with pytest.raises(OB3VerificationError, match="'revocation' is set at index 1"):
        verifier.verify(document, check_status=True, verify_status_list=form == "jwt", download=download(1))


def test_openbadgeslib_checks_the_signature_of_a_list_only_as_jwt() -> None:
    with pytest.raises(OB3VerificationError, match="is not a signed JWT-VC"):
        OB3LdpVerifier().verify(
            signed(credential()), check_status=True, download=published(status=json.dumps(signed(our_list())))
        )


def test_openvc_sees_what_is_revoked_on_our_list() -> None:
    with pytest.raises(CredentialRevoked):
        verified_by_openvc(with_one_proof(signed(credential())), signed(our_list(1)))


def test_openvc_sees_what_is_suspended_on_our_list() -> None:
    document = credential()
    document["credentialStatus"] = status_entry(list_address=SUSPENSIONS, index=1, purpose="suspension")

    with pytest.raises(CredentialSuspended):
        verified_by_openvc(
            with_one_proof(signed(document)), signed(our_list(1, purpose="suspension", address=SUSPENSIONS))
        )


def test_openvc_refuses_our_list_when_a_bit_was_cleared() -> None:
    document = signed(our_list(1))
    document["credentialSubject"]["encodedList"] = our_list()["credentialSubject"]["encodedList"]

    with pytest.raises(SignatureInvalid):
        verified_by_openvc(with_one_proof(signed(credential())), document)


def test_openvc_status_list_verifies_and_is_read_here() -> None:
    bits = new_bitstring(131_072)
    set_status_bit(bits, 94567, value=True)
    unsigned = openvc_status_list(id=LIST, issuer=DID, bitstring=bits, valid_from=CREATED)
    document = DataIntegrityProofSuite().add_proof(
        unsigned, signing_key=Ed25519SigningKey(KEY, METHOD), verification_method=METHOD
    )

    check(document)
    encoded = document["credentialSubject"]["encodedList"]
    assert [is_set(encoded, index) for index in (94566, 94567, 94568)] == [False, True, False]
    assert encoded == encode_bitstring(bytes(bits))


def test_openbadgeslib_status_list_is_read_here() -> None:
    document = build_status_list_credential(DID, LIST, "revocation", [0, 131071], issued=CREATED)

    encoded = document["credentialSubject"]["encodedList"]
    assert [index for index in (0, 1, 94567, 131070, 131071) if is_set(encoded, index)] == [0, 131071]
    assert their_status_entry(LIST, "revocation", 1) == status_entry(list_address=LIST, index=1)


def test_openbadgeslib_and_we_write_the_same_status_list() -> None:
    theirs = build_status_list_credential(DID, LIST, "revocation", [0, 131071], issued=CREATED)
    ours = our_list(0, 131071)

    for document in (theirs, ours):
        packed = pyjwt.utils.base64url_decode(document["credentialSubject"].pop("encodedList")[1:])
        document["bits"] = gzip.decompress(packed)
    assert theirs == ours


# Baked pictures


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_openbadgeslib_unbakes_and_verifies_our_png(form: str) -> None:
    document = signed(full_credential())
    text = json.dumps(document) if form == "json" else sign_jwt(document, key=RSA, kid=RSA_METHOD)

    unbaked = OB3Verifier.extract_token_from_png(bake_png(PNG, v3=text, v2="eyJ.a.b"))

    assert unbaked == text
    verifier = OB3LdpVerifier() if form == "json" else OB3Verifier.for_issuer_did(DID, download=published())
    assert verifier.verify(unbaked, download=published()).id == document["id"]


@pytest.mark.parametrize("form", ["json", "jwt"])
def test_openbadgeslib_unbakes_and_verifies_our_svg(form: str) -> None:
    document = full_credential()
    document["credentialSubject"]["narrative"] = "x]]>y & <b>"
    document = signed(document)
    text = json.dumps(document) if form == "json" else sign_jwt(document, key=RSA, kid=RSA_METHOD)

    unbaked = OB3Verifier.extract_token_from_svg(bake_svg(SVG, v3=text, v2="eyJ.a.b").encode())

    assert unbaked == text
    verifier = OB3LdpVerifier() if form == "json" else OB3Verifier.for_issuer_did(DID, download=published())
    assert verifier.verify(unbaked, download=published()).id == document["id"]


def test_openbadgeslib_unbakes_our_version_2() -> None:
    assert baking.extract_png(bake_png(PNG, v3="{}", v2="eyJ.a.b")) == "eyJ.a.b"
    assert baking.extract_svg(bake_svg(SVG, v3="{}", v2="eyJ.a.b").encode()) == "eyJ.a.b"


def test_what_openbadgeslib_bakes_is_unbaked_and_verified_here() -> None:
    signer = OB3LdpSigner(KEY_PEM, verification_method=METHOD)

    [baked] = unbake_png(signer.sign_into_png(their_credential(), PNG))

    assert baked == Baked("v3", signer.sign_to_json(their_credential()))
    check(json.loads(baked.text))


def test_what_openbadgeslib_bakes_into_svg_is_unbaked_and_verified_here() -> None:
    signer = OB3LdpSigner(KEY_PEM, verification_method=METHOD)

    [baked] = unbake_svg(signer.sign_into_svg(their_credential(), SVG.encode()))

    assert baked == Baked("v3", signer.sign_to_json(their_credential()))
    check(json.loads(baked.text))


def test_what_openbadgeslib_bakes_of_version_2_is_unbaked_here() -> None:
    assert unbake_png(baking.bake_png(PNG, "eyJ.a.b")) == [Baked("v2", "eyJ.a.b")]
    assert unbake_svg(baking.bake_svg(SVG.encode(), "eyJ.a.b")) == [Baked("v2", "eyJ.a.b")]


@pytest.mark.parametrize("packed", [False, True])
def test_what_pillow_bakes_is_unbaked_here(*, packed: bool) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt("openbadgecredential", '{"name": "王"}', zip=packed)
    file = io.BytesIO()
    Image.new("RGB", (8, 8)).save(file, "PNG", pnginfo=chunks)

    assert unbake_png(file.getvalue()) == [Baked("v3", '{"name": "王"}')]


# Keys


def test_peers_read_our_did_document() -> None:
    document = OB3LdpSigner(KEY_PEM, verification_method=METHOD).sign(their_credential())

    OB3LdpVerifier.for_issuer_did(DID).verify(document, download=published())
    assert verified_by_openvc(document).issuer == DID


# Made by JavaScript peers: tests/data/openbadges/vectors/javascript, and `sh scripts/dev.sh interop` for the other way

JAVASCRIPT_KEYS = vector("javascript/keys.json")
JAVASCRIPT_FILES = ["credential", "credential-did-key", "credential-endorsed", "status-list"]


def check_javascript(document: dict[str, Any]) -> None:
    proof = single_proof(document)
    refuse_unsafe(document)
    check_proof(document, proof, key=from_multikey(JAVASCRIPT_KEYS[proof["verificationMethod"]]))


@pytest.mark.parametrize("name", JAVASCRIPT_FILES)
def test_what_digitalbazaar_signs_verifies_here(name: str) -> None:
    check_javascript(vector(f"javascript/{name}.json"))


def test_the_endorsement_inside_verifies_here_by_itself() -> None:
    [endorsement] = vector("javascript/credential-endorsed.json")["endorsement"]

    check_javascript(endorsement)


@pytest.mark.parametrize("name", JAVASCRIPT_FILES)
def test_what_digitalbazaar_signs_is_refused_here_once_changed(name: str) -> None:
    document = vector(f"javascript/{name}.json")
    document["credentialSubject"]["id"] = "urn:uuid:00000000-0000-7000-8000-000000000002"

    with pytest.raises(ProofError, match="changed after it was signed"):
        check_javascript(document)


@pytest.mark.parametrize("change", [{"endorsementComment": "Badly made."}, {"id": "https://other.example/a/2"}])
def test_a_changed_endorsement_breaks_the_credential_around_it(change: dict[str, str]) -> None:
    document = vector("javascript/credential-endorsed.json")
    document["endorsement"][0]["credentialSubject"] |= change

    with pytest.raises(ProofError, match="changed after it was signed"):
        check_javascript(document)


@pytest.mark.parametrize("name", ["credential", "credential-endorsed"])
def test_jsonld_js_writes_the_same_canonical_form(name: str) -> None:
    document = vector(f"javascript/{name}.json")
    del document["proof"]

    assert canonical_document(document) == (VECTORS / f"javascript/{name}.nq").read_bytes()


def test_digitalbazaar_status_list_is_read_here() -> None:
    encoded = vector("javascript/status-list.json")["credentialSubject"]["encodedList"]

    assert [index for index in (0, 1, 94566, 94567, 131070, 131071) if is_set(encoded, index)] == [0, 94567, 131071]


def test_what_jose_signs_verifies_here() -> None:
    unchecked = read_jwt((VECTORS / "javascript/credential.jwt").read_text())

    document = check_jwt(unchecked, jwk=JAVASCRIPT_KEYS[unchecked.header["kid"]])

    assert {**document, "proof": None} == {**vector("javascript/credential.json"), "proof": None}
