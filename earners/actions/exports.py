"""Everything about a person as one file. A request only asks for it; workers draw, pack and keep it for some days.

A round draws so many certificates, or packs the file, and then lets the next worker go on: so a person with hundreds of
badges fits into the time that a task has, and a worker that dies costs one round.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any, cast
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile

import structlog
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.accounts.signals import personal_data_wanted
from badgecert.core import audit, clock
from badgecert.core.models import Picture
from badges.disclosure import Disclosure, can_see
from badges.models import Issuance
from certificates.actions.documents import certificate_content, certificate_pdf
from certificates.credentials import credential_of
from certificates.exceptions import CertificateImpossibleError
from certificates.models import Credential
from certificates.openbadges.baking import bake_png
from earners.models import Attachment, Export, ExportPart, ExportState, Photo

# So many are drawn in a round: seconds each, in a task that has a minute and a half.
_DRAWN_AT_ONCE = 20
_LEASE = timedelta(minutes=5)
# Longer than one takes, because others may be waiting for the same process.
_PATIENCE_SECONDS = 30
_TRIES = 5
_PART_BYTES = 1 << 20

logger = structlog.get_logger(__name__)


@transaction.atomic
def request_export(user: User) -> Export:
    """The person wants their file. One that is being made stays; an older one makes way."""
    User.objects.select_for_update().get(pk=user.pk)
    waiting = Export.objects.filter(user=user, state=ExportState.WAITING).first()
    if waiting:
        return waiting
    Export.objects.filter(user=user).delete()
    export = Export.objects.create(user=user)
    audit.record("own data asked for", user, by=user)
    return export


def make_exports() -> bool:
    """One round for the export that waits longest; true when there is more to do."""
    export = _take_next()
    if export is None:
        return False
    if not _drawn(export):
        return True
    try:
        _pack(export)
    except IntegrityError:
        # The account was erased meanwhile, and the export with it.
        logger.info("An export was taken away while it was packed")
    return Export.objects.free(clock.now()).exists()


def forget_old_exports() -> None:
    Export.objects.filter(expires_at__lte=clock.now()).delete()


@transaction.atomic
def _take_next() -> Export | None:
    now = clock.now()
    export = Export.objects.free(now).select_for_update(skip_locked=True).order_by("pk").first()
    if export is None:
        return None
    if export.tries >= _TRIES:
        export.state = ExportState.FAILED
        export.save(update_fields=["state"])
        return None
    export.claimed_until, export.tries = now + _LEASE, F("tries") + 1
    export.save(update_fields=["claimed_until", "tries"])
    return export


def _drawn(export: Export) -> bool:
    """Draw some more certificates, which are kept; true when all are there."""
    left = Issuance.objects.held_by(export.user).order_by("pk")
    if export.drawn_up_to:
        left = left.filter(pk__gt=export.drawn_up_to)
    some = list(left.values_list("pk", "code")[:_DRAWN_AT_ONCE])
    for pk, code in some:
        with suppress(CertificateImpossibleError):
            _certificate(can_see(code, viewer=export.user))
        export.drawn_up_to = pk
    if some:
        Export.objects.filter(pk=export.pk).update(drawn_up_to=export.drawn_up_to, claimed_until=None, tries=0)
    return not some


def _certificate(seen: Disclosure) -> bytes:
    """Raises CertificateImpossibleError."""
    return certificate_pdf(certificate_content(seen, paper="a4"), patience=_PATIENCE_SECONDS)


def _pack(export: Export) -> None:
    ExportPart.objects.filter(export=export).delete()
    parts = _Parts(export)
    with ZipFile(parts, "w") as file:
        for name, content in _contents(export.user):
            file.writestr(name, content, ZIP_STORED if name.endswith((".png", ".pdf", ".webp")) else ZIP_DEFLATED)
    parts.close()
    now = clock.now()
    Export.objects.filter(pk=export.pk).update(
        state=ExportState.READY,
        claimed_until=None,
        size_bytes=parts.size,
        ready_at=now,
        expires_at=now + timedelta(days=settings.EXPORT_DAYS),
    )


class _Parts:
    """What a ZIP file is written to: rows of one megabyte, each committed by itself."""

    def __init__(self, export: Export) -> None:
        self.export, self.size = export, 0
        self._rest, self._number = bytearray(), 0

    def write(self, data: bytes) -> int:
        self._rest += data
        self.size += len(data)
        while len(self._rest) >= _PART_BYTES:
            self._keep(_PART_BYTES)
        return len(data)

    def flush(self) -> None:
        """The last part is kept by close()."""

    def close(self) -> None:
        if self._rest:
            self._keep(len(self._rest))

    def _keep(self, length: int) -> None:
        ExportPart.objects.create(export=self.export, number=self._number, content=bytes(self._rest[:length]))
        del self._rest[:length]
        self._number += 1


def _contents(user: User) -> Iterator[tuple[str, bytes | str]]:
    """Name and content of each file, one at a time."""
    yield "README.txt", _readme()
    yield "data.json", _as_json(_data(user))
    for photo in Photo.objects.filter(profile__user=user):
        yield "photo.webp", bytes(photo.webp)
    for attachment in Attachment.objects.filter(entry__request__earner=user).order_by("pk").iterator(chunk_size=1):
        if attachment.content is not None:
            yield f"requests/{attachment.entry_id}/{_file_name(attachment.name)}", bytes(attachment.content)
    for pk, code in Issuance.objects.held_by(user).order_by("pk").values_list("pk", "code"):
        yield from _files_of(user, pk, code)


def _data(user: User) -> dict[str, Any]:
    """What each app holds about the person, under the names that the apps gave."""
    data: dict[str, Any] = {}
    for _receiver, part in personal_data_wanted.send(sender=User, user=user):
        data.update(cast("dict[str, Any]", part))
    return dict(sorted(data.items()))


def _files_of(user: User, issuance_id: uuid.UUID, code: str) -> Iterator[tuple[str, bytes | str]]:
    for number, document in (
        Credential.objects.filter(version__issuance=issuance_id)
        .order_by("version__number")
        .values_list("version__number", "document")
    ):
        yield f"badges/{code}/credential-{number}.json", document
    seen = can_see(code, viewer=user)
    if seen.badge is None:
        return
    picture = bytes(Picture.objects.values_list("png", flat=True).get(sha256=seen.badge.picture.sha256))
    credential = credential_of(seen)
    yield f"badges/{code}/badge.png", bake_png(picture, v3=credential.document if credential else "")
    with suppress(CertificateImpossibleError):
        yield f"badges/{code}/certificate.pdf", _certificate(seen)


def _readme() -> str:
    lines = [
        _("Everything that %(site)s holds about you.") % {"site": settings.SITE_NAME},
        "",
        _("data.json: your account, addresses, profile, badges, requests, mails, and what was done and when."),
        _("badges: for each badge, by its code, what was signed (one file for each version), its picture with the"),
        _("signed data inside, and its certificate. Other services read the signed files and the picture."),
        _("requests: the files that belong to what you asked your issuers."),
    ]
    return "\n".join(lines) + "\n"


def _file_name(name: str | None) -> str:
    return "".join(c if c.isalnum() or c in "._- " else "_" for c in name or "file").lstrip(".") or "file"


def _as_json(data: dict[str, Any]) -> str:
    return json.dumps(data, cls=DjangoJSONEncoder, ensure_ascii=False, indent=1)
