"""An e-mail as bytes, from plain values. Pure ASCII with short lines, so that no server on the way must change it.

Written out here: Python's own message objects take longer for it than everything else that a mail costs.
"""

import hashlib
import unicodedata
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache

_LINE = 76
_BREAK = "\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file in a mail. Its name is ASCII; its type may have parameters."""

    name: str
    media_type: str
    content: bytes


def compose(
    *,
    sender: tuple[str, str],
    to: tuple[str, str],
    reply_to: str,
    subject: str,
    message_id: str,
    written_at: datetime,
    text: str,
    html: str,
    headers: Mapping[str, str],
    attachments: Sequence[Attachment] = (),
) -> bytes:
    """Sender and recipient are pairs of a name (any script, any length, may be empty) and an address."""
    # No part can hold it: in both encodings of a part nothing like "_" ever follows a "=". So short that its header
    # needs no second line.
    boundary = f"=_{hashlib.sha256(message_id.encode()).hexdigest()[:24]}"
    words = [_words("plain", text), _words("html", html)]
    kind, body = "alternative", _joined(words, boundary)
    if attachments:
        whole = [_part({"Content-Type": _type(kind, boundary)}, body), *map(_file, attachments)]
        kind, boundary = "mixed", f"{boundary}_"
        body = _joined(whole, boundary)
    head = {
        "Content-Type": _type(kind, boundary),
        "MIME-Version": "1.0",
        "From": _address(*sender),
        "To": _address(*to),
        **({"Reply-To": reply_to} if reply_to else {}),
        "Subject": _encoded(one_line(subject)),
        "Date": format_datetime(written_at),
        "Message-ID": message_id,
        "Auto-Submitted": "auto-generated",
        **headers,
    }
    return _part(head, body)


def one_line(text: str) -> str:
    """Without line breaks and other control characters: in a header they would begin another one."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text).split())


def _words(kind: str, text: str) -> bytes:
    head = {"Content-Type": f'text/{kind}; charset="utf-8"', "Content-Transfer-Encoding": "quoted-printable"}
    return _part(head, b2a_qp(text.replace("\r\n", "\n").encode(), istext=True).replace(b"\n", b"\r\n"))


def _file(attachment: Attachment) -> bytes:
    head = {
        "Content-Type": attachment.media_type,
        "Content-Disposition": f'attachment; filename="{attachment.name}"',
        "Content-Transfer-Encoding": "base64",
    }
    return _part(head, encodebytes(attachment.content).replace(b"\n", b"\r\n"))


def _part(head: Mapping[str, Header | str], body: bytes) -> bytes:
    return b"\r\n".join([*_lines(head), b"", body])


def _lines(head: Mapping[str, Header | str]) -> Iterator[bytes]:
    for name, value in head.items():
        if isinstance(value, str) and len(name) + 2 + len(value) <= _LINE:
            yield f"{name}: {value}".encode("ascii")
        else:
            folded = value if isinstance(value, Header) else Header(value, header_name=name)
            yield f"{name}: {folded.encode(maxlinelen=_LINE, linesep=_BREAK)}".encode("ascii")


def _joined(parts: Sequence[bytes], boundary: str) -> bytes:
    mark = f"--{boundary}".encode()
    return b"".join(b"%s\r\n%s\r\n" % (mark, part) for part in parts) + mark + b"--\r\n"


def _type(kind: str, boundary: str) -> str:
    return f'multipart/{kind}; boundary="{boundary}"'


def _encoded(text: str) -> Header | str:
    return text if text.isascii() else Header(text, "utf-8")


@lru_cache(maxsize=100)
def _address(name: str, address: str) -> Header | str:
    name = one_line(name)
    if name.isascii():
        # Quotes what needs quotes: a name may look like an address of its own.
        return formataddr((name, address))
    header = Header(name, "utf-8")
    header.append(f"<{address}>", "us-ascii")
    return header
