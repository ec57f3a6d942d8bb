"""Baking: a credential inside its picture, by splicing bytes. Pixels are never decoded.

PNG: one uncompressed iTXt chunk (Open Badges 3.0 §5.3.1, 2.0 baking specification); SVG: an element directly below the
root. Reading is for anybody's files, so everything is bounded.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from badgecert.core.sentences import sentence as _

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
V3_KEYWORD, V2_KEYWORD = b"openbadgecredential", b"openbadges"
V3_NAMESPACE, V2_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0", "http://openbadges.org"
MOST_TEXT_BYTES = 1_048_576
_SVG_ELEMENTS = {f"{V3_NAMESPACE} credential": "v3", f"{V2_NAMESPACE} assertion": "v2"}


class BakingError(ValueError):
    """The file cannot hold or give a credential; the sentence says why."""


class Baked(NamedTuple):
    """What stood in a picture: "v3" or "v2", and the JSON, JWS or address."""

    standard: str
    text: str


def bake_png(png: bytes, *, v3: str = "", v2: str = "") -> bytes:
    """The picture with the credentials as its first chunks after the header. Raises BakingError for no PNG."""
    chunks = list(_chunks(png))
    header_end = chunks[0].end
    texts = [(V3_KEYWORD, v3), (V2_KEYWORD, v2)]
    spliced = b"".join(_text_chunk(keyword, text) for keyword, text in texts if text)
    rest = b"".join(png[c.start : c.end] for c in chunks[1:] if c.keyword not in {V3_KEYWORD, V2_KEYWORD})
    return png[:header_end] + spliced + rest


def unbake_png(png: bytes) -> list[Baked]:
    """Every credential in the picture, of both standards. Raises BakingError for broken and ambiguous files."""
    found = []
    for chunk in _chunks(png):
        if chunk.keyword == V3_KEYWORD and chunk.kind == b"iTXt":
            found.append(Baked("v3", _international_text(chunk)))
        elif chunk.keyword == V2_KEYWORD and chunk.kind == b"iTXt":
            found.append(Baked("v2", _international_text(chunk)))
        elif chunk.keyword == V2_KEYWORD and chunk.kind == b"tEXt":
            found.append(Baked("v2", chunk.content.decode("latin-1").partition("\0")[2]))
    return _refuse_two_of_one_standard(found)


def bake_svg(svg: str, *, v3: str = "", v2: str = "") -> str:
    """Our own SVG with the credentials directly below its root. JSON goes into CDATA, a JWS into `verify`."""
    root = re.search(r"<svg\b[^>]*>", svg)
    if root is None:
        msg = _("The file has no svg element.")
        raise BakingError(msg)
    # Each element declares the prefix itself: the two standards use the same one for different namespaces.
    parts = [
        _svg_element("openbadges:credential", V3_NAMESPACE, v3),
        _svg_element("openbadges:assertion", V2_NAMESPACE, v2),
    ]
    return svg[: root.end()] + "".join(parts) + svg[root.end() :]


def unbake_svg(svg: bytes) -> list[Baked]:
    """Every credential in the picture, of both standards. Raises BakingError for broken and ambiguous files."""
    text = _svg_text(svg)
    reader = _SvgReader()
    parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    try:
        parser.Parse(text, True)  # noqa: FBT003  # it takes no keywords
    except expat.ExpatError as error:
        msg = _("The picture is not whole: line %(lineno)s is not XML.", lineno=error.lineno)
        raise BakingError(msg) from error
    return _refuse_two_of_one_standard(reader.found)


def _svg_text(svg: bytes) -> str:
    """What may be given to a parser: no declarations, which can define entities and name other files."""
    try:
        text = svg.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = _("The picture is not text in UTF-8.")
        raise BakingError(msg) from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        msg = _("The picture holds a document type declaration. Save it as plain SVG, without one.")
        raise BakingError(msg)
    return text


class _SvgReader:
    """Collects the elements of the two standards as a parser meets them; builds no tree."""

    def __init__(self) -> None:
        self.found: list[Baked] = []
        self._is_root_seen = False
        self._inside = ""
        self._signed = ""
        self._parts: list[str] = []
        self._length = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if not self._is_root_seen and name.rpartition(" ")[2] != "svg":
            msg = _("The file is XML, and no SVG picture.")
            raise BakingError(msg)
        self._is_root_seen = True
        if name in _SVG_ELEMENTS:
            self._inside, self._signed, self._parts, self._length = name, attributes.get("verify", ""), [], 0

    def characters(self, text: str) -> None:
        if self._inside:
            self._length += len(text)
            if self._length > MOST_TEXT_BYTES:
                msg = _("The credential in the picture is larger than 1 MB.")
                raise BakingError(msg)
            self._parts.append(text)

    def end(self, name: str) -> None:
        if name == self._inside:
            self._inside = ""
            text = self._signed.strip() or "".join(self._parts).strip()
            if text:
                self.found.append(Baked(_SVG_ELEMENTS[name], text))


def _refuse_two_of_one_standard(found: list[Baked]) -> list[Baked]:
    standards = [baked.standard for baked in found]
    if len(set(standards)) != len(standards):
        msg = _("The picture holds two credentials of one standard, so it is not clear which one counts.")
        raise BakingError(msg)
    return found


def _svg_element(name: str, namespace: str, text: str) -> str:
    if not text:
        return ""
    if text.lstrip().startswith("{"):
        content = text.replace("]]>", "]]]]><![CDATA[>")
        return f'<{name} xmlns:openbadges="{namespace}"><![CDATA[{content}]]></{name}>'
    return f'<{name} xmlns:openbadges="{namespace}" verify={quoteattr(text)}></{name}>'


class _Chunk(NamedTuple):
    kind: bytes
    content: bytes
    start: int
    end: int

    @property
    def keyword(self) -> bytes:
        return self.content.partition(b"\0")[0] if self.kind in {b"iTXt", b"tEXt", b"zTXt"} else b""


def _chunks(png: bytes) -> Iterator[_Chunk]:
    if not png.startswith(PNG_SIGNATURE):
        msg = _("The file is not a PNG picture.")
        raise BakingError(msg)
    position = len(PNG_SIGNATURE)
    while True:
        if position + 12 > len(png):
            msg = _("The picture ends before its end: it was cut off.")
            raise BakingError(msg)
        length, kind = struct.unpack_from(">I4s", png, position)
        end = position + 12 + length
        if end > len(png):
            msg = _("The picture ends before its end: it was cut off.")
            raise BakingError(msg)
        yield _Chunk(kind, png[position + 8 : end - 4], position, end)
        if kind == b"IEND":
            return
        position = end


def _text_chunk(keyword: bytes, text: str) -> bytes:
    # Keyword, no compression, no language, no translated keyword, UTF-8.
    body = b"iTXt" + keyword + b"\0\0\0\0\0" + text.encode()
    return struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))


def _international_text(chunk: _Chunk) -> str:
    """Raises BakingError when it is not what the PNG specification says (§11.3.3.4), or too large."""
    _keyword, _null, rest = chunk.content.partition(b"\0")
    if len(rest) < 2 or rest[0] not in {0, 1} or (rest[0] == 1 and rest[1] != 0):
        msg = _("The credential in the picture is packed in a way that PNG does not know.")
        raise BakingError(msg)
    text = rest[2:].partition(b"\0")[2].partition(b"\0")[2]
    if rest[0] == 1:
        text = _inflated(text)
    if len(text) > MOST_TEXT_BYTES:
        msg = _("The credential in the picture is larger than 1 MB.")
        raise BakingError(msg)
    try:
        return text.decode()
    except UnicodeDecodeError as error:
        msg = _("The credential in the picture is not text.")
        raise BakingError(msg) from error


def _inflated(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MOST_TEXT_BYTES + 1)
    except zlib.error as error:
        msg = _("The credential in the picture is damaged.")
        raise BakingError(msg) from error
