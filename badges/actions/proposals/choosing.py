"""The same decision about many badges, of one batch or chosen from a list: a few are drafted at once, many by a worker."""

from collections.abc import Iterable, Iterator
from datetime import date
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badges.actions.proposals.drafting import ROWS_AT_ONCE, change_of, draft_proposal
from badges.actions.proposals.reading import Chunk, read_on
from badges.exceptions import WrongStateError
from badges.models import Batch, ChangeKind, Issuance, Proposal, ProposalFile, ProposalState, ProposedChange
from badges.models.issuance import IssuanceQuerySet
from badges.renewing import renewed_until
from issuers.models import Issuer
from issuers.permissions import can_issue

# So many are drafted while somebody waits.
DRAFTED_AT_ONCE = 1000
# So many are decided about together; a file of people has no more.
MOST = 100_000

_KEY_BYTES = 16


@transaction.atomic
def draft_decision(kind: ChangeKind, issuances: IssuanceQuerySet, *, by: User) -> Proposal:
    """The same decision about all of these; renewed, each is valid one period of its badge longer.

    Raises PermissionDenied; WrongStateError when they are nobody's, too many, or of several organisations.
    """
    keys = list(issuances.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if not keys:
        raise WrongStateError(_("Choose at least one badge."))
    if len(keys) > MOST:
        raise WrongStateError(
            _("These are more than %(most)d badges. Choose fewer with a filter or a search.") % {"most": MOST}
        )
    chosen = Issuance.objects.filter(pk__any=keys)
    issuers = list(Issuer.objects.filter(pk__in=chosen.order_by().values("issuer").distinct())[:2])
    if len(issuers) > 1:
        raise WrongStateError(_("These badges are of several organisations. Choose those of one."))
    if len(keys) <= DRAFTED_AT_ONCE:
        by_name = _with_what_they_say(chosen).order_by("current_version__recipient_name", "pk")
        return draft_proposal(issuers[0], kind=kind, changes=_decided(kind, enumerate(by_name, start=1)), by=by)
    if not can_issue(by, issuers[0]):
        raise PermissionDenied
    proposal = Proposal.objects.create(
        issuer=issuers[0], kind=kind, state=ProposalState.READING, lines_expected=len(keys), proposed_by=by
    )
    ProposalFile.objects.create(proposal=proposal, content=b"".join(key.bytes for key in keys))
    return proposal


@transaction.atomic
def draft_batch_decision(kind: ChangeKind, batch: Batch, *, by: User) -> Proposal:
    """The same decision about all that this batch issued and that still stands; its lines are those of the batch.

    However long the batch is, this takes the same time. Asked again while a worker drafts, it is the same proposal.
    Raises PermissionDenied; WrongStateError when nothing of it stands.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=batch.pk)
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    if before := batch.proposals.filter(kind=kind, state=ProposalState.READING, proposed_by=by).first():
        return before
    if not batch.issuances.standing().exists():
        raise WrongStateError(_("Nothing that this batch issued still stands."))
    last_line = batch.rows.order_by("-line").values_list("line", flat=True)[0]
    proposal = Proposal.objects.create(
        issuer=batch.issuer,
        kind=kind,
        state=ProposalState.READING,
        batch=batch,
        file_name=batch.file_name,
        lines_expected=last_line,
        proposed_by=by,
    )
    if last_line <= DRAFTED_AT_ONCE:
        read_on(proposal, chunks_of_batch(proposal), until=None)
    return proposal


def chunks_of_batch(proposal: Proposal) -> Iterator[Chunk]:
    for line in range(proposal.lines_read, proposal.lines_expected, ROWS_AT_ONCE):
        last = min(line + ROWS_AT_ONCE, proposal.lines_expected)
        issued = Issuance.objects.standing().filter(
            batch_row__batch=proposal.batch_id, batch_row__line__gt=line, batch_row__line__lte=last
        )
        found = _with_what_they_say(issued).annotate(line=F("batch_row__line")).order_by("line")
        numbered = ((issuance.line, issuance) for issuance in found)  # type: ignore[attr-defined]  # annotated above
        yield Chunk(list(_decided(ChangeKind(proposal.kind), numbered)), last)


def chunks_of_keys(proposal: Proposal) -> Iterator[Chunk]:
    """Of badges chosen from a list, in the order of their keys."""
    content = bytes(proposal.file.content)
    for line in range(proposal.lines_read, proposal.lines_expected, ROWS_AT_ONCE):
        last = min(line + ROWS_AT_ONCE, proposal.lines_expected)
        keys = [
            UUID(bytes=content[at : at + _KEY_BYTES]) for at in range(line * _KEY_BYTES, last * _KEY_BYTES, _KEY_BYTES)
        ]
        found = _with_what_they_say(Issuance.objects.filter(pk__any=keys)).order_by("pk")
        yield Chunk(list(_decided(ChangeKind(proposal.kind), enumerate(found, start=line + 1))), last)


def _with_what_they_say(issuances: IssuanceQuerySet) -> IssuanceQuerySet:
    return issuances.select_related("issuer", "badge", "current_version__badge_version")


def _decided(kind: ChangeKind, numbered: Iterable[tuple[int, Issuance]]) -> Iterator[ProposedChange]:
    for line, issuance in numbered:
        day: date | None = renewed_until(issuance) if kind == ChangeKind.RENEW else None
        yield change_of(issuance, line=line, stated={"expires_on": day} if day else {})
