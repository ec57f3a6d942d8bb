"""A file of corrections: kept, and its lines read into a proposal. A short one at once, a long one by a worker."""

from itertools import islice
from time import monotonic
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import translation

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.garbage import garbage_left_alone
from badgecert.core.inserting import insert_many
from badges.actions.files import LINES_AT_ONCE, LONGEST_TURN_SECONDS
from badges.actions.leases import lease_end, taken
from badges.actions.proposals.checking import note_problems, note_repeated
from badges.actions.proposals.drafting import ROWS_AT_ONCE
from badges.correction_files import CorrectionFile, changes_in, open_corrections
from badges.exceptions import FileRefusedError
from badges.models import ChangeKind, Proposal, ProposalFile, ProposalState, ProposedChange
from badges.spreadsheets import SheetRow
from issuers.models import Issuer
from issuers.permissions import can_issue


@transaction.atomic
def upload_corrections(issuer: Issuer, *, content: bytes, file_name: str, by: User) -> tuple[Proposal, list[str]]:
    """A draft of what the file says, or one that a worker reads; and the headings of which nothing is read.

    Raises PermissionDenied; FileRefusedError with nothing kept.
    """
    if not can_issue(by, issuer):
        raise PermissionDenied
    file = open_corrections(content, file_name=file_name)
    proposal = Proposal.objects.create(
        issuer=issuer,
        kind=ChangeKind.CORRECT,
        state=ProposalState.READING,
        file_name=file_name[-200:],
        lines_expected=file.lines,
        proposed_by=by,
    )
    ProposalFile.objects.create(proposal=proposal, content=content)
    if file.lines <= LINES_AT_ONCE:
        _read(proposal, file, until=None)
    return proposal, file.unread_headings


def read_waiting_corrections() -> bool:
    """Read long files for a bounded time. True when there is more to do.

    A worker that dies leaves whole chunks behind, and the next one goes on after them.
    """
    until = monotonic() + LONGEST_TURN_SECONDS
    waiting = Proposal.objects.to_read(clock.now())
    while (proposal := taken(waiting.select_related("issuer", "proposed_by"))) is not None:
        with translation.override(proposal.proposed_by.language or proposal.issuer.language):
            try:
                file = open_corrections(bytes(proposal.file.content), file_name=proposal.file_name)
                if not _read(proposal, file, until=until):
                    return True
            except FileRefusedError as error:
                _refuse(proposal, str(error))
    return False


def _read(proposal: Proposal, file: CorrectionFile, *, until: float | None) -> bool:
    """Read on from where it is; False when the time is over before the file is."""
    first_lines: dict[UUID | None, int] = dict(
        proposal.changes.filter(problem="").order_by().values_list("issuance_id", "line")
    )
    rows = (row for row in file.rows if row.line > proposal.lines_read)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        if not _keep(proposal, file, chunk, first_lines):
            return True
        if until is not None and monotonic() > until:
            Proposal.objects.filter(pk=proposal.pk).update(taken_until=None)
            return False
    _end(proposal, ProposalState.DRAFT)
    return True


@garbage_left_alone()
@transaction.atomic
def _keep(proposal: Proposal, file: CorrectionFile, chunk: list[SheetRow], first_lines: dict[UUID | None, int]) -> bool:
    """False when somebody else went on with it."""
    now = Proposal.objects.select_for_update().get(pk=proposal.pk)
    if (now.state, now.lines_read) != (ProposalState.READING, proposal.lines_read):
        return False
    changes: list[ProposedChange] = changes_in(chunk, file=file, issuer=proposal.issuer)
    for change in changes:
        change.proposal = proposal
    note_problems(changes, kind=ChangeKind.CORRECT)
    note_repeated(changes, first_lines)
    insert_many(changes)
    proposal.lines_read, proposal.taken_until = chunk[-1].line, lease_end()
    proposal.save(update_fields=["lines_read", "taken_until", "updated_at"])
    return True


@transaction.atomic
def _refuse(proposal: Proposal, words: str) -> None:
    proposal.changes.all().delete()
    proposal.refusal = words[:300]
    _end(proposal, ProposalState.REFUSED)


@transaction.atomic
def _end(proposal: Proposal, state: ProposalState) -> None:
    ProposalFile.objects.filter(proposal=proposal).delete()
    proposal.state, proposal.taken_until, proposal.lines_expected = state, None, proposal.lines_read
    proposal.save(update_fields=["state", "refusal", "taken_until", "lines_expected", "updated_at"])
