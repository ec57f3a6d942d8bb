"""Sending a proposal off, and the second person's word on it."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.proposals.applying import apply_at_once
from badges.actions.proposals.drafting import change_of, draft_proposal, locked_proposal
from badges.exceptions import WrongStateError
from badges.models import ChangeKind, Issuance, Proposal, ProposalState
from badges.models.proposal import ProposalQuerySet
from badges.permissions import may_decide, second_person_needed
from badges.signals import proposal_settled


def propose_changes(
    kind: ChangeKind, changes: Sequence[tuple[Issuance, dict[str, Any]]], *, by: User, **how: Any
) -> Proposal:
    """Draft and send in one step what staff saw on a page of its own. `how` and what it raises as submit_proposal."""
    with transaction.atomic():
        rows = [change_of(issuance, line=line, stated=stated) for line, (issuance, stated) in enumerate(changes, 1)]
        draft = draft_proposal(changes[0][0].issuer, kind=kind, changes=rows, by=by)
        if draft.changes.held().exists():
            raise WrongStateError(draft.changes.held()[0].problem)
        return submit_proposal(draft, by=by, **how)


@transaction.atomic
def submit_proposal(
    proposal: Proposal,
    *,
    by: User,
    reason: str,
    public_reason: str = "",
    hides_earlier_name: bool = False,
    notify: bool = False,
) -> Proposal:
    """Make the changes that can be made, or let them wait for a second person. Pressed twice it is sent once.

    A small one is made at once; workers make a large one. Raises PermissionDenied, WrongStateError.
    """
    proposal = locked_proposal(proposal, by=by)
    if proposal.state == ProposalState.WITHDRAWN:
        raise WrongStateError(_("This change was withdrawn. Choose the badges again."))
    if proposal.state != ProposalState.DRAFT:
        return proposal
    reason = reason.strip()
    if not reason and proposal.kind != ChangeKind.RENEW:
        raise WrongStateError(_("Give a reason."))
    ready = proposal.changes.ready().count()
    if not ready:
        raise WrongStateError(_("None of these badges can be changed this way."))
    proposal.reason, proposal.public_reason = reason, public_reason
    proposal.hides_earlier_name, proposal.notify = hides_earlier_name, notify
    proposal.proposed_by, proposal.proposed_at = by, clock.now()
    is_to_wait = second_person_needed(proposal.issuer, ChangeKind(proposal.kind), count=ready)
    proposal.state = ProposalState.WAITING if is_to_wait else ProposalState.APPROVED
    proposal.save()
    _record("change proposed" if is_to_wait else "change confirmed", proposal, by=by, reason=reason, badges=ready)
    return proposal if is_to_wait else apply_at_once(proposal)


@transaction.atomic
def approve_proposal(proposal: Proposal, *, by: User) -> Proposal:
    """The second person agrees: what they saw is made; a badge that was changed meanwhile is left out.

    Raises PermissionDenied; WrongStateError when it was decided before, or all badges moved on.
    """
    proposal = _waiting(proposal, by=by)
    if not proposal.changes.ready().filter(issuance__current_version=F("seen_version")).exists():
        raise WrongStateError(_("Every badge in it was changed meanwhile. Decline it; it can be proposed again."))
    proposal.state, proposal.decided_by, proposal.decided_at = ProposalState.APPROVED, by, clock.now()
    proposal.save(update_fields=["state", "decided_by", "decided_at", "updated_at"])
    _record("change approved", proposal, by=by)
    return apply_at_once(proposal)


@transaction.atomic
def decline_proposal(proposal: Proposal, *, reason: str, by: User) -> Proposal:
    """The second person does not agree, and says why. Raises PermissionDenied, WrongStateError."""
    if not reason.strip():
        raise WrongStateError(_("Give a reason; whoever proposed it reads it."))
    proposal = _waiting(proposal, by=by)
    proposal.state, proposal.decided_by, proposal.decided_at = ProposalState.DECLINED, by, clock.now()
    proposal.decision = reason.strip()
    proposal.save(update_fields=["state", "decided_by", "decided_at", "decision", "updated_at"])
    _record("change declined", proposal, by=by, reason=proposal.decision)
    proposal_settled.send(sender=Proposal, proposal=proposal)
    return proposal


@transaction.atomic
def withdraw_proposal(proposal: Proposal, *, by: User) -> Proposal:
    """Whoever proposed it takes it back before somebody agreed. Raises PermissionDenied, WrongStateError."""
    proposal = locked_proposal(proposal, by=by)
    if proposal.proposed_by != by:
        raise PermissionDenied
    if proposal.state not in {ProposalState.DRAFT, ProposalState.WAITING}:
        raise WrongStateError(_("It was decided already, so it cannot be taken back."))
    return _withdrawn(proposal, by=by)


@transaction.atomic
def withdraw_unwanted(proposals: ProposalQuerySet, *, by: User) -> None:
    """What these were proposed for is not wanted any more: those that still wait are taken back, whoever proposed them.

    Who may say so is for the caller to check.
    """
    waiting = proposals.filter(state=ProposalState.WAITING).select_for_update(of=("self",)).order_by("pk")
    for proposal in waiting:
        _withdrawn(proposal, by=by)


def _withdrawn(proposal: Proposal, *, by: User) -> Proposal:
    proposal.state = ProposalState.WITHDRAWN
    proposal.save(update_fields=["state", "updated_at"])
    _record("change withdrawn", proposal, by=by)
    proposal_settled.send(sender=Proposal, proposal=proposal)
    return proposal


def _waiting(proposal: Proposal, *, by: User) -> Proposal:
    proposal = locked_proposal(proposal, by=by)
    if not may_decide(by, proposal.proposed_by_id, proposal.issuer):
        raise PermissionDenied
    if proposal.state != ProposalState.WAITING:
        raise WrongStateError(_("Nobody waits for an answer to this any more."))
    return proposal


def _record(verb: str, proposal: Proposal, *, by: User, reason: str = "", **details: object) -> None:
    audit.record(verb, proposal, by=by, issuer_id=proposal.issuer_id, reason=reason, kind=proposal.kind, **details)
