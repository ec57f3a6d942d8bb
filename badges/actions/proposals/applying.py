"""Making what was decided, a chunk in a transaction. Whoever dies between two chunks leaves whole chunks behind."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.issuances.locking import locked_all
from badges.actions.issuances.standing import (
    reinstate_issuances,
    restore_issuances,
    revoke_issuances,
    suspend_issuances,
)
from badges.actions.issuances.versions import Correction, Renewal, correct_issuances, renew_issuances
from badges.actions.proposals.checking import note_problems
from badges.actions.proposals.drafting import ROWS_AT_ONCE
from badges.exceptions import SecondPersonNeededError
from badges.models import ChangeKind, Issuance, Proposal, ProposalState, ProposedChange
from badges.signals import proposal_settled

# So many are made while the one who sent them waits; more are made by a worker.
AT_ONCE = 100

_STANDING = {
    ChangeKind.SUSPEND: suspend_issuances,
    ChangeKind.RESTORE: restore_issuances,
    ChangeKind.REVOKE: revoke_issuances,
    ChangeKind.REINSTATE: reinstate_issuances,
}


def apply_at_once(proposal: Proposal) -> Proposal:
    """Make a small one now; leave a large one to the workers. In the transaction of its approval."""
    if proposal.changes.ready().count() <= AT_ONCE:
        while proposal.state == ProposalState.APPROVED:
            _make_some(proposal)
    return proposal


def apply_approved_proposals() -> int:
    """Make what waits for a worker; returns the number of badges changed. Two workers at once share the proposals."""
    made = 0
    while (count := _make_next_chunk()) is not None:
        made += count
    return made


@transaction.atomic
def _make_next_chunk() -> int | None:
    proposal = (
        Proposal.objects.filter(state=ProposalState.APPROVED)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("issuer", "proposed_by", "decided_by")
        .order_by("proposed_at")
        .first()
    )
    return _make_some(proposal) if proposal else None


def _make_some(proposal: Proposal) -> int:
    changes = list(proposal.changes.ready().select_related("issuance").order_by("line")[:ROWS_AT_ONCE])
    if not changes:
        _finish(proposal)
        return 0
    kind = ChangeKind(proposal.kind)
    locked = locked_all([change.issuance for change in changes if change.issuance])
    for change, issuance in zip(changes, locked, strict=True):
        change.issuance = issuance
    note_problems(changes, kind=kind)
    good = [change for change in changes if not change.problem]
    if good:
        try:
            with transaction.atomic():
                make_changes(good, how=proposal, by=proposal.proposed_by, second=proposal.decided_by)
        except PermissionDenied:
            proposal.changes.ready().update(problem=_("Whoever asked for this may not issue here any more."))
            return 0
        except SecondPersonNeededError as refusal:
            # The organisation decided so since.
            proposal.changes.ready().update(problem=str(refusal))
            return 0
    ProposedChange.objects.filter(pk__in=[change.pk for change in good]).update(made_at=clock.now())
    ProposedChange.objects.bulk_update([change for change in changes if change.problem], ["problem"])
    return len(good)


def make_changes(
    changes: Sequence[ProposedChange], *, how: Proposal, by: User | None, second: User | None = None
) -> None:
    """All of them or none. Raises what the actions raise; `by` None as there."""
    kind, notify = ChangeKind(how.kind), how.notify
    issuances: list[Issuance] = [change.issuance for change in changes if change.issuance]
    if kind == ChangeKind.CORRECT:
        correct_issuances(
            [Correction(issuance, change.says_anew) for issuance, change in zip(issuances, changes, strict=True)],
            by=by,
            second=second,
            reason=how.reason,
            public_reason=how.public_reason,
            hides_earlier_name=how.hides_earlier_name,
            notify=notify,
        )
    elif kind == ChangeKind.RENEW:
        renewals = [
            Renewal(issuance, change.says_anew["expires_on"])
            for issuance, change in zip(issuances, changes, strict=True)
        ]
        renew_issuances(renewals, by=by, second=second, reason=how.reason, notify=notify)
    else:
        _STANDING[kind](issuances, reason=how.reason, by=by, second=second, notify=notify)


def _finish(proposal: Proposal) -> None:
    proposal.state, proposal.finished_at = ProposalState.APPLIED, clock.now()
    proposal.save(update_fields=["state", "finished_at", "updated_at"])
    audit.record(
        "change made",
        proposal,
        by=proposal.decided_by or proposal.proposed_by,
        issuer_id=proposal.issuer_id,
        kind=proposal.kind,
        badges=proposal.changes.exclude(made_at=None).count(),
        held=proposal.changes.held().count(),
    )
    proposal_settled.send(sender=Proposal, proposal=proposal)
