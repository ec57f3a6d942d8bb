"""Whether the public log holds what a page shows: quick enough to ask for each page."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from certificates.openbadges import merkle
from certificates.openbadges.public_log import SignedHead, Statement, instant

_HASH_BYTES = 32

# From a version.
PLACE = tuple(
    f"log_proof__{column}"
    for column in (
        "entry__kind",
        "entry__issuance_id",
        "entry__version",
        "entry__says",
        "entry__badge",
        "entry__document",
        "entry__recorded_at",
        "entry__salt",
        "entry__leaf_hash",
        "entry__index",
        "path",
        "head__size",
        "head__root",
        "head__signed_at",
        "head__signature",
        "head__key__public",
    )
)


class Inclusion(StrEnum):
    PROVEN = "proven"
    # It has no number yet.
    WAITING = "waiting"
    # Entry, path, head and document do not belong together.
    DISPROVEN = "disproven"


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPlace:
    """What is stored of a version's first entry in the log, the head that covers it and the way between them."""

    statement: Statement
    salt: bytes
    leaf: bytes
    index: int
    path: tuple[bytes, ...]
    head: SignedHead

    @property
    def number(self) -> int:
        """For people: the first entry is 1."""
        return self.index + 1


def place_from(stored: Sequence[Any]) -> LogPlace | None:
    """From the values of PLACE; None while the entry has no number."""
    kind, issuance, version, says, badge, document, recorded_at, salt, leaf, index, path, *head = stored
    if index is None:
        return None
    return LogPlace(
        statement=Statement(
            kind=kind,
            issuance=str(issuance),
            version=version,
            says=bytes(says),
            badge=bytes(badge),
            document=bytes(document),
            recorded_at=recorded_at,
        ),
        salt=bytes(salt or b""),
        leaf=bytes(leaf),
        index=index,
        path=hashes_in(bytes(path)),
        head=_head(*head),
    )


def hashes_in(path: bytes) -> tuple[bytes, ...]:
    """Of a path as LogProof keeps it."""
    return tuple(path[start : start + _HASH_BYTES] for start in range(0, len(path), _HASH_BYTES))


def _head(size: int, root: bytes, signed_at: datetime, signature: bytes, key: str) -> SignedHead:
    return SignedHead(size=size, root=bytes(root), signed_at=instant(signed_at), key=key, signature=bytes(signature))


def inclusion_of(
    place: LogPlace | None, *, issuance_id: uuid.UUID | None, version: int, document: bytes | None
) -> Inclusion:
    """Whether this version was logged, with `document` as the digest of what was signed (None: not to be compared)."""
    if place is None:
        return Inclusion.WAITING
    said = place.statement
    is_proven = (
        (said.issuance, said.version) == (str(issuance_id), version)
        and document in {None, said.document}
        and said.leaf_hash(place.salt) == place.leaf
        and merkle.is_included(place.leaf, place.index, place.head.size, place.path, place.head.root)
        and place.head.is_genuine
    )
    return Inclusion.PROVEN if is_proven else Inclusion.DISPROVEN
