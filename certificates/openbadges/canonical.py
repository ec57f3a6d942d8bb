"""The canonical form of a document: what is signed. RDFC-1.0, computed natively, behind guards.

Without the guards JSON-LD signs less than it seems: it drops undefined terms and everything about a thing whose address is
none, and resolves relative names against an example address (standards.md §5). And some documents take for ever.
"""

import re
from typing import Any

import pyoxigraph
from pyld import jsonld
from pyld.canon import URDNA2015

from badgecert.core.sentences import sentence as _
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
# All that a credential has a use for, in a word with a language or datatype of its own. Elsewhere keywords move what is
# said to where nobody looks for it.
_KEYWORDS_OF_WORDS = {"@value", "@type", "@language"}
_WHITESPACE = re.compile(r"\s")
_LANGUAGE = re.compile("[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*")

JsonObject = dict[str, Any]


def refuse_unsafe(document: JsonObject) -> None:
    """Refuse what a stranger could use against us or against the reader. Raises UnsafeDocumentError."""
    if "@context" not in document:
        msg = _("It names no context, so its words mean nothing.")
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
            msg = _("It is longer than any credential needs to be.")
            raise UnsafeDocumentError(msg)


def _refuse_unknown_contexts(context: object) -> None:
    for entry in context if isinstance(context, list) else [context]:
        if not isinstance(entry, str):
            msg = _("It brings terms of its own as context. Only the published contexts of the standards are read.")
            raise UnsafeDocumentError(msg)
        if entry not in contexts.known_contexts():
            msg = _("It uses %(entry)s as context. Only the published contexts of the standards are read.", entry=entry)
            raise UnknownContextError(msg)


def _walk(value: object, *, depth: int) -> None:
    if depth > DEEPEST:
        msg = _("It is nested more than %(deepest)s deep.", deepest=DEEPEST)
        raise UnsafeDocumentError(msg)
    if isinstance(value, dict):
        for name, inner in value.items():
            if name == "@context":
                _refuse_unknown_contexts(inner)
                continue
            # A term written out as its address would say a second time what readers expect once.
            if ":" in name or (name.startswith("@") and not value.keys() <= _KEYWORDS_OF_WORDS):
                msg = _("It holds %(name)s where a credential has no use for it.", name=name)
                raise UnsafeDocumentError(msg)
            _walk(inner, depth=depth + 1)
    elif isinstance(value, list):
        for inner in value:
            if isinstance(inner, list):
                # To JSON-LD the same as one list; a reader of JSON would find nothing in it.
                msg = _("It holds a list in a list.")
                raise UnsafeDocumentError(msg)
            _walk(inner, depth=depth + 1)
    elif isinstance(value, str):
        # Linked nameless nodes make the canonical form exponential.
        if value.startswith("_:"):
            msg = _("It names nodes with _:, which a credential has no use for.")
            raise UnsafeDocumentError(msg)
        if any((ord(c) < 32 and c not in "\t\n\r") or ord(c) == 127 for c in value):  # C0 and DEL
            msg = _("It holds invisible control characters, over which implementations differ.")
            raise UnsafeDocumentError(msg)


def n_quads(document: JsonObject) -> str:
    """The document as N-Quads, not canonical yet. Raises UnsafeDocumentError when a term would stay unsigned."""
    dropped: list[str] = []
    processor = jsonld.JsonLdProcessor(on_property_dropped=lambda name, *_: dropped.append(str(name)))
    try:
        expanded = processor.expand(document, {"documentLoader": contexts.loader()})
        if dropped:
            msg = _("The term %(term)s is defined in none of its contexts, so no signature covers it.", term=dropped[0])
            raise UnsafeDocumentError(msg)
        _refuse_unsayable(expanded)
        _refuse_second_self(expanded)
        if _words(expanded) != _words(document):
            msg = _("A word in it means nothing in its contexts, so no signature covers it.")
            raise UnsafeDocumentError(msg)
        quads = jsonld.to_rdf(expanded, {"documentLoader": contexts.loader(), "format": _N_QUADS})
    except jsonld.JsonLdError as error:
        msg = _("It is not valid JSON-LD (%(type)s).", type=error.type)
        raise UnsafeDocumentError(msg) from error
    return str(quads)


def canonical(quads: str) -> bytes:
    """RDFC-1.0 of N-Quads: blank nodes renamed, lines sorted."""
    dataset = pyoxigraph.Dataset(pyoxigraph.parse(quads, format=pyoxigraph.RdfFormat.N_QUADS))
    if any(isinstance(quad.graph_name, pyoxigraph.BlankNode) for quad in dataset):
        # Proofs inside a credential (endorsements) are nameless graphs: where several look alike, the native way differs
        # from the standard and from every other implementation (measured: 1EdTech's complete.json).
        return str(URDNA2015().main(_for_pyld(dataset), {"format": _N_QUADS})).encode()
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    text = pyoxigraph.serialize(dataset, format=pyoxigraph.RdfFormat.N_QUADS) or b""
    # Only line feeds end a line: U+2028 may stand in a literal.
    lines = sorted(line for line in text.split(b"\n") if line)
    return b"".join(line + b"\n" for line in lines)


def _for_pyld(dataset: pyoxigraph.Dataset) -> dict[str, list[JsonObject]]:
    """The quads as PyLD keeps them. Its own reader of N-Quads takes U+2028 for the end of a line, and "\\\\t" for a tab."""
    graphs: dict[str, list[JsonObject]] = {}
    for quad in dataset:
        default = isinstance(quad.graph_name, pyoxigraph.DefaultGraph)
        triple = {
            "subject": _term_for_pyld(quad.subject),
            "predicate": _term_for_pyld(quad.predicate),
            "object": _term_for_pyld(quad.object),
        }
        graphs.setdefault("@default" if default else _term_for_pyld(quad.graph_name)["value"], []).append(triple)
    return graphs


def _term_for_pyld(term: object) -> dict[str, str]:
    if isinstance(term, pyoxigraph.NamedNode):
        return {"type": "IRI", "value": term.value}
    if isinstance(term, pyoxigraph.BlankNode):
        return {"type": "blank node", "value": f"_:{term.value}"}
    if isinstance(term, pyoxigraph.Literal):
        language = {"language": term.language} if term.language else {}
        return {"type": "literal", "value": term.value, "datatype": term.datatype.value, **language}
    msg = _("%(term)s cannot stand in a credential.", term=term)
    raise UnsafeDocumentError(msg)


def canonical_document(document: JsonObject) -> bytes:
    """The canonical form of a document. Raises UnsafeDocumentError."""
    return canonical(n_quads(document))


def _words(value: object) -> int:
    """How many words it says. Contexts, and the datatype and language of a word, only say something about words."""
    if isinstance(value, dict):
        about_words = {"@context", "@type", "@language"} if "@value" in value else {"@context"}
        return sum(_words(inner) for name, inner in value.items() if name not in about_words)
    return sum(map(_words, value)) if isinstance(value, list) else 1


def _refuse_unsayable(value: object) -> None:
    """Refuse, in the expanded form, what the conversion would drop without a word, with all that hangs on it."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if name in {"@id", "@type"}:
                for reference in inner if isinstance(inner, list) else [inner]:
                    if not (reference == "@json" and "@value" in value):
                        _refuse_address(reference)
            elif name == "@language":
                if not _LANGUAGE.fullmatch(inner):
                    msg = _("“%(word)s” is not a language.", word=inner)
                    raise UnsafeDocumentError(msg)
            elif name != "@value":
                if not name.startswith("@"):
                    _refuse_address(name)
                _refuse_unsayable(inner)
    elif isinstance(value, list):
        for inner in value:
            _refuse_unsayable(inner)


def _refuse_second_self(expanded: list[JsonObject]) -> None:
    """Members moved to a second description of the credential keep its signature, and no reader looks for them there."""
    for credential in expanded:
        own_types = set(credential.get("@type", []))
        waiting: list[object] = list(credential.values())
        while waiting:
            value = waiting.pop()
            if isinstance(value, list):
                waiting.extend(value)
            elif isinstance(value, dict):
                if value.get("@id") == credential.get("@id", "") and own_types & set(value.get("@type", [])):
                    msg = _("It describes itself a second time.")
                    raise UnsafeDocumentError(msg)
                waiting.extend(value.values())


def _refuse_address(address: str | None) -> None:
    if address is None:
        msg = _("It holds “@…” for an address, so no signature covers what is said about it.")
        raise UnsafeDocumentError(msg)
    if address.startswith(_UNDEFINED):
        msg = _(
            "“%(word)s” is neither a full address nor a term of its contexts.", word=address.removeprefix(_UNDEFINED)
        )
        raise UnsafeDocumentError(msg)
    try:
        pyoxigraph.NamedNode(address)
    except ValueError:
        sayable = False
    else:
        # NamedNode takes the spaces of other scripts; PyLD drops them.
        sayable = not _WHITESPACE.search(address)
    if not sayable:
        msg = _("“%(address)s” is not an address, so no signature covers what is said about it.", address=address)
        raise UnsafeDocumentError(msg)
