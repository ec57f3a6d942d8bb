"""Taking a person's words out of what is kept for ever.

Each app blanks its own rows; what it shares with the others is here: the row that allows it, and the audit trail.
"""

import uuid
from collections.abc import Iterable

from badgecert.core.models import AuditEvent, Erasure


def mark_erased(things: Iterable[uuid.UUID]) -> None:
    """From here on the database lets the personal words about these things be blanked, and nothing else.

    What the audit trail says of them keeps who did what and when, and loses what somebody wrote.
    """
    ids = list(things)
    Erasure.objects.bulk_create((Erasure(object_id=thing) for thing in ids), ignore_conflicts=True)
    AuditEvent.objects.filter(object_id__in=ids).update(reason="", details={})
