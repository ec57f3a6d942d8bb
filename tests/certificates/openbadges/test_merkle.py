import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certificates.openbadges import merkle

MOST = 70
LEAVES = [merkle.leaf_hash(str(number).encode()) for number in range(MOST)]


def plain_head(leaves: list[bytes]) -> bytes:
    """The definition of RFC 9162 §2.1.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + plain_head(leaves[:half]) + plain_head(leaves[half:])).digest()


def read(start: int, level: int) -> bytes:
    return plain_head(LEAVES[start : start + (1 << level)])


@pytest.mark.parametrize("size", range(MOST + 1))
def test_head_is_the_one_of_the_definition(size: int) -> None:
    assert merkle.head(size, read) == plain_head(LEAVES[:size])


def test_head_reads_a_logarithmic_number_of_nodes() -> None:
    places: list[tuple[int, int]] = []

    def counted(start: int, level: int) -> bytes:
        places.append((start, level))
        return b"\0" * 32

    merkle.head(1_000_000, counted)

    assert len(places) <= 20


@settings(deadline=None)
@given(st.integers(1, MOST), st.data())
def test_inclusion_proof_holds_for_its_leaf_alone(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    other = data.draw(st.integers(0, MOST - 1))
    path = merkle.inclusion_proof(index, size, read)
    root = plain_head(LEAVES[:size])

    assert merkle.is_included(LEAVES[index], index, size, path, root)
    assert merkle.is_included(LEAVES[other], index, size, path, root) == (other == index)


@settings(deadline=None)
@given(st.integers(1, MOST), st.data())
def test_consistency_proof_holds_for_a_beginning_alone(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    path = merkle.consistency_proof(old, size, read)
    roots = plain_head(LEAVES[:old]), plain_head(LEAVES[:size])
    forged = plain_head([*LEAVES[: old - 1], merkle.leaf_hash(b"forged")])

    assert merkle.is_consistent(old, roots[0], size, roots[1], path)
    assert not merkle.is_consistent(old, forged, size, roots[1], path)


@pytest.mark.parametrize(("index", "size"), [(0, 0), (5, 5), (-1, 5)])
def test_inclusion_proof_of_what_is_not_there_is_refused(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="There is no entry"):
        merkle.inclusion_proof(index, size, read)


@pytest.mark.parametrize(("old", "size"), [(0, 5), (6, 5)])
def test_consistency_proof_of_a_head_that_never_was_is_refused(old: int, size: int) -> None:
    with pytest.raises(ValueError, match="has no head of"):
        merkle.consistency_proof(old, size, read)
