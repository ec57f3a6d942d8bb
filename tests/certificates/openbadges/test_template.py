from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.openbadges.canonical import canonical_document
from certificates.openbadges.exceptions import UnsafeDocumentError
from certificates.openbadges.proofs import add_proof
from certificates.openbadges.template import CredentialTemplate
from tests.certificates.openbadges.examples import (
    CREATED,
    KEY,
    METHOD,
    VARYING_ADDRESSES,
    VARYING_TEXTS,
    credential,
)

TEMPLATE = CredentialTemplate(credential(), addresses=VARYING_ADDRESSES, texts=VARYING_TEXTS)
SIGNER = TEMPLATE.signer(key=KEY, verification_method=METHOD, created=CREATED)

# What our own texts may hold: any script, quotes, line ends; no control characters (badgecert.core.text).
texts = st.text(alphabet=st.characters(exclude_categories=["Cc", "Cs"], include_characters="\n\t\r")).filter(
    lambda text: not set(text) & {"\ue000", "\ue001"}
)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**12 - 1), texts)
def test_template_signs_the_same_to_the_letter_as_the_plain_way(number: int, name: str) -> None:
    document = credential(number, name=name)

    assert SIGNER.add_proof(document) == add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)


@pytest.mark.parametrize(
    "name", ['"\\', "a\u2028b\u2029c", "\t\n\r", "王小明", "محمد", "\U0001f468\u200d\U0001f469", ""]
)
def test_template_signs_hard_names_the_same(name: str) -> None:
    document = credential(name=name)

    assert SIGNER.add_proof(document) == add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)


@pytest.mark.parametrize(
    "address",
    [
        "relative",
        "https://x.example/> <urn:y",
        "https://x.example/a b",
        "https://x.example/a\u3000b",
        "https://x.example/%zz",
    ],
)
def test_template_refuses_what_would_break_out_of_an_address(address: str) -> None:
    with pytest.raises(UnsafeDocumentError, match="is not a full address"):
        SIGNER.add_proof({**credential(), "id": address})


def test_template_refuses_a_term_that_no_signature_would_cover() -> None:
    with pytest.raises(UnsafeDocumentError):
        CredentialTemplate({**credential(), "motto": "x"}, addresses=VARYING_ADDRESSES, texts=VARYING_TEXTS)


def with_skills(number: int, *names: str) -> dict[str, Any]:
    """Nodes without a name of their own, some of which say the same."""
    document = credential(number)
    document["credentialSubject"]["achievement"]["alignment"] = [
        {"type": ["Alignment"], "targetName": name, "targetUrl": "https://skills.example/1"} for name in names
    ]
    return document


@pytest.mark.parametrize("names", [("One", "Two"), ("One", "One"), ("_:c14n0", "_:a", "_:z")])
def test_template_numbers_nodes_without_a_name_as_the_plain_way_does(names: tuple[str, ...]) -> None:
    template = CredentialTemplate(with_skills(1, *names), addresses=VARYING_ADDRESSES, texts=VARYING_TEXTS)

    canonicals = [template.canonical(with_skills(number, *names)) for number in range(20)]

    assert canonicals == [canonical_document(with_skills(number, *names)) for number in range(20)]


def test_template_tells_nodes_apart_that_words_make_alike() -> None:
    places = tuple(("credentialSubject", "achievement", "alignment", number, "targetName") for number in (0, 1))
    template = CredentialTemplate(with_skills(1, "One", "Two"), addresses=VARYING_ADDRESSES, texts=places)

    assert template.canonical(with_skills(1, "Same", "Same")) == canonical_document(with_skills(1, "Same", "Same"))
