"""What every turn of a request does: lock it, refuse it when it is over, add an entry, decide."""

from collections.abc import Sequence
from datetime import date

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.proposals import withdraw_unwanted
from badges.models import Proposal
from earners.attachments import SafeFile
from earners.exceptions import RequestRefusedError
from earners.models import Attachment, EarnerRequest, EntryKind, RequestEntry, RequestState
from issuers.models import Issuer
from issuers.permissions import can_issue

FILES_IN_A_REQUEST = 12


def locked(request: EarnerRequest) -> EarnerRequest:
    return (
        EarnerRequest.objects.select_for_update(of=("self",))
        .select_related("issuer", "earner", "proposal", "issuance__current_version")
        .get(pk=request.pk)
    )


def locked_for_staff(request: EarnerRequest, *, by: User) -> EarnerRequest:
    request = locked(request)
    if not can_issue(by, request.issuer):
        raise PermissionDenied
    return request


def locked_without_proposal(request: EarnerRequest, *, by: User) -> EarnerRequest:
    """Locked to be ended: no change that was proposed for it stays behind. Raises RequestRefusedError."""
    # First the change, then its request: the order of the second person, who may be agreeing at this moment.
    withdraw_unwanted(Proposal.objects.filter(requests=request), by=by)
    request = locked(request)
    if request.awaits_second_person:
        raise RequestRefusedError(_("This change is being made right now. Look at the request again in a minute."))
    return request


def refuse_decided(request: EarnerRequest) -> None:
    if request.is_decided:
        raise RequestRefusedError(
            _("This request is closed (%(state)s). Nothing can be added to it.")
            % {"state": request.get_state_display().lower()}
        )


def decide(
    request: EarnerRequest,
    state: RequestState,
    *,
    by: User | None,
    verb: str,
    reason: str = "",
    actor: User | None = None,
) -> EarnerRequest:
    """`by` decided for the organisation; `actor` is the earner who did."""
    request.state, request.decided_at, request.decided_by = state, clock.now(), by
    request.assigned_to = request.assigned_to or by
    request.save()
    audit.record(verb, request, by=by or actor, issuer_id=request.issuer_id, reason=reason)
    return request


def add_entry(
    request: EarnerRequest,
    kind: EntryKind,
    *,
    by: User | None,
    text: str = "",
    files: Sequence[SafeFile] = (),
) -> None:
    if files and Attachment.objects.filter(entry__request=request).count() + len(files) > FILES_IN_A_REQUEST:
        raise RequestRefusedError(
            _("A request holds at most %(limit)d files. Send others by e-mail.") % {"limit": FILES_IN_A_REQUEST}
        )
    entry = RequestEntry.objects.create(
        request=request,
        kind=kind,
        by=by,
        is_from_staff=kind not in {EntryKind.ASKED, EntryKind.WROTE, EntryKind.WITHDRAWN},
        text=text,
    )
    for file in files:
        Attachment.objects.create(
            entry=entry,
            name=file.name,
            media_type=file.media_type,
            size_bytes=len(file.content),
            content=file.content,
        )


def due_on(issuer: Issuer) -> date:
    return issuer.business_days_after(clock.today(issuer.time_zone), issuer.answer_days)
