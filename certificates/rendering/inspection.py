"""What a PDF that somebody brings says about itself: whose signature it carries, and the words that are printed on it.

Imports pyHanko and reads strangers' files: only the process that prints loads it, under its limits.
"""

import asyncio
import hashlib
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC
from io import BytesIO
from itertools import islice
from typing import Any

from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, StreamObject
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.rendering.content_streams import operators
from certificates.rendering.inspected import Inspected, Signature

_MOST_PAGES = 3
_MOST_LINES = 500
_CODES = re.compile(rb"<([0-9A-Fa-f]+)>")
_CHARACTERS = re.compile(rb"beginbfchar(.*?)endbfchar", re.DOTALL)
_RANGES = re.compile(rb"beginbfrange(.*?)endbfrange", re.DOTALL)
_RANGE = re.compile(rb"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*(?:<([0-9A-Fa-f]+)>|\[(.*?)\])", re.DOTALL)
_LONGEST_RANGE = 0xFFFF


def inspect_pdf(pdf: bytes) -> Inspected:
    """Never raises for what is in the file: what cannot be read is not there."""
    try:
        reader = PdfFileReader(BytesIO(pdf), strict=False)
        signatures = list(reader.embedded_signatures)
    except Exception:  # a stranger's file may be broken in any way
        return Inspected(signatures=(), lines=())
    return Inspected(
        signatures=tuple(_signature(signature) for signature in signatures),
        lines=tuple(islice(_lines(reader), _MOST_LINES)),
    )


# --- signatures ----------------------------------------------------------------------------------


def _signature(embedded: EmbeddedPdfSignature) -> Signature:
    nobody = ValidationContext(trust_roots=[], allow_fetching=False)
    try:
        status = asyncio.run(async_validate_pdf_signature(embedded, signer_validation_context=nobody))
    except Exception:  # as above
        return Signature(certificate_sha256="", signed_at="", is_whole=False)
    certificate = status.signing_cert.dump() if status.signing_cert else b""
    signed_at = status.signer_reported_dt
    return Signature(
        certificate_sha256=hashlib.sha256(certificate).hexdigest(),
        signed_at=signed_at.astimezone(UTC).isoformat() if signed_at else "",
        is_whole=status.intact and status.valid and status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        reason=str(embedded.sig_object.get("/Reason", "")),
    )


# --- printed words -------------------------------------------------------------------------------


def _lines(reader: PdfFileReader) -> Iterator[str]:
    for number, page in enumerate(_pages(reader.root["/Pages"])):
        if number == _MOST_PAGES:
            return
        with suppress(Exception):
            yield from _Words(_member(page, "/Resources")).of(_contents(page))


def _pages(node: Any) -> Iterator[Any]:
    kids = _member(node, "/Kids")
    for place in range(len(kids)):
        child = kids[place]
        if _member(child, "/Type") == "/Pages":
            yield from _pages(child)
        else:
            yield child


def _member(dictionary: Any, name: str) -> Any:
    """What stands there, followed to where it stands; None when there is nothing. pyHanko's get() does not follow."""
    try:
        return dictionary[name]
    except KeyError:
        return None


def _contents(page: Any) -> bytes:
    contents = page["/Contents"]
    parts = [contents[place] for place in range(len(contents))] if isinstance(contents, ArrayObject) else [contents]
    return b"\n".join(part.data for part in parts)


class _Words:
    """The text objects of a page, one line each, in the order in which they are printed."""

    def __init__(self, resources: DictionaryObject) -> None:
        self._resources = resources
        self._fonts: dict[str, _Font] = {}

    def of(self, stream: bytes) -> Iterator[str]:
        font, words = _Font(None), ""
        for operator in operators(stream):
            match operator.name:
                case "BT":
                    words = ""
                case "Tf":
                    font = self._font(operator.names[0])
                case "Tj" | "TJ" | "'" | '"':
                    words += "".join(font.read(codes) for codes in operator.strings)
                case "ET":
                    if line := " ".join(words.split()):
                        yield line
                case "Do":
                    yield from self._form(operator.names[0])

    def _font(self, name: str) -> "_Font":
        if name not in self._fonts:
            self._fonts[name] = _Font(_member(self._resources["/Font"], name))
        return self._fonts[name]

    def _form(self, name: str) -> Iterator[str]:
        form = _member(self._resources["/XObject"], name)
        if isinstance(form, StreamObject) and form["/Subtype"] == "/Form":
            yield from _Words(_member(form, "/Resources") or self._resources).of(form.data)


class _Font:
    """Which characters the codes of a font stand for, as the font's own table says."""

    def __init__(self, font: Any) -> None:
        self._characters: dict[int, str] = {}
        self._code_bytes = 2 if font is not None and font["/Subtype"] == "/Type0" else 1
        if font is not None and "/ToUnicode" in font:
            self._read_table(font["/ToUnicode"].data)

    def read(self, codes: bytes) -> str:
        size = self._code_bytes
        return "".join(
            self._character(int.from_bytes(codes[place : place + size], "big")) for place in range(0, len(codes), size)
        )

    def _character(self, code: int) -> str:
        unknown = chr(code) if self._code_bytes == 1 else "\N{REPLACEMENT CHARACTER}"
        return self._characters.get(code, unknown)

    def _read_table(self, table: bytes) -> None:
        for block in _CHARACTERS.findall(table):
            found = _CODES.findall(block)
            for code, text in zip(found[::2], found[1::2], strict=False):
                self._characters[int(code, 16)] = _utf16(text)
        for block in _RANGES.findall(table):
            for first, last, text, texts in _RANGE.findall(block):
                self._read_range(int(first, 16), int(last, 16), text, _CODES.findall(texts))

    def _read_range(self, first: int, last: int, text: bytes, texts: list[bytes]) -> None:
        codes = range(first, min(last, first + _LONGEST_RANGE) + 1)
        if texts:
            self._characters.update(zip(codes, map(_utf16, texts), strict=False))
        elif start := _utf16(text):
            for offset, code in enumerate(codes):
                self._characters[code] = start[:-1] + chr(min(ord(start[-1]) + offset, 0x10FFFF))


def _utf16(digits: bytes) -> str:
    return bytes.fromhex(digits.decode()).decode("utf-16-be", errors="replace")
