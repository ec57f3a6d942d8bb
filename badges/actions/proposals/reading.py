"""Reading what a proposal is about, a chunk in a transaction. Whoever dies between two chunks leaves whole chunks behind."""

from collections.abc import Iterator
from time import monotonic
from typing import NamedTuple
from uuid import UUID

from django.db import transaction

from badgecert.core.garbage import garbage_left_alone
from badgecert.core.inserting import insert_many
from badges.actions.leases import lease_end
from badges.actions.proposals.checking import note_problems, note_repeated
from badges.models import ChangeKind, Proposal, ProposalFile, ProposalState, ProposedChange


class Chunk(NamedTuple):
    changes: list[ProposedChange]
    """Unsaved, each with its problem where its line has one."""
    last_line: int


def read_on(proposal: Proposal, chunks: Iterator[Chunk], *, until: float | None) -> bool:
    """Keep what follows the line up to which it was read; False when the time is over before the chunks are."""
    first_lines: dict[UUID | None, int] = dict(
        proposal.changes.filter(problem="").order_by().values_list("issuance_id", "line")
    )
    for chunk in chunks:
        if not keep(proposal, chunk, first_lines):
            return True
        if until is not None and monotonic() > until:
            Proposal.objects.filter(pk=proposal.pk).update(taken_until=None)
            return False
    _end(proposal, ProposalState.DRAFT)
    return True


@garbage_left_alone()
@transaction.atomic
def keep(proposal: Proposal, chunk: Chunk, first_lines: dict[UUID | None, int]) -> bool:
    """False when somebody else went on with it."""
    now = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if (now.state, now.lines_read) != (ProposalState.READING, proposal.lines_read):
        return False
    for change in chunk.changes:
        change.proposal = proposal
    note_problems(chunk.changes, kind=ChangeKind(proposal.kind))
    note_repeated(chunk.changes, first_lines)
    insert_many(chunk.changes)
    proposal.lines_read, proposal.taken_until = chunk.last_line, lease_end()
    proposal.rows_count += len(chunk.changes)
    proposal.save(update_fields=["lines_read", "rows_count", "taken_until", "updated_at"])
    return True


@transaction.atomic
def refuse(proposal: Proposal, words: str) -> None:
    """It turns out that the file cannot be used: nothing of it is kept."""
    proposal.changes.all().delete()
    proposal.refusal, proposal.rows_count = words[:300], 0
    _end(proposal, ProposalState.REFUSED)


@transaction.atomic
def _end(proposal: Proposal, state: ProposalState) -> None:
    ProposalFile.objects.filter(proposal=proposal).delete()
    proposal.state, proposal.taken_until, proposal.lines_expected = state, None, proposal.lines_read
    proposal.save(update_fields=["state", "refusal", "taken_until", "lines_expected", "rows_count", "updated_at"])
