"""Signing many credentials of one shape: convert once, swap the words, put the lines in order.

Converting JSON-LD costs 8 ms, canonicalising natively 0.2 ms, what is left 0.1 ms. The result is the same to the byte as
the plain way; a test proves it on random credentials.
"""

import re
import secrets
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

import pyoxigraph
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from certificates.openbadges.canonical import JsonObject, canonical, n_quads
from certificates.openbadges.exceptions import UnsafeDocumentError
from certificates.openbadges.proofs import hash_data, multibase, options_hash, proof_options

_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"})
# The spaces of other scripts too: JSON-LD would drop the address, and all that is said about it.
_NOT_IN_ADDRESSES = re.compile('[\x00-\x20<>"{}|^`\\\\]|\\s')

Path = tuple[str | int, ...]


class _Line:
    """One quad, with gaps for the words of a credential and for the labels of nodes without a name."""

    def __init__(self, quad: pyoxigraph.Quad, *, word: str, nodes: Sequence[str], places: int) -> None:
        terms = [str(quad.subject), str(quad.predicate), str(quad.object)]
        if not isinstance(quad.graph_name, pyoxigraph.DefaultGraph):
            terms.append(str(quad.graph_name))
        # A nameless node is a term of its own; inside a text the same letters mean nothing.
        named = [f"{word}:{places + nodes.index(term)}:" if term in nodes else term for term in terms]
        self.nodes = {nodes.index(term) for term in terms if term in nodes}
        # Odd parts are the numbers of gaps, even parts the letters between them.
        parts = re.split(rf"{word}:(\d+):", " ".join([*named, ".\n"]))
        self._gaps = list(zip(parts[::2], map(int, parts[1::2]), strict=False))
        self._tail = parts[-1]
        self.holds_words = any(number < places for _text, number in self._gaps)

    def said(self, words: Sequence[str]) -> str:
        return "".join([text + words[number] for text, number in self._gaps]) + self._tail


class CredentialTemplate:
    """Credentials that differ only in the texts at some places.

    `example` is any of them, `addresses` the places (paths of keys and indexes) that hold identifiers, `texts` those that
    hold anything else. Raises UnsafeDocumentError when a term of the example would stay unsigned.
    """

    def __init__(self, example: JsonObject, *, addresses: tuple[Path, ...], texts: tuple[Path, ...]) -> None:
        self._places = (*addresses, *texts)
        self._addresses = len(addresses)
        self._context = example["@context"]
        # Nobody can have written this word into the credential; it makes an address and a text alike.
        word = f"urn:{secrets.token_hex(16)}"
        marked = example
        for number, place in enumerate(self._places):
            marked = _replaced(marked, place, f"{word}:{number}:")
        quads = list(pyoxigraph.parse(n_quads(marked), format=pyoxigraph.RdfFormat.N_QUADS))
        terms = (term for quad in quads for term in (quad.subject, quad.object, quad.graph_name))
        nodes = sorted({str(term) for term in terms if isinstance(term, pyoxigraph.BlankNode)})
        lines = [_Line(quad, word=word, nodes=nodes, places=len(self._places)) for quad in quads]
        self._same = [line.said([]) for line in lines if not line.nodes and not line.holds_words]
        self._lines = [line for line in lines if line.nodes or line.holds_words]
        self._about = [[line for line in lines if number in line.nodes] for number in range(len(nodes))]
        nothing = [""] * len(self._places)
        # Of nodes about which all credentials say the same.
        self._known = [
            None if any(line.holds_words for line in about) else self._hash_of(number, nothing)
            for number, about in enumerate(self._about)
        ]

    def signer(self, *, key: Ed25519PrivateKey, verification_method: str, created: datetime) -> "TemplateSigner":
        return TemplateSigner(self, key=key, verification_method=verification_method, created=created)

    def canonical(self, document: JsonObject) -> bytes:
        """RDFC-1.0 of the document: nodes are numbered by the hashes of what is said about each, and lines sorted."""
        words = [self._written(number, _at(document, place)) for number, place in enumerate(self._places)]
        hashes = [known or self._hash_of(number, words) for number, known in enumerate(self._known)]
        if len({*hashes}) < len(hashes):
            # Nodes of which the same is said are told apart by what is around them. That is rare, and for the plain way.
            return canonical("".join(self._all_lines(words, (f"_:n{number}" for number in range(len(hashes))))))
        numbers = {found: number for number, found in enumerate(sorted(hashes))}
        return "".join(sorted(self._all_lines(words, (f"_:c14n{numbers[found]}" for found in hashes)))).encode()

    def _all_lines(self, words: list[str], labels: Iterable[str]) -> set[str]:
        words = [*words, *labels]
        return {*self._same, *(line.said(words) for line in self._lines)}

    def _hash_of(self, node: int, words: list[str]) -> str:
        """Of all that is said about it, in which it is called a and every other node z."""
        words = [*words, *("_:a" if number == node else "_:z" for number in range(len(self._about)))]
        lines = {line.said(words) for line in self._about[node]}
        return sha256("".join(sorted(lines)).encode()).hexdigest()

    def _written(self, number: int, value: str) -> str:
        if number >= self._addresses:
            return value.translate(_ESCAPES)
        try:
            if ":" in value and not _NOT_IN_ADDRESSES.search(value):
                return pyoxigraph.NamedNode(value).value
        except ValueError:
            pass
        msg = f"“{value}” is not a full address."
        raise UnsafeDocumentError(msg)

    @property
    def context(self) -> object:
        return self._context


class TemplateSigner:
    """Signs documents of a template with one key at one instant."""

    def __init__(
        self, template: CredentialTemplate, *, key: Ed25519PrivateKey, verification_method: str, created: datetime
    ) -> None:
        self._template = template
        self._key = key
        self._options = proof_options(verification_method=verification_method, created=created)
        self._options_hash = options_hash(self._options, template.context)

    def add_proof(self, document: JsonObject) -> JsonObject:
        signature = self._key.sign(hash_data(self._options_hash, self._template.canonical(document)))
        return {**document, "proof": [{**self._options, "proofValue": multibase(signature)}]}


def _at(document: Any, place: Path) -> str:
    for step in place:
        document = document[step]
    return str(document)


def _replaced(value: Any, place: Path, text: str) -> Any:
    """A copy of the value with the text at the place."""
    if not place:
        return text
    step, *rest = place
    copy = value.copy()
    copy[step] = _replaced(copy[step], tuple(rest), text)
    return copy
