"""The canonical form of a document: what is signed. RDFC-1.0, computed natively, behind guards.

Without the guards JSON-LD signs less than it seems: it drops undefined terms and resolves relative names against an
example address (standards.md §5). And some documents take for ever.
"""

from typing import Any

import pyoxigraph
from pyld import jsonld

from certificates.openbadges import contexts
from certificates.openbadges.exceptions import UnknownContextError, UnsafeDocumentError

DEEPEST = 32
# Far more than any credential has. Conversion takes 2 ms for each object, 5 ms for each context, and the square of the
# length of a list (measured), so a text of 1 MB could keep a process busy for hours.
MOST_VALUES = 1_000
MOST_CONTEXTS = 40
MOST_CHARACTERS = 100_000
_N_QUADS = "application/n-quads"
# Relative names are resolved against this one by PyLD, whatever base it is given.
_UNDEFINED = "http://example.org/base/"
_FORBIDDEN_KEYWORDS = {"@graph", "@included", "@reverse", "@import", "@base", "@vocab", "@nest", "@index"}

JsonObject = dict[str, Any]


def refuse_unsafe(document: JsonObject) -> None:
    """Refuse what a stranger could use against us or against the reader. Raises UnsafeDocumentError."""
    if "@context" not in document:
        msg = "It names no context, so its words mean nothing."
        raise UnsafeDocumentError(msg)
    _refuse_long(document)
    _walk(document, depth=1)


def _refuse_long(document: JsonObject) -> None:
    values = named_contexts = characters = 0
    waiting: list[object] = [document]
    while waiting:
        value = waiting.pop()
        values += 1
        if isinstance(value, dict):
            context = value.get("@context", [])
            named_contexts += len(context) if isinstance(context, list) else 1
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, str):
            characters += len(value)
        if values > MOST_VALUES or named_contexts > MOST_CONTEXTS or characters > MOST_CHARACTERS:
            msg = "It is longer than any credential needs to be."
            raise UnsafeDocumentError(msg)


def _refuse_unknown_contexts(context: object) -> None:
    for entry in context if isinstance(context, list) else [context]:
        if not isinstance(entry, str):
            msg = "It brings terms of its own as context. Only the published contexts of the standards are read."
            raise UnsafeDocumentError(msg)
        if entry not in contexts.known_contexts():
            msg = f"It uses {entry} as context. Only the published contexts of the standards are read."
            raise UnknownContextError(msg)


def _walk(value: object, *, depth: int) -> None:
    if depth > DEEPEST:
        msg = f"It is nested more than {DEEPEST} deep."
        raise UnsafeDocumentError(msg)
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "@context":
                _refuse_unknown_contexts(inner)
                continue
            if name in _FORBIDDEN_KEYWORDS or name.startswith("_:"):
                msg = f"It holds {name} where a credential has no use for it."
                raise UnsafeDocumentError(msg)
            _walk(inner, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _walk(inner, depth=depth + 1)
    elif isinstance(value, str):
        # Linked nameless nodes make the canonical form exponential.
        if value.startswith("_:"):
            msg = "It names nodes with _:, which a credential has no use for."
            raise UnsafeDocumentError(msg)
        if any((ord(c) < 32 and c not in "\t\n\r") or ord(c) == 127 for c in value):  # C0 and DEL
            msg = "It holds invisible control characters, over which implementations differ."
            raise UnsafeDocumentError(msg)


def n_quads(document: JsonObject) -> str:
    """The document as N-Quads, not canonical yet. Raises UnsafeDocumentError when a term would stay unsigned."""
    dropped: list[str] = []
    processor = jsonld.JsonLdProcessor(on_property_dropped=lambda name, *_: dropped.append(str(name)))
    try:
        expanded = processor.expand(document, {"documentLoader": contexts.loader()})
        if dropped:
            msg = f"The term {dropped[0]} is defined in none of its contexts, so no signature covers it."
            raise UnsafeDocumentError(msg)
        _refuse_relative(expanded)
        quads = jsonld.to_rdf(expanded, {"documentLoader": contexts.loader(), "format": _N_QUADS})
    except jsonld.JsonLdError as error:
        msg = f"It is not valid JSON-LD ({error.type})."
        raise UnsafeDocumentError(msg) from error
    return str(quads)


def canonical(quads: str) -> bytes:
    """RDFC-1.0 of N-Quads: blank nodes renamed, lines sorted."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(quads, format=pyoxigraph.RdfFormat.N_QUADS))
    if any(isinstance(quad.graph_name, pyoxigraph.BlankNode) for quad in dataset):
        # A proof inside a credential (an endorsement) is a nameless graph: there the native way differs from the
        # standard and from every other implementation (measured: 1EdTech's complete.json).
        options = {"algorithm": "URDNA2015", "inputFormat": _N_QUADS, "format": _N_QUADS}
        return str(jsonld.normalize(quads, options)).encode()
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    text = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS)
    # Only line feeds end a line: U+2028 may stand in a literal.
    lines = sorted(line for line in text.split(b"\n") if line)
    return b"".join(line + b"\n" for line in lines)


def canonical_document(document: JsonObject) -> bytes:
    """The canonical form of a document. Raises UnsafeDocumentError."""
    return canonical(n_quads(document))


def _refuse_relative(value: object) -> None:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"@id", "@type"}:
                for reference in inner if isinstance(inner, list) else [inner]:
                    if isinstance(reference, str) and reference.startswith(_UNDEFINED):
                        term = reference.removeprefix(_UNDEFINED)
                        msg = f"“{term}” is neither a full address nor a term of its contexts."
                        raise UnsafeDocumentError(msg)
            _refuse_relative(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_relative(inner)
