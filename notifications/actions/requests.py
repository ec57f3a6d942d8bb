"""Owing the mails about what earners ask of their issuers."""

import uuid

from django.db import transaction

from badgecert.core.text import canonical_email
from earners.models import EarnerRequest, RequestKind
from notifications.actions.outbox import new_message, owe
from notifications.models import MessageKind


@transaction.atomic
def queue_request_mail(request_id: uuid.UUID) -> None:
    """Tell the earner what came last in the thread."""
    request, details = _told(request_id)
    issuance = request.issuance
    # The address that the person reads now. An organisation that uses another one is not shown it.
    is_known = canonical_email(request.earner.email) == issuance.recipient_key
    message = new_message(
        MessageKind.REQUEST,
        to_address=request.earner.email,
        user=request.earner,
        issuance=issuance,
        issuer=request.issuer if is_known else None,
        details=details,
    )
    owe({f"request:{details['entry']}": message})


@transaction.atomic
def queue_desk_mail(request_id: uuid.UUID) -> None:
    """Tell the organisation's contact for such requests that it is their turn."""
    request, details = _told(request_id)
    message = new_message(
        MessageKind.REQUEST_DESK,
        to_address=request.issuer.contact_for(RequestKind(request.kind).topic),
        issuance=request.issuance,
        issuer=request.issuer,
        details=details,
    )
    owe({f"request_desk:{details['entry']}": message})


def _told(request_id: uuid.UUID) -> tuple[EarnerRequest, dict[str, str]]:
    request = EarnerRequest.objects.select_related("issuer", "earner", "issuance").get(pk=request_id)
    entry = request.entries.order_by("created_at", "pk").values_list("pk", flat=True).last()
    return request, {"request": str(request.pk), "entry": str(entry)}
