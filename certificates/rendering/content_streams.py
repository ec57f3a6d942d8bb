"""The operators of a PDF page that concern text (ISO 32000-1, 7.8.2 and 9.4).

pyHanko's own parser takes the operator `f` for the beginning of `false`, so it cannot read a page with a drawing.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_TOKEN = re.compile(
    rb"(?P<space>[\0\t\n\f\r ]+|%[^\r\n]*)"
    rb"|<(?P<hex>[0-9A-Fa-f\s]*)>"
    rb"|(?P<literal>\()"
    rb"|(?P<name>/[^\0\t\n\f\r ()<>\[\]{}/%]*)"
    rb"|(?P<mark><<|>>|[\[\]{}<>)])"
    rb"|(?P<word>[^\0\t\n\f\r ()<>\[\]{}/%]+)"
)
_PART_OF_LITERAL = re.compile(rb"[^()\\]+|\\(?:[0-7]{1,3}|\r\n|.)|[()]", re.DOTALL)
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f", b"\n": b"", b"\r": b"", b"\r\n": b""}
_NUMBER = re.compile(rb"[+-]?[0-9.]+")
_END_OF_IMAGE = re.compile(rb"\sEI(?=\s)")


class Operator(NamedTuple):
    name: str
    strings: list[bytes]
    names: list[str]


def operators(stream: bytes) -> Iterator[Operator]:
    """Each operator with the strings and names before it; what is no PDF ends it."""
    strings: list[bytes] = []
    names: list[str] = []
    place = 0
    while match := _TOKEN.match(stream, place):
        place = match.end()
        if match["hex"] is not None:
            digits = b"".join(match["hex"].split())
            strings.append(bytes.fromhex((digits + b"0" * (len(digits) % 2)).decode()))
        elif match["literal"]:
            string, place = _literal(stream, place)
            strings.append(string)
        elif match["name"]:
            names.append(match["name"].decode("latin-1"))
        elif match["word"] and not _NUMBER.fullmatch(match["word"]):
            yield Operator(match["word"].decode("latin-1"), strings, names)
            strings, names = [], []
            if match["word"] == b"ID":
                end = _END_OF_IMAGE.search(stream, place)
                place = end.end() if end else len(stream)


def _literal(stream: bytes, place: int) -> tuple[bytes, int]:
    """A string in parentheses, from behind the first of them, and where it ends."""
    parts, depth = [], 1
    while match := _PART_OF_LITERAL.match(stream, place):
        place, part = match.end(), match[0]
        if part in b"()":
            depth += 1 if part == b"(" else -1
            if depth == 0:
                break
        elif part.startswith(b"\\"):
            escaped = part[1:]
            part = bytes([int(escaped, 8) & 0xFF]) if escaped.isdigit() else _ESCAPES.get(escaped, escaped)
        parts.append(part)
    return b"".join(parts), place
