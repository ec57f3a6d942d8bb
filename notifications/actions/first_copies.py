"""Staff read the mail of a batch in their own mailbox before anybody else gets it."""

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit
from badges.exceptions import WrongStateError
from badges.models import Batch, BatchState
from issuers.permissions import can_issue
from notifications.actions.outbox import new_message, owe
from notifications.models import Message, MessageKind


@transaction.atomic
def queue_first_copy(batch: Batch, *, by: User) -> Message:
    """Owe `by` the mail that the first person of this draft would get. Raises PermissionDenied, WrongStateError."""
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    row = batch.rows.ready().filter(holding=None).order_by("line").first()
    if batch.state != BatchState.DRAFT or row is None:
        raise WrongStateError(_("No row of this file would get a mail now."))
    message = new_message(
        MessageKind.FIRST_COPY, to_address=by.email, user=by, issuer=batch.issuer, details={"row": str(row.pk)}
    )
    owe({f"first_copy:{message.pk}": message})
    audit.record("first copy sent", batch, by=by, issuer_id=batch.issuer_id)
    return message
