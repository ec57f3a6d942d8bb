"""Signing many credentials of our own with one key at one instant, each shape through its own template."""

import json
import marshal
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.template import CredentialTemplate, Path, TemplateSigner

# Where the credentials of one batch differ: identifiers, and any other texts.
_ADDRESSES: tuple[Path, ...] = (
    ("id",),
    ("image", "id"),
    ("credentialSubject", "id"),
    ("credentialStatus", "id"),
    ("refreshService", "id"),
)
_TEXTS: tuple[Path, ...] = (
    ("awardedDate",),
    ("validFrom",),
    ("validUntil",),
    ("credentialSubject", "identifier", 0, "identityHash"),
    ("credentialSubject", "identifier", 0, "salt"),
    ("credentialSubject", "identifier", 1, "identityHash"),
    ("credentialSubject", "narrative"),
    ("credentialStatus", "statusListIndex"),
)


class CredentialSigner:
    """Converts the first credential of a shape, which is slow, and swaps the words of the others.

    Raises UnsafeDocumentError when something would stay unsigned.
    """

    def __init__(self, *, key: Ed25519PrivateKey, verification_method: str, created: datetime) -> None:
        self._key = key
        self._verification_method = verification_method
        self._created = created
        self._signers: dict[str, TemplateSigner] = {}

    def add_proof(self, document: JsonObject) -> JsonObject:
        evidence = range(len(document.get("evidence", [])))
        addresses = [*_ADDRESSES, *(("evidence", number, "id") for number in evidence)]
        texts = [*_TEXTS, *(("evidence", number, "name") for number in evidence)]
        # Everything but the words to swap: credentials that agree in it have the same template.
        rest = marshal.loads(marshal.dumps(document))  # noqa: S302  the quickest copy; it was made in this line
        addresses, texts = ([place for place in places if _blank(rest, place)] for places in (addresses, texts))
        shape = json.dumps(rest)
        if shape not in self._signers:
            template = CredentialTemplate(document, addresses=tuple(addresses), texts=tuple(texts))
            self._signers[shape] = template.signer(
                key=self._key, verification_method=self._verification_method, created=self._created
            )
        return self._signers[shape].add_proof(document)


def _blank(document: JsonObject, place: Path) -> bool:
    """Empty the place; False when the document has none there."""
    *steps, last = place
    inner: object = document
    for step in steps:
        if isinstance(inner, dict) and step not in inner:
            return False
        inner = inner[step]  # type: ignore[index]  # a path of our own documents
    if isinstance(inner, dict) and last not in inner:
        return False
    inner[last] = ""  # type: ignore[index]
    return True
