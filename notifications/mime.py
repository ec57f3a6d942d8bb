"""An e-mail as bytes, from plain values. Pure ASCII with short lines, so that no server on the way must change it."""

import unicodedata
from binascii import b2a_qp
from collections.abc import Mapping
from datetime import datetime
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr


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
) -> bytes:
    """Sender and recipient are pairs of a name (any script, any length, may be empty) and an address."""
    mail = MIMEMultipart("alternative")
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
    mail.attach(_part("plain", text))
    mail.attach(_part("html", html))
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
