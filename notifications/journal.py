"""What the mail server itself says it took: a Maildir into which it puts a copy of every mail of ours.

Asked by Message-ID before a mail of unknown outcome is sent again. docs/operations.md says how to set one up.
"""

import os
from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta
from email.parser import BytesHeaderParser
from pathlib import Path

from django.conf import settings

# Before the first empty line; ours are far shorter, what servers add is not.
_HEAD_BYTES = 65_536
# The clocks of two machines.
_TOLERANCE = timedelta(minutes=10)


class JournalError(OSError):
    """The journal cannot be read, so nobody knows."""


def is_kept() -> bool:
    return bool(settings.MAIL_JOURNAL)


def taken_mails(message_ids: Collection[str], *, since: datetime) -> dict[str, datetime]:
    """Of these mails, the ones that the mail server took since then, and when. Raises JournalError."""
    wanted, found = set(message_ids), {}
    oldest = (since - _TOLERANCE).timestamp()
    try:
        for entry in _kept_mails(Path(settings.MAIL_JOURNAL)):
            kept_at = entry.stat().st_mtime
            if kept_at >= oldest and (message_id := _message_id(entry)) in wanted:
                found[message_id] = datetime.fromtimestamp(kept_at, tz=UTC)
                if len(found) == len(wanted):
                    break
    except OSError as error:
        msg = f"MAIL_JOURNAL cannot be read: {error.strerror or error}."
        raise JournalError(msg) from error
    return found


def _kept_mails(maildir: Path) -> Iterator["os.DirEntry[str]"]:
    for folder in ("new", "cur"):
        with os.scandir(maildir / folder) as entries:
            yield from entries


def _message_id(entry: "os.DirEntry[str]") -> str:
    with open(entry, "rb") as file:
        head = file.read(_HEAD_BYTES)
    return str(BytesHeaderParser().parsebytes(head).get("Message-ID", "")).strip()
