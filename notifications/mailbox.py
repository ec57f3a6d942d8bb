"""The demo's mail: each message is a file, to be read at /mailbox/. Never in production: anybody can read it there."""

import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.headerregistry import Address, AddressHeader
from email.message import EmailMessage as ParsedMail
from email.parser import BytesHeaderParser
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from badgecert.core import clock

_NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{8}")
_HEADERS_LIMIT = 16_000
_header_parser = BytesHeaderParser(policy=policy.default)


class EmailBackend(BaseEmailBackend):
    """Writes each message as a file whose name sorts by time."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{clock.now():%Y%m%dT%H%M%S%f}-{secrets.token_hex(4)}"
            draft = folder / f"{name}.draft"
            draft.write_bytes(message.message().as_bytes())
            # A reader sees a whole mail or none.
            os.replace(draft, folder / f"{name}.eml")
        return len(email_messages)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptMail:
    """One mail in the mailbox."""

    name: str
    mail: ParsedMail

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"] or "")

    @property
    def to(self) -> Address:
        return _first_address(self.mail["To"])

    @property
    def sender(self) -> Address:
        return _first_address(self.mail["From"])

    @property
    def sent_at(self) -> datetime | None:
        date = self.mail["Date"]
        return date.datetime if date else None

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.mail.items()]

    @property
    def files(self) -> list[str]:
        return [part.get_filename() or part.get_content_type() for part in self.mail.iter_attachments()]

    def part(self, kind: str) -> str:
        """The text of the "plain" or the "html" part."""
        part = self.mail.get_body(preferencelist=(kind,))
        return part.get_content() if isinstance(part, ParsedMail) else ""


def mail_names(*, to: str = "") -> list[str]:
    """The names of the mails to addresses that hold the text, newest first."""
    names = sorted((path.stem for path in _folder().glob("*.eml")), reverse=True)
    return [name for name in names if to.lower() in kept_headers(name).to.addr_spec.lower()] if to else names


def kept_headers(name: str) -> KeptMail:
    """A mail without its body: enough for a list."""
    with (_folder() / f"{name}.eml").open("rb") as file:
        head = file.read(_HEADERS_LIMIT)
    return KeptMail(name=name, mail=_header_parser.parsebytes(head))


def raw_mail(name: str) -> bytes:
    """Raises FileNotFoundError."""
    if not _NAME.fullmatch(name):
        raise FileNotFoundError(name)
    return (_folder() / f"{name}.eml").read_bytes()


def kept_mail(name: str) -> KeptMail:
    """Raises FileNotFoundError."""
    return KeptMail(name=name, mail=message_from_bytes(raw_mail(name), policy=policy.default))


def _first_address(header: AddressHeader | None) -> Address:
    return header.addresses[0] if header and header.addresses else Address()


def _folder() -> Path:
    return Path(settings.EMAIL_FILE_PATH)
