"""A ZIP file that is written while it is sent: it may hold thousands of certificates and is never whole anywhere."""

import io
import re
import uuid
import zipfile
from collections.abc import Iterator, Sequence

from certificates.models import Document

_AT_ONCE = 20
_NOT_IN_FILE_NAMES = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
_LONGEST_NAME = 80


def zip_of(files: Sequence[tuple[uuid.UUID, str]]) -> Iterator[bytes]:
    """One PDF for each document, numbered so that two people of one name stay apart and in order."""
    out = _Sent()
    digits = len(str(len(files)))
    with zipfile.ZipFile(out, mode="w") as archive:
        for start in range(0, len(files), _AT_ONCE):
            part = files[start : start + _AT_ONCE]
            pdfs = dict(Document.objects.filter(pk__in=[pk for pk, _ in part]).values_list("pk", "pdf"))
            for number, (pk, name) in enumerate(part, start=start + 1):
                # Erased a moment ago.
                if pk in pdfs:
                    archive.writestr(f"{number:0{digits}} {file_name(name)}.pdf", bytes(pdfs[pk]))
                yield out.taken()
    yield out.taken()


def file_name(name: str) -> str:
    """A person's name as it can stand in a file name on every system."""
    words = _NOT_IN_FILE_NAMES.sub(" ", name).split()
    return " ".join(words)[:_LONGEST_NAME].strip(" .") or "certificate"


class _Sent(io.BytesIO):
    """What a ZipFile writes to: it gives away what it has, so nobody can go back in it."""

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def taken(self) -> bytes:
        content = self.getvalue()
        self.seek(0)
        self.truncate()
        return content
