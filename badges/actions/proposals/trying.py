"""Looking at a change before it is made: it is made, shown, and taken back, so that what is shown is what will be."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from badges.actions.issuances.locking import locked_all
from badges.actions.proposals.applying import make_changes
from badges.actions.proposals.checking import note_problems
from badges.exceptions import WrongStateError
from badges.models import ChangeKind, Issuance, ProposedChange


@contextmanager
def tried_out(change: ProposedChange, **how: Any) -> Iterator[Issuance]:
    """The badge as if this were done to it, while the context lasts. Nothing of it stays, and nobody is told.

    `how` as submit_proposal(). Whoever asks may see the badge: that is for the caller to check. Raises WrongStateError
    when it cannot be done.
    """
    with taken_back():
        yield _made(change, how)


@contextmanager
def taken_back() -> Iterator[None]:
    """Nothing that is done meanwhile stays, and nobody is told."""
    with transaction.atomic():
        try:
            yield
        finally:
            transaction.set_rollback(True)


def _made(change: ProposedChange, how: Mapping[str, Any]) -> Issuance:
    proposal = change.proposal
    for name, value in how.items():
        setattr(proposal, name, value)
    proposal.notify = True
    if change.issuance:
        [change.issuance] = locked_all([change.issuance])
    note_problems([change], kind=ChangeKind(proposal.kind))
    if change.issuance is None or change.problem:
        raise WrongStateError(change.problem)
    make_changes([change], how=proposal, by=None)
    return change.issuance
