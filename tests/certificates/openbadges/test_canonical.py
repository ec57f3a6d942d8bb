from typing import Any

import pytest

from certificates.openbadges.canonical import canonical_document, refuse_unsafe
from certificates.openbadges.exceptions import UnsafeDocumentError
from tests.certificates.openbadges.examples import credential


def nested(depth: int) -> dict[str, Any]:
    return {"narrative": nested(depth - 1)} if depth else {}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"@context": ["https://www.w3.org/ns/credentials/v2", {"name": "urn:x"}]}, "terms of its own"),
        ({"@context": "https://www.w3.org/ns/credentials/v3"}, "https://www.w3.org/ns/credentials/v3 as context"),
        ({"@context": ["file:///etc/passwd"]}, "file:///etc/passwd as context"),
        ({"@context": ["http://127.0.0.1:1/x"]}, "http://127.0.0.1:1/x as context"),
        ({"@graph": []}, "@graph"),
        ({"@included": []}, "@included"),
        ({"evidence": {"@reverse": {}}}, "@reverse"),
        ({"evidence": {"@context": {"x": "urn:x"}}}, "terms of its own"),
        ({"id": "_:b0"}, "names nodes with _:"),
        ({"_:b0": "x"}, "_:b0"),
        ({"name": "Ana\x01"}, "invisible control characters"),
        ({"evidence": nested(40)}, "nested more than 32 deep"),
        ({"evidence": [{}] * 1_000}, "longer than any credential needs to be"),
        ({"name": "x" * 100_001}, "longer than any credential needs to be"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"] * 41}, "longer than any credential needs to be"),
    ],
)
def test_refuse_unsafe_says_what_a_credential_has_no_use_for(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnsafeDocumentError, match=sentence):
        refuse_unsafe({**credential(), **change})


def test_refuse_unsafe_needs_a_context() -> None:
    with pytest.raises(UnsafeDocumentError, match="names no context"):
        refuse_unsafe({"id": "urn:x"})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"motto": "x"}, "The term motto is defined in none of its contexts"),
        ({"id": "relative"}, "“relative” is neither a full address"),
        (
            {"credentialSchema": [{"id": "https://x.example/s", "type": "1EdTechJsonSchemaValidator2019"}]},
            "1EdTechJson",
        ),
    ],
)
def test_canonical_document_refuses_what_no_signature_would_cover(change: dict[str, Any], sentence: str) -> None:
    with pytest.raises(UnsafeDocumentError, match=sentence):
        canonical_document({**credential(), **change})


def test_canonical_document_does_not_depend_on_the_order_of_members() -> None:
    document = credential()

    assert canonical_document(dict(reversed(document.items()))) == canonical_document(document)
