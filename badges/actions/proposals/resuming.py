"""A worker goes on with the proposals that are too long for a page."""

from collections.abc import Iterator
from time import monotonic

from django.utils import translation

from badgecert.core import clock
from badges.actions.files import LONGEST_TURN_SECONDS
from badges.actions.leases import taken
from badges.actions.proposals.choosing import chunks_of_batch, chunks_of_keys
from badges.actions.proposals.files import chunks_of_file
from badges.actions.proposals.reading import Chunk, read_on, refuse
from badges.exceptions import FileRefusedError
from badges.models import ChangeKind, Proposal


def read_waiting_proposals() -> bool:
    """Read what waits for a bounded time. True when there is more to do.

    A worker that dies leaves whole chunks behind, and the next one goes on after them.
    """
    until = monotonic() + LONGEST_TURN_SECONDS
    waiting = Proposal.objects.to_read(clock.now())
    while (proposal := taken(waiting.select_related("issuer", "proposed_by"))) is not None:
        with translation.override(proposal.proposed_by.language or proposal.issuer.language):
            try:
                if not read_on(proposal, _chunks(proposal), until=until):
                    return True
            except FileRefusedError as error:
                refuse(proposal, str(error))
    return False


def _chunks(proposal: Proposal) -> Iterator[Chunk]:
    if proposal.batch_id:
        return chunks_of_batch(proposal)
    return chunks_of_file(proposal) if proposal.kind == ChangeKind.CORRECT else chunks_of_keys(proposal)
