"""Requests of organisations in which a second person agrees to each change: the answer waits with the change."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit
from badges.actions.proposals import propose_changes
from badges.models import ChangeKind, Issuance, Proposal, ProposalState
from earners.actions.requests import settle_approved
from earners.exceptions import RequestRefusedError
from earners.models import EarnerRequest
from issuers.permissions import can_issue


@transaction.atomic
def propose_for_request(
    request: EarnerRequest,
    *,
    kind: ChangeKind,
    changes: Sequence[tuple[Issuance, dict[str, Any]]],
    by: User,
    answer: str = "",
    **how: Any,
) -> Proposal:
    """Propose what was asked; it is done, and the earner told, when a second person agrees.

    `how` as for submit_proposal. Raises PermissionDenied, RequestRefusedError, and what propose_changes raises.
    """
    request = (
        EarnerRequest.objects.select_for_update(of=("self",)).select_related("issuer", "proposal").get(pk=request.pk)
    )
    if not can_issue(by, request.issuer):
        raise PermissionDenied
    if request.is_decided:
        raise RequestRefusedError(_("This request is closed. Nothing can be added to it."))
    if request.awaits_second_person:
        raise RequestRefusedError(_("This was proposed already. A second person looks at it."))
    # One mail says both: the answer of the request.
    proposal = propose_changes(kind, changes, by=by, **{**how, "notify": False})
    request.proposal, request.proposed_answer = proposal, answer
    request.save(update_fields=["proposal", "proposed_answer", "updated_at"])
    audit.record("request proposed", request, by=by, issuer_id=request.issuer_id)
    return proposal


@transaction.atomic
def answer_what_led_to(proposal: Proposal) -> None:
    """What was agreed to and made answers its request; declined, the request waits as before."""
    if proposal.state != ProposalState.APPLIED:
        return
    asked = (
        EarnerRequest.objects.select_for_update(of=("self",))
        .select_related("issuer", "issuance__current_version")
        .filter(proposal=proposal)
    )
    for request in asked:
        was_made = proposal.changes.filter(issuance=request.issuance_id, made_at__isnull=False).exists()
        if was_made and not request.is_decided:
            answer, request.proposed_answer = request.proposed_answer, ""
            request.save(update_fields=["proposed_answer", "updated_at"])
            settle_approved(request, by=proposal.proposed_by, answer=answer, issuance=request.issuance, notify=True)
