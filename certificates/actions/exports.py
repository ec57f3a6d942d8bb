"""The certificates of a batch, made by a worker while nobody needs to wait for them."""

import time
import uuid
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.disclosure import can_see
from badges.exceptions import WrongStateError
from badges.models import Batch, BatchState
from certificates.actions.documents import PAPERS, certificate_content, certificate_document
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.models import Document, Export, ExportItem
from issuers.permissions import can_issue

# A worker's task must end before Celery ends it; what is left is the next task's.
_ROUND_SECONDS = 45
_LEASE = timedelta(seconds=_ROUND_SECONDS + 2 * settings.PDF_SECONDS + 30)


def request_export(batch: Batch, *, paper: str, by: User) -> Export:
    """One ZIP file of all certificates of a batch, for one paper. Asking again while it is made gives the same one.

    Raises PermissionDenied, WrongStateError, CertificateImpossibleError.
    """
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    if batch.state != BatchState.ISSUED:
        raise WrongStateError(_("Certificates can be made once the batch is issued."))
    if not batch.badge_version.has_certificate:
        raise CertificateImpossibleError(_("This badge comes without a certificate."))
    if paper not in PAPERS:
        raise CertificateImpossibleError(_("Certificates are made for two papers: a4 and letter."))
    try:
        return _begun(batch, paper=paper, by=by)
    except IntegrityError:
        return Export.objects.get(batch=batch, paper=paper, finished_at=None)


@transaction.atomic
def _begun(batch: Batch, *, paper: str, by: User) -> Export:
    export = Export.objects.create(batch=batch, paper=paper, requested_by=by)
    issued = batch.rows.filter(issuance__isnull=False, issuance__erased_at=None).order_by("line")
    ExportItem.objects.bulk_create(
        (ExportItem(export=export, issuance_id=pk) for pk in issued.values_list("issuance_id", flat=True)),
        batch_size=5_000,
    )
    audit.record("certificates exported", batch, by=by, issuer_id=batch.issuer_id, paper=paper)
    return export


def make_next_certificates() -> bool:
    """Work on the oldest export that nobody works on, for a while. True when there is more to do."""
    export = _taken()
    if export is None:
        return False
    until = time.monotonic() + _ROUND_SECONDS
    items = export.items.filter(done_at=None).select_related("issuance").order_by("pk")
    for item in items.iterator(chunk_size=200):
        if time.monotonic() > until or not _make(item, export):
            break
    is_finished = not export.items.filter(done_at=None).exists()
    export.leased_until = None
    export.finished_at = clock.now() if is_finished else None
    export.save(update_fields=["leased_until", "finished_at"])
    return Export.objects.free(clock.now()).exists()


def _taken() -> Export | None:
    now = clock.now()
    for pk in Export.objects.free(now).order_by("created_at").values_list("pk", flat=True):
        if Export.objects.free(now).filter(pk=pk).update(leased_until=now + _LEASE):
            return Export.objects.select_related("requested_by").get(pk=pk)
    return None


def _make(item: ExportItem, export: Export) -> bool:
    """False when the press has no time now: whoever waits at a page comes first."""
    try:
        item.document, item.problem = _document(item, export), ""
    except CertificateBusyError:
        return False
    except CertificateImpossibleError as error:
        item.problem = str(error)[:300]
    item.done_at = clock.now()
    item.save(update_fields=["document", "problem", "done_at"])
    return True


def _document(item: ExportItem, export: Export) -> Document:
    # As whoever asked for it may see it now.
    seen = can_see(item.issuance.code, viewer=export.requested_by)
    return certificate_document(certificate_content(seen, paper=export.paper), patience=settings.PDF_SECONDS)


def files_of(export: Export) -> list[tuple[uuid.UUID, str]]:
    """Which documents a finished export holds, and whose each is, in the order of the batch's file."""
    return list(
        export.items.filter(document__isnull=False)
        .order_by("issuance__batch_row__line", "pk")
        .values_list("document_id", "issuance__current_version__recipient_name")
    )
