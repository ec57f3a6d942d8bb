"""The organisation's side: take, answer, ask back, decline; and who opened which file."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction

from badgecert.accounts.models import User
from badgecert.core import audit
from earners.actions.requests.thread import (
    add_entry,
    decide,
    locked_for_staff,
    locked_without_proposal,
    refuse_decided,
)
from earners.attachments import SafeFile
from earners.models import Attachment, EarnerRequest, EntryKind, RequestState
from earners.signals import request_answered
from issuers.permissions import can_issue


@transaction.atomic
def take_request(request: EarnerRequest, *, by: User) -> EarnerRequest:
    """Somebody of the staff looks after it; the others see that. Raises PermissionDenied, RequestRefusedError."""
    request = locked_for_staff(request, by=by)
    refuse_decided(request)
    request.assigned_to = by
    request.save(update_fields=["assigned_to", "updated_at"])
    audit.record("request taken", request, by=by, issuer_id=request.issuer_id)
    return request


@transaction.atomic
def answer_request(request: EarnerRequest, *, text: str, files: Sequence[SafeFile] = (), by: User) -> EarnerRequest:
    """Say what there is to say, with a letter attached perhaps. The earner can write again. Raises PermissionDenied."""
    return _spoken(request, EntryKind.ANSWERED, RequestState.ANSWERED, text=text, files=files, by=by)


@transaction.atomic
def ask_back(request: EarnerRequest, *, text: str, files: Sequence[SafeFile] = (), by: User) -> EarnerRequest:
    """It waits for the earner from here on, and is not overdue. Raises PermissionDenied, RequestRefusedError."""
    return _spoken(request, EntryKind.ASKED_BACK, RequestState.WAITING, text=text, files=files, by=by)


@transaction.atomic
def decline_request(request: EarnerRequest, *, reason: str, by: User) -> EarnerRequest:
    """The earner is told why; what was proposed for it is taken back. Raises PermissionDenied, RequestRefusedError."""
    request = locked_without_proposal(request, by=by)
    if not can_issue(by, request.issuer):
        raise PermissionDenied
    refuse_decided(request)
    add_entry(request, EntryKind.DECLINED, by=by, text=reason)
    decide(request, RequestState.DECLINED, by=by, verb="request declined", reason=reason)
    request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request


@transaction.atomic
def open_attachment(attachment: Attachment, *, by: User) -> bytes:
    """Its content. Staff who look into other people's papers leave a trace."""
    request = attachment.entry.request
    if by != request.earner:
        audit.record("attachment opened", request, by=by, issuer_id=request.issuer_id, attachment=str(attachment.pk))
    return bytes(attachment.content or b"")


def _spoken(
    request: EarnerRequest,
    kind: EntryKind,
    state: RequestState,
    *,
    text: str,
    files: Sequence[SafeFile],
    by: User,
) -> EarnerRequest:
    request = locked_for_staff(request, by=by)
    refuse_decided(request)
    add_entry(request, kind, by=by, text=text, files=files)
    request.state = state
    request.assigned_to = request.assigned_to or by
    request.save(update_fields=["state", "assigned_to", "updated_at"])
    audit.record(f"request {kind.label.lower()}", request, by=by, issuer_id=request.issuer_id)
    request_answered.send(sender=EarnerRequest, request_id=request.pk, by_staff=True)
    return request
