"""What somebody brings to be checked: a text or a file. Finds the credential in it and believes none of it."""

import re
import zlib
from collections.abc import Iterator
from enum import StrEnum
from typing import Any, NamedTuple

from badgecert.core.sentences import sentence as _
from certificates.openbadges.baking import PNG_SIGNATURE, Baked, BakingError, unbake_png, unbake_svg
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.exceptions import NoCredentialError, UnreadableError
from certificates.openbadges.strict_json import NotJsonError, parse_object

MOST_TEXT_BYTES = 1_048_576
_JPEG_SIGNATURE = b"\xff\xd8\xff"
_JWT_PARTS = 3
_ADDRESS = re.compile(r"https?://\S+")
_EMBEDDED_FILE = re.compile(rb"/Type\s*/EmbeddedFile\b")
_MOST_ATTACHMENTS = 20


class Form(StrEnum):
    JSON = "json"
    JWT = "jwt"
    # Open Badges 2.0: the badge is what stands there.
    ADDRESS = "address"


class Carrier(StrEnum):
    TEXT = "text"
    PNG = "png"
    SVG = "svg"
    PDF = "pdf"


class Presented(NamedTuple):
    """What is to be checked. `document` is empty unless the form is JSON."""

    carrier: Carrier
    form: Form
    text: str
    document: JsonObject


def read(content: bytes) -> Presented:
    """The one credential in a text or file. Raises UnreadableError, and NoCredentialError when there is none."""
    if not content.strip():
        msg = _("It is empty.")
        raise UnreadableError(msg)
    if content.startswith(PNG_SIGNATURE):
        return _from_picture(Carrier.PNG, content)
    if is_pdf(content):
        return _from_pdf(content)
    if content.startswith(_JPEG_SIGNATURE):
        msg = _("A JPEG picture carries no badge. Use the PNG, SVG or JSON file from the page of the badge.")
        raise NoCredentialError(msg)
    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return _from_picture(Carrier.SVG, content)
    if len(content) > MOST_TEXT_BYTES:
        msg = _("It is larger than 1 MB.")
        raise UnreadableError(msg)
    try:
        return _from_text(Carrier.TEXT, content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        msg = _("This is neither a text nor a PNG, SVG or PDF file.")
        raise UnreadableError(msg) from error


def is_pdf(content: bytes) -> bool:
    return b"%PDF-" in content[:1024]


def _from_text(carrier: Carrier, text: str) -> Presented:
    text = text.strip()
    if _ADDRESS.fullmatch(text):
        return Presented(carrier, Form.ADDRESS, text, {})
    # The beginning of every JSON object in base64.
    if text.startswith("ey") and not re.search(r"\s", text):
        if text.count(".") != _JWT_PARTS - 1:
            msg = _("A signed text has three parts with dots between; this has %(number)s.", number=text.count(".") + 1)
            raise UnreadableError(msg)
        return Presented(carrier, Form.JWT, text, {})
    try:
        document = parse_object(text)
    except NotJsonError as error:
        raise UnreadableError(str(error)) from error
    types = document.get("type")
    if "VerifiablePresentation" in (types if isinstance(types, list) else [types]):
        return _from_presentation(carrier, document)
    return Presented(carrier, Form.JSON, text, document)


def _from_presentation(carrier: Carrier, presentation: JsonObject) -> Presented:
    """What a wallet shows: the credential in it is checked, the presentation itself asserts nothing."""
    held: Any = presentation.get("verifiableCredential", [])
    credentials = held if isinstance(held, list) else [held]
    if len(credentials) != 1:
        msg = _("This presentation holds %(number)s credentials. Check them one by one.", number=len(credentials))
        raise UnreadableError(msg)
    [credential] = credentials
    if isinstance(credential, str):
        return _from_text(carrier, credential)
    if not isinstance(credential, dict):
        msg = _("This presentation holds no credential.")
        raise UnreadableError(msg)
    return Presented(carrier, Form.JSON, "", credential)


def _from_picture(carrier: Carrier, content: bytes) -> Presented:
    try:
        found = unbake_png(content) if carrier == Carrier.PNG else unbake_svg(content)
    except BakingError as error:
        raise UnreadableError(str(error)) from error
    if not found:
        msg = _("There is no badge in this picture. Use the file from the page of the badge, not a copy of the screen.")
        raise NoCredentialError(msg)
    presented = {baked.standard: _from_baked(carrier, baked) for baked in found}
    if len(presented) > 1 and not _speak_of_one_badge(presented["v3"], presented["v2"]):
        msg = _("The picture holds two badges that differ, so it is not clear which one counts.")
        raise UnreadableError(msg)
    # The newer standard carries its own proof.
    return presented.get("v3") or presented["v2"]


def _from_baked(carrier: Carrier, baked: Baked) -> Presented:
    if len(baked.text.encode()) > MOST_TEXT_BYTES:
        msg = _("The credential in the picture is larger than 1 MB.")
        raise UnreadableError(msg)
    return _from_text(carrier, baked.text)


def _speak_of_one_badge(newer: Presented, older: Presented) -> bool:
    """Whether the hosted assertion's address lies below the credential's. Signed texts are not opened for this."""
    page = newer.document.get("id")
    hosted = older.text if older.form == Form.ADDRESS else older.document.get("id")
    return isinstance(page, str) and isinstance(hosted, str) and f"{hosted}/".startswith(f"{page}/")


def _from_pdf(content: bytes) -> Presented:
    """A credential that is attached to a PDF. Its page is not read: what a page says proves nothing."""
    found = []
    for attached in _attachments(content):
        try:
            found.append(_from_text(Carrier.PDF, attached.decode()))
        except (UnicodeDecodeError, UnreadableError):
            continue
    if not found:
        msg = _("This PDF carries no credential that can be read here. Type the code printed on it.")
        raise NoCredentialError(msg)
    if len(found) > 1:
        msg = _("This PDF carries %(number)s credentials, so it is not clear which one counts.", number=len(found))
        raise UnreadableError(msg)
    return found[0]


def _attachments(content: bytes) -> Iterator[bytes]:
    """The embedded files, as producers write them outside of object streams; a file that is missed is not believed."""
    for number, match in enumerate(_EMBEDDED_FILE.finditer(content)):
        if number == _MOST_ATTACHMENTS:
            return
        keyword = content.find(b"stream", match.end(), match.end() + 2_000)
        end = content.find(b"endstream", match.end())
        if keyword < 0 or end <= keyword:
            continue
        dictionary = content[max(0, match.start() - 2_000) : keyword].rpartition(b" obj")[2]
        packed = content[keyword + len(b"stream") : end].lstrip(b"\r\n")
        if b"/FlateDecode" not in dictionary:
            yield packed[:MOST_TEXT_BYTES]
            continue
        try:
            yield zlib.decompressobj().decompress(packed, MOST_TEXT_BYTES)
        except zlib.error:
            continue
