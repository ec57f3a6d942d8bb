"""Owing the mails about what earners ask of their issuers."""

import uuid

from django.db import transaction

from badgecert.core.text import canonical_email
from earners.models import EarnerRequest, RequestEntry, RequestKind
from notifications.actions.outbox import new_message, owe
from notifications.models import Message, MessageKind


@transaction.atomic
def queue_request_mail(request_id: uuid.UUID) -> None:
    """Tell the earner what came last in the thread."""
    message = request_message(MessageKind.REQUEST, _told(request_id))
    owe({f"request:{message.details['entry']}": message})


@transaction.atomic
def queue_desk_mail(request_id: uuid.UUID) -> None:
    """Tell the organisation's contact for such requests that it is their turn."""
    message = request_message(MessageKind.REQUEST_DESK, _told(request_id))
    owe({f"request_desk:{message.details['entry']}": message})


def request_message(kind: MessageKind, details: dict[str, str], **fields: object) -> Message:
    """An unsaved mail about one entry of a request, to whoever reads it today."""
    request = EarnerRequest.objects.select_related("issuer", "earner", "issuance").get(pk=details["request"])
    if kind == MessageKind.REQUEST_DESK:
        fields |= {"issuer": request.issuer}
        to_address = request.issuer.contact_for(RequestKind(request.kind).topic)
    else:
        # The address that the person reads now. An organisation that uses another one is not shown it.
        to_address = request.earner.email
        is_known = canonical_email(to_address) == request.issuance.recipient_key
        fields |= {"user": request.earner, "issuer": request.issuer if is_known else None}
    return new_message(kind, to_address=to_address, issuance=request.issuance, details=details, **fields)


def _told(request_id: uuid.UUID) -> dict[str, str]:
    entries = RequestEntry.objects.filter(request=request_id).order_by("created_at", "pk")
    return {"request": str(request_id), "entry": str(entries.values_list("pk", flat=True).last())}
