"""Check an exported log against a head that somebody kept: `python -m certificates.openbadges.check_log FILE HEAD`.

FILE is what `manage.py check_log --export` wrote: a line of JSON for each entry, {"index": …, "leaf": …, "recordedAt": …}.
HEAD is a signed head as `/log/head.json` gives it, or a certificate, letter or receipt, which carries one. Needs no database, no Django and no network.
"""

import json
import sys
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from certificates.openbadges.public_log import SignedHead, root_of

_LEAF_BYTES = 32


class LogDiffersError(Exception):
    """The log is not the one that the head was signed over; the message says what differs."""


def check_against(lines: Iterator[str], head: SignedHead, *, key: str = "") -> None:
    """Raises LogDiffersError unless the log still begins with all that the head covers.

    With `key` (a Multikey) the head must be signed with that very key.
    """
    if key and head.key != key:
        msg = f"The head is signed with {head.key}, which is not the key you named."
        raise LogDiffersError(msg)
    if not head.is_genuine:
        msg = "The head's signature does not fit: the head itself was changed, or was never signed."
        raise LogDiffersError(msg)
    leaves = list(islice(_leaves(lines), head.size))
    if len(leaves) < head.size:
        msg = f"The log has {len(leaves)} entries; the head was signed over {head.size}."
        raise LogDiffersError(msg)
    if root_of(leaves) != head.root:
        msg = f"The first {head.size} entries are not those that the head was signed over on {head.signed_at}."
        raise LogDiffersError(msg)


def head_in(content: bytes) -> SignedHead:
    """Of a file that somebody kept. Raises ValueError."""
    if not content.startswith(b"%PDF-"):
        return SignedHead.from_json(json.loads(content))
    head = SignedHead.from_pdf(content)
    if head is None:
        msg = "This PDF carries no signed head."
        raise ValueError(msg)
    return head


def _leaves(lines: Iterator[str]) -> Iterator[bytes]:
    for number, line in enumerate(lines):
        try:
            entry = json.loads(line)
            index, leaf = entry["index"], bytes.fromhex(entry["leaf"])
        except (ValueError, TypeError, KeyError) as error:
            msg = f"Line {number + 1} of the log is no entry."
            raise LogDiffersError(msg) from error
        if index != number or len(leaf) != _LEAF_BYTES:
            msg = f"Line {number + 1} of the log is not entry {number}."
            raise LogDiffersError(msg)
        yield leaf


def main(arguments: list[str]) -> int:
    match arguments:
        case [log, head_file, *key] if len(key) <= 1:
            pass
        case _:
            print("Usage: python -m certificates.openbadges.check_log FILE HEAD [KEY]", file=sys.stderr)  # noqa: T201
            return 2
    try:
        head = head_in(Path(head_file).read_bytes())
        with Path(log).open(encoding="utf-8") as lines:
            check_against(lines, head, key=key[0] if key else "")
    except (LogDiffersError, ValueError, OSError) as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"The log still begins with the {head.size} entries of {head.signed_at}, signed with {head.key}.")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
