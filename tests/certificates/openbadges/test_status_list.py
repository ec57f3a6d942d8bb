import base64
import gzip
from datetime import UTC, datetime

import pytest

from certificates.openbadges.exceptions import ProofError
from certificates.openbadges.status_list import (
    ENTRIES,
    encoded_list,
    is_set,
    shuffled,
    status_entry,
    status_list_credential,
)


def packed(bits: bytes) -> str:
    return "u" + base64.urlsafe_b64encode(gzip.compress(bits)).rstrip(b"=").decode()


def test_encoded_list_sets_these_bits_and_no_others() -> None:
    encoded = encoded_list([0, 7, 8, ENTRIES - 1])

    assert [index for index in (0, 1, 7, 8, 9, ENTRIES - 2, ENTRIES - 1) if is_set(encoded, index)] == [
        0,
        7,
        8,
        ENTRIES - 1,
    ]


def test_first_bit_is_the_leftmost() -> None:
    assert is_set(packed(b"\x80" + b"\0" * 15), 0)
    assert not is_set(packed(b"\x01" + b"\0" * 15), 0)


def test_encoded_list_is_the_same_text_for_the_same_bits() -> None:
    assert encoded_list([5]) == encoded_list([5])


@pytest.mark.parametrize("encoded", ["", "u", "uAAAA", "x" + encoded_list([])[1:], "u!!!!"])
def test_is_set_of_a_broken_list_is_no_answer(encoded: str) -> None:
    with pytest.raises(ProofError):
        is_set(encoded, 0)


@pytest.mark.parametrize("index", [-1, ENTRIES, 10**18])
def test_is_set_outside_of_the_list_is_no_answer(index: int) -> None:
    with pytest.raises(ProofError, match="outside the list"):
        is_set(encoded_list([]), index)


def test_is_set_inflates_no_bomb() -> None:
    with pytest.raises(ProofError):
        is_set(packed(b"\0" * 50_000_000), 0)


def test_shuffled_gives_every_index_once() -> None:
    assert len({shuffled(counter, key=b"k") for counter in range(ENTRIES)}) == ENTRIES


def test_shuffled_puts_neighbours_apart() -> None:
    first, second = shuffled(0, key=b"k"), shuffled(1, key=b"k")

    assert abs(first - second) > 1
    assert first != shuffled(0, key=b"other")


def test_status_entry_names_its_place_as_text() -> None:
    entry = status_entry(list_address="https://x.example/status/1", index=94567)

    assert (entry["statusListIndex"], entry["id"]) == ("94567", "https://x.example/status/1#94567")


def test_status_list_credential_holds_the_list() -> None:
    document = status_list_credential(
        address="https://x.example/status/1",
        issuer="did:web:x.example",
        purpose="revocation",
        set_indexes=[3],
        valid_from=datetime(2026, 11, 22, tzinfo=UTC),
    )

    assert is_set(document["credentialSubject"]["encodedList"], 3)
    assert document["credentialSubject"]["id"] == "https://x.example/status/1#list"
