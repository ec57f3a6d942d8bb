"""The texts of the public log: what an entry says, what a head signs. The tree over them is in merkle.py."""

import hashlib
import html
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.openbadges import merkle
from certificates.openbadges.keys import from_multikey, multikey

# A PDF carries a signed head in its metadata, as JSON in this one element of XMP.
XMP_NAMESPACE = "urn:badgecert:public-log:1"
XMP_HEAD = "badgecertlog:signedHead"
_HEAD_IN_PDF = re.compile(f"<{XMP_HEAD}>([^<]{{1,2000}})</{XMP_HEAD}>".encode())


def canonical(content: Any) -> bytes:
    """One text for one content: sorted names, no spaces, UTF-8."""
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def salted_digest(content: Any, salt: bytes) -> bytes:
    """Tells nothing to whoever does not have the salt, not even to somebody who guesses the content."""
    return hashlib.sha256(salt + canonical(content)).digest()


def instant(at: datetime) -> str:
    """2026-11-22T04:17:09.123456Z"""
    return at.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What an entry says happened."""

    # issued, corrected, renewed, restored, reinstated, suspended or revoked.
    kind: str
    # A UUID.
    issuance: str
    version: int
    # Over what the version says, with the entry's salt.
    says: bytes
    # Over what the badge said.
    badge: bytes
    # SHA-256 over the signed credential: the bytes of the `.json`.
    document: bytes
    recorded_at: datetime

    def as_json(self) -> dict[str, str | int]:
        return {
            "kind": self.kind,
            "issuance": self.issuance,
            "version": self.version,
            "says": self.says.hex(),
            "badge": self.badge.hex(),
            "document": self.document.hex(),
            "recordedAt": instant(self.recorded_at),
        }

    def leaf_hash(self, salt: bytes) -> bytes:
        return merkle.leaf_hash(salted_digest(self.as_json(), salt))


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedHead:
    """The site's word that its log had so many entries at that time, and that they were these."""

    size: int
    root: bytes
    signed_at: str
    # Ed25519, as a Multikey.
    key: str
    signature: bytes = b""

    @classmethod
    def sign(cls, *, size: int, root: bytes, signed_at: datetime, key: Ed25519PrivateKey) -> Self:
        unsigned = cls(size=size, root=root, signed_at=instant(signed_at), key=multikey(key))
        return cls(
            size=size,
            root=root,
            signed_at=unsigned.signed_at,
            key=unsigned.key,
            signature=key.sign(unsigned.signed_text),
        )

    @classmethod
    def from_json(cls, content: Any) -> Self:
        """Raises ValueError for anything that is no head."""
        try:
            size, signed_at, key = content["size"], content["signedAt"], content["key"]
            root, signature = bytes.fromhex(content["root"]), bytes.fromhex(content["signature"])
        except (KeyError, TypeError, ValueError) as error:
            msg = "This is not a signed head: it needs size, root, signedAt, key and signature."
            raise ValueError(msg) from error
        if not isinstance(size, int) or isinstance(size, bool) or size < 0:
            msg = "The size of a head is a number from 0."
            raise ValueError(msg)
        return cls(size=size, root=root, signed_at=str(signed_at), key=str(key), signature=signature)

    @classmethod
    def from_pdf(cls, pdf: bytes) -> Self | None:
        """The head that was the newest when the PDF was made; None when it carries none.

        Raises ValueError when it carries several, or one that is no head.
        """
        match set(_HEAD_IN_PDF.findall(pdf)):
            case found if not found:
                return None
            case found if len(found) > 1:
                msg = "This PDF carries several signed heads."
                raise ValueError(msg)
            case found:
                return cls.from_json(json.loads(html.unescape(found.pop().decode())))

    def as_json(self) -> dict[str, str | int]:
        return {**self._signed(), "key": self.key, "signature": self.signature.hex()}

    @property
    def signed_on(self) -> datetime:
        return datetime.fromisoformat(self.signed_at)

    @property
    def signed_text(self) -> bytes:
        return canonical(self._signed())

    @property
    def is_genuine(self) -> bool:
        """Its key has signed it; whose key that is, is another question."""
        return _is_signed(self)

    def _signed(self) -> dict[str, str | int]:
        return {"size": self.size, "root": self.root.hex(), "signedAt": self.signed_at}


@lru_cache(maxsize=1000)
def _is_signed(head: SignedHead) -> bool:
    """Worked out once for each head, which thousands of entries share."""
    try:
        from_multikey(head.key).verify(head.signature, head.signed_text)
    except (InvalidSignature, ValueError):
        return False
    return True


def root_of(leaves: Iterable[bytes]) -> bytes:
    """The root over all these leaf hashes, in memory that grows with their logarithm."""
    peaks: list[tuple[int, bytes]] = []
    for leaf in leaves:
        level, node = 0, leaf
        while peaks and peaks[-1][0] == level:
            level, node = level + 1, merkle.node_hash(peaks.pop()[1], node)
        peaks.append((level, node))
    if not peaks:
        return merkle.empty_head()
    root = peaks.pop()[1]
    while peaks:
        root = merkle.node_hash(peaks.pop()[1], root)
    return root
