"""An e-mail as bytes, from plain values. Pure ASCII with short lines, so that no server on the way must change it."""

import unicodedata
from binascii import b2a_qp
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.encoders import encode_base64
from email.header import Header
from email.message import Message
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr


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
    words = MIMEMultipart("alternative")
    words.attach(_part("plain", text))
    words.attach(_part("html", html))
    mail = MIMEMultipart("mixed") if attachments else words
    if attachments:
        mail.attach(words)
    for attachment in attachments:
        mail.attach(_file(attachment))
    mail["From"] = _address(*sender)  # type: ignore[assignment]  # typeshed knows only strings
    mail["To"] = _address(*to)  # type: ignore[assignment]
    if reply_to:
        mail["Reply-To"] = reply_to
    mail["Subject"] = _words(subject)  # type: ignore[assignment]
    mail["Date"] = format_datetime(written_at)
    mail["Message-ID"] = message_id
    mail["Auto-Submitted"] = "auto-generated"
    for name, value in headers.items():
        mail[name] = value
    return mail.as_bytes(policy=mail.policy.clone(linesep="\r\n"))


def one_line(text: str) -> str:
    """Without line breaks and other control characters: in a header they would begin another one."""
    return " ".join("".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} else c for c in text).split())


def _part(kind: str, text: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", kind, charset="utf-8")
    part["Content-Transfer-Encoding"] = "quoted-printable"
    # Python's own MIMEText does the same letter by letter in Python.
    part.set_payload(b2a_qp(text.encode(), istext=True).decode("ascii"))
    return part


def _file(attachment: Attachment) -> Message:
    part = MIMEBase("application", "octet-stream")
    part.replace_header("Content-Type", attachment.media_type)
    part.add_header("Content-Disposition", "attachment", filename=attachment.name)
    part.set_payload(attachment.content)
    encode_base64(part)
    return part


def _words(text: str) -> Header | str:
    text = one_line(text)
    return text if text.isascii() else Header(text, "utf-8")


def _address(name: str, address: str) -> Header | str:
    name = one_line(name)
    if name.isascii():
        # Quotes what needs quotes: a name may look like an address of its own.
        return formataddr((name, address))
    header = Header(name, "utf-8")
    header.append(f"<{address}>", "us-ascii")
    return header
