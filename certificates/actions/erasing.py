"""Forgetting what was signed and drawn about somebody. The public log stays whole: it holds salted hashes only."""

import uuid
from collections.abc import Sequence

from django.db import transaction

from certificates.models import Credential, CredentialJwt, Document, ExportItem, LogEntry, Rendition, StatusBit


@transaction.atomic
def erase_credentials(issuance_ids: Sequence[uuid.UUID]) -> None:
    """Their documents and files go, their salts are destroyed, and their status bits tell whoever holds a copy."""
    credentials = Credential.objects.filter(version__issuance__in=issuance_ids)
    StatusBit.objects.bulk_create(
        StatusBit(credential_id=pk, why=StatusBit.Why.ERASED)
        for pk in credentials.filter(status_bit=None).order_by("pk").values_list("pk", flat=True)
    )
    CredentialJwt.objects.filter(credential__version__issuance__in=issuance_ids).update(text="")
    credentials.update(document="")
    Document.objects.filter(issuance__in=issuance_ids).delete()
    Rendition.objects.filter(about__in=issuance_ids).delete()
    # A sentence there says why somebody's certificate could not be made.
    ExportItem.objects.filter(issuance__in=issuance_ids).update(problem="")
    LogEntry.objects.filter(issuance_id__in=issuance_ids).update(salt=None)
