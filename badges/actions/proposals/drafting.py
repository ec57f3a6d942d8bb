"""A change that its staff look at first. Nothing happens to any badge yet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.inserting import insert_many
from badges.actions.proposals.checking import note_problems
from badges.exceptions import WrongStateError
from badges.models import ChangeKind, Issuance, Proposal, ProposalState, ProposedChange
from issuers.models import Issuer
from issuers.permissions import can_issue

ROWS_AT_ONCE = 500


@transaction.atomic
def draft_proposal(
    issuer: Issuer, *, kind: ChangeKind, changes: Iterable[ProposedChange], by: User, file_name: str = ""
) -> Proposal:
    """Keep these unsaved changes for their preview, each with its problem if it has one. Raises PermissionDenied.

    They bring their issuances with what those say now. Written ROWS_AT_ONCE at a time, each for as many statements.
    """
    if not can_issue(by, issuer):
        raise PermissionDenied
    proposal = Proposal.objects.create(issuer=issuer, kind=kind, file_name=file_name, proposed_by=by)
    for some in _batched(changes, ROWS_AT_ONCE):
        for change in some:
            change.proposal = proposal
        note_problems(some, kind=kind)
        insert_many(some)
        proposal.rows_count += len(some)
    proposal.save(update_fields=["rows_count", "updated_at"])
    return proposal


def change_of(issuance: Issuance, *, line: int, stated: dict[str, object]) -> ProposedChange:
    """An unsaved change of what this issuance says now."""
    return ProposedChange(
        line=line,
        issuance=issuance,
        seen_version_id=issuance.current_version_id,
        cells=[
            ["code", issuance.code],
            ["name", issuance.current_version.recipient_name],
            ["badge", issuance.current_version.badge_version.name],
        ],
        stated={name: value.isoformat() if isinstance(value, date) else value for name, value in stated.items()},
    )


@transaction.atomic
def set_last_day(proposal: Proposal, *, expires_on: date, by: User) -> Proposal:
    """Renew all of a draft until this day instead. Raises PermissionDenied, WrongStateError."""
    proposal = locked_proposal(proposal, by=by)
    if proposal.state != ProposalState.DRAFT or proposal.kind != ChangeKind.RENEW:
        raise WrongStateError(_("Only a renewal that is not made yet gets another day."))
    rows = (
        proposal.changes.select_related("issuance__issuer", "issuance__current_version__badge_version")
        .filter(issuance__isnull=False)
        .order_by("line")
    )
    for some in _batched(rows.iterator(chunk_size=ROWS_AT_ONCE), ROWS_AT_ONCE):
        for change in some:
            change.problem, change.stated = "", {"expires_on": expires_on.isoformat()}
        note_problems(some, kind=ChangeKind.RENEW)
        ProposedChange.objects.bulk_update(some, ["problem", "stated"])
    return proposal


def locked_proposal(proposal: Proposal, *, by: User) -> Proposal:
    """As it is now, and nobody else changes it. Raises PermissionDenied."""
    proposal = (
        Proposal.objects.select_for_update(of=("self",))
        .select_related("issuer", "proposed_by", "decided_by")
        .get(pk=proposal.pk)
    )
    if not can_issue(by, proposal.issuer):
        raise PermissionDenied
    return proposal


def _batched(rows: Iterable[ProposedChange], size: int) -> Iterator[Sequence[ProposedChange]]:
    rest = iter(rows)
    while some := list(islice(rest, size)):
        yield some
