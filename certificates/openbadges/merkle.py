"""Merkle trees of RFC 9162 §2.1: heads, inclusion and consistency proofs over leaf hashes. SHA-256, bytes of 32."""

import hashlib
from collections.abc import Callable, Sequence

# The hash of the complete subtree over leaves [start, start + 2^level).
NodeReader = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def empty_head() -> bytes:
    return hashlib.sha256(b"").digest()


def complete_subtrees(start: int, end: int) -> list[tuple[int, int]]:
    """[start, end) as the fewest complete subtrees (start, level), left to right; start is 0 or a multiple of each."""
    parts = []
    while start < end:
        level = (end - start).bit_length() - 1
        parts.append((start, level))
        start += 1 << level
    return parts


def head(size: int, read: NodeReader) -> bytes:
    """The root over the first `size` leaves, from a logarithmic number of stored nodes."""
    return range_hash(0, size, read) if size else empty_head()


def range_hash(start: int, end: int, read: NodeReader) -> bytes:
    """MTH over [start, end), where the range is one that RFC 9162 splits a tree into."""
    parts = complete_subtrees(start, end)
    result = read(*parts[-1])
    for part in reversed(parts[:-1]):
        result = node_hash(read(*part), result)
    return result


def inclusion_proof(index: int, size: int, read: NodeReader) -> list[bytes]:
    """PATH(index, D[size]) of §2.1.3.1. Raises ValueError when the leaf is not in the tree."""
    if not 0 <= index < size:
        msg = f"There is no entry {index} in a log of {size}."
        raise ValueError(msg)
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + (1 << (end - start - 1).bit_length() - 1)
        if index < middle:
            path.append(range_hash(middle, end, read))
            end = middle
        else:
            path.append(range_hash(start, middle, read))
            start = middle
    return path[::-1]


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """§2.1.3.2: the leaf stands at this place of the tree with this root."""
    if index >= size:
        return False
    node, place, last = leaf, index, size - 1
    for sibling in path:
        if last == 0:
            return False
        if place & 1 or place == last:
            node = node_hash(sibling, node)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and node == root


def consistency_proof(old: int, size: int, read: NodeReader) -> list[bytes]:
    """PROOF(old, D[size]) of §2.1.4.1: the tree of `old` leaves is a beginning of the one of `size`."""
    if not 0 < old <= size:
        msg = f"A log of {size} has no head of {old}."
        raise ValueError(msg)
    return _subproof(old, 0, size, read, is_whole=True)


def _subproof(old: int, start: int, end: int, read: NodeReader, *, is_whole: bool) -> list[bytes]:
    size = end - start
    if old == size:
        return [] if is_whole else [range_hash(start, end, read)]
    half = 1 << (size - 1).bit_length() - 1
    if old <= half:
        return [*_subproof(old, start, start + half, read, is_whole=is_whole), range_hash(start + half, end, read)]
    return [
        *_subproof(old - half, start + half, end, read, is_whole=False),
        range_hash(start, start + half, read),
    ]


def is_consistent(old: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """§2.1.4.2: nothing that was in the old tree has been changed or taken out of the new one."""
    if not 0 < old <= size:
        return False
    if old == size:
        return not path and old_root == root
    nodes = [*path]
    if old & (old - 1) == 0:
        nodes.insert(0, old_root)
    if not nodes:
        return False
    place, last = old - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    older = newer = nodes[0]
    for sibling in nodes[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        place, last = place >> 1, last >> 1
    return last == 0 and older == old_root and newer == root
