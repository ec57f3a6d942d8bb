import copy
import hashlib
from collections.abc import Iterator
from typing import Any

import base58
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.openbadges.canonical import canonical_document, refuse_unsafe
from certificates.openbadges.exceptions import ProofError, UnsafeDocumentError
from certificates.openbadges.keys import from_multikey
from certificates.openbadges.proofs import add_proof, check_proof, multibase, options_hash, single_proof
from tests.certificates.openbadges.examples import CREATED, KEY, METHOD, credential, full_credential, vector

SIGNED = add_proof(credential(), key=KEY, verification_method=METHOD, created=CREATED)


def check(document: dict[str, Any]) -> None:
    refuse_unsafe(document)
    check_proof(document, single_proof(document), key=KEY.public_key())


def check_by_its_own_key(document: dict[str, Any]) -> None:
    refuse_unsafe(document)
    proof = single_proof(document)
    check_proof(document, proof, key=from_multikey(proof["verificationMethod"].partition("#")[2]))


def test_hashes_are_those_of_the_implementation_guide() -> None:
    document, keys = vector("ob30-impl-guide.json"), vector("ob30-impl-guide.keys.json")
    proof = document.pop("proof")
    options = {name: value for name, value in proof.items() if name != "proofValue"}

    assert hashlib.sha256(canonical_document(document)).hexdigest() == keys["documentHashHex"]
    assert options_hash(options, document["@context"]).hex() == keys["proofConfigHashHex"]


def test_signature_is_that_of_the_implementation_guide() -> None:
    document, keys = vector("ob30-impl-guide.json"), vector("ob30-impl-guide.keys.json")
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(keys["secretKeySeedHex"]))

    check_proof(document, single_proof(document), key=key.public_key())


@pytest.mark.parametrize(
    "name",
    [
        "complete",
        "endorsement-valid",
        "simple",
        "simple-context-version",
        "simple-did-web-method",
        "simple-err-expired",
    ],
)
def test_signatures_of_1edtech_hold(name: str) -> None:
    check_by_its_own_key(vector(f"1edtech/{name}.json"))


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("simple-err-context", "The term created is defined in none of its contexts"),
        ("simple-err-credential-subject-type", "The term achievement is defined in none of its contexts"),
        ("simple-err-evidence-type", "The term audience is defined in none of its contexts"),
        ("simple-err-issuer-type", "“InvalidProfile” is neither a full address nor a term of its contexts"),
        ("simple-err-type", "“OtherCredential” is neither a full address nor a term of its contexts"),
        ("simple-err-proof-value", "It was changed after it was signed"),
        ("simple-noproof", "as context. Only the published contexts of the standards are read"),
    ],
)
def test_broken_credentials_of_1edtech_are_refused(name: str, sentence: str) -> None:
    with pytest.raises((ProofError, UnsafeDocumentError), match=sentence):
        check_by_its_own_key(vector(f"1edtech/{name}.json"))


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        for step, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(inner, (*path, step))
    else:
        yield path


@pytest.mark.parametrize("path", list(leaves(SIGNED)), ids=lambda path: ".".join(map(str, path)))
@pytest.mark.parametrize("change", ["replace", "remove"])
def test_every_changed_leaf_is_noticed(path: tuple[Any, ...], change: str) -> None:
    document = copy.deepcopy(SIGNED)
    *way, last = path
    place: Any = document
    for step in way:
        place = place[step]
    if change == "remove":
        del place[last]
    else:
        place[last] = "https://else.example/" if not isinstance(place[last], bool) else not place[last]

    with pytest.raises((ProofError, UnsafeDocumentError)):
        check(document)


@pytest.mark.parametrize("name", ["motto", "unsigned", "narrative"])
def test_an_added_term_is_noticed(name: str) -> None:
    with pytest.raises((ProofError, UnsafeDocumentError)):
        check({**SIGNED, name: "Head of everything"})


FULL = add_proof(full_credential(), key=KEY, verification_method=METHOD, created=CREATED)
# JSON-LD drops what hangs on an address that is none: the signature of the credential without it would still hold.
UNSIGNED = "https://e.example/a b"


@pytest.mark.parametrize(
    ("member", "added"),
    [
        ("evidence", {"id": UNSIGNED, "type": ["Evidence"], "name": "Nobel prize"}),
        ("evidence", {"id": "https://e.example/a\u2003b", "type": ["Evidence"], "name": "Nobel prize"}),
        ("evidence", {"id": "@evil", "type": ["Evidence"], "name": "Nobel prize"}),
        ("credentialSubject", {"id": UNSIGNED, "type": ["AchievementSubject"], "role": "Head of everything"}),
        ("image", {"id": UNSIGNED, "type": "Image", "caption": "Another picture"}),
        ("type", UNSIGNED),
        ("type", "@evil"),
        ("name", {"@value": "Surgeon", "@language": "not a language"}),
        ("name", {"@value": "Surgeon", "@type": UNSIGNED}),
        ("name", None),
        ("refreshService", "@evil"),
        ("refreshService", UNSIGNED),
        ("evidence", {"@list": []}),
        ("evidence", []),
    ],
)
def test_nothing_can_be_added_that_the_signature_does_not_cover(member: str, added: Any) -> None:
    document = copy.deepcopy(FULL)
    signed = document[member]
    document[member] = [*(signed if isinstance(signed, list) else [signed]), added]

    with pytest.raises(UnsafeDocumentError):
        check(document)


@pytest.mark.parametrize(
    "written",
    [
        {"id": FULL["id"].replace("/v/", "/\\u0076/")},
        {"name": {"@value": FULL["name"], "@direction": "rtl"}},
        {"https://schema.org/name": FULL["name"]},
        {"@language": "en"},
        {"@type": FULL["type"]},
        {"credentialStatus": [[FULL["credentialStatus"]]]},
        {"refreshService": {"id": "https://x.example/<b", "type": "1EdTechCredentialRefresh"}},
        {"refreshService": {"id": "https://x.example/><urn:p><urn:o>.#", "type": "1EdTechCredentialRefresh"}},
    ],
)
def test_nothing_can_be_written_differently_under_the_same_signature(written: dict[str, Any]) -> None:
    with pytest.raises(UnsafeDocumentError):
        check({**FULL, **written})


def test_no_member_can_be_moved_to_where_nobody_looks() -> None:
    document = full_credential()
    document["evidence"].append({"id": document["id"], "type": ["Evidence"]})
    document = add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)
    check(document)
    document["evidence"][-1] |= {"type": ["VerifiableCredential", "Evidence"], "validUntil": document.pop("validUntil")}

    with pytest.raises(UnsafeDocumentError, match="describes itself a second time"):
        check(document)


def test_another_key_is_noticed() -> None:
    with pytest.raises(ProofError, match="somebody else signed it"):
        check_proof(SIGNED, single_proof(SIGNED), key=Ed25519PrivateKey.generate().public_key())


@pytest.mark.parametrize(
    ("proof", "sentence"),
    [
        (None, "It has no proof"),
        ([], "It has no proof"),
        ("a string", "It has no proof"),
        (SIGNED["proof"] * 2, "It has several proofs"),
        ({**SIGNED["proof"][0], "cryptosuite": "eddsa-jcs-2022"}, "of a kind that is not checked here"),
        ({**SIGNED["proof"][0], "proofPurpose": "authentication"}, "for another purpose"),
        ({**SIGNED["proof"][0], "verificationMethod": {"id": METHOD}}, "names no key"),
        ({**SIGNED["proof"][0], "proofValue": ""}, "Its signature is not one"),
        ({**SIGNED["proof"][0], "proofValue": "z0OIl"}, "Its signature is not one"),
    ],
)
def test_broken_proofs_are_refused_with_the_reason(proof: Any, sentence: str) -> None:
    with pytest.raises(ProofError, match=sentence):
        check({**SIGNED, "proof": proof})


def test_a_signature_moved_by_the_group_order_is_refused() -> None:
    order = 2**252 + 27742317777372353535851937790883648493
    raw = base58.b58decode(SIGNED["proof"][0]["proofValue"][1:])
    moved = raw[:32] + (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")

    with pytest.raises(ProofError):
        check({**SIGNED, "proof": [{**SIGNED["proof"][0], "proofValue": multibase(moved)}]})
