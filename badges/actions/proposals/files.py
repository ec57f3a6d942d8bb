"""A file of corrections: kept, and its lines read into a proposal. A short one at once, a long one by a worker."""

from collections.abc import Iterator
from itertools import islice

from django.core.exceptions import PermissionDenied
from django.db import transaction

from badgecert.accounts.models import User
from badges.actions.files import LINES_AT_ONCE
from badges.actions.proposals.drafting import ROWS_AT_ONCE
from badges.actions.proposals.reading import Chunk, read_on
from badges.correction_files import CorrectionFile, changes_in, open_corrections
from badges.models import ChangeKind, Proposal, ProposalFile, ProposalState
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
        read_on(proposal, chunks_of_lines(proposal, file), until=None)
    return proposal, file.unread_headings


def chunks_of_file(proposal: Proposal) -> Iterator[Chunk]:
    """What a worker has still to read of it. Raises FileRefusedError."""
    return chunks_of_lines(proposal, open_corrections(bytes(proposal.file.content), file_name=proposal.file_name))


def chunks_of_lines(proposal: Proposal, file: CorrectionFile) -> Iterator[Chunk]:
    rows = (row for row in file.rows if row.line > proposal.lines_read)
    while some := list(islice(rows, ROWS_AT_ONCE)):
        yield Chunk(changes_in(some, file=file, issuer=proposal.issuer), some[-1].line)
