"""One row of many, of a change or of a file, as its page, its mail and its certificate would be. Rows are leafed through."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Exists, Min, OuterRef, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from badgecert.core.growing_lists import REACH
from badges.actions.leaving import issue_alone
from badges.actions.proposals import taken_back, tried_out
from badges.admin_views.access import staff
from badges.admin_views.files import own_batch
from badges.deciding_forms import why_form
from badges.models import (
    Batch,
    BatchRow,
    BatchState,
    ChangeKind,
    HolderPolicy,
    Issuance,
    Proposal,
    ProposalState,
    ProposedChange,
)
from issuers.permissions import can_issue

R = TypeVar("R", BatchRow, ProposedChange)

# What a row can belong to, as its address names it.
CHANGE, FILE = "change", "file"

OPEN_STATES = (ProposalState.DRAFT, ProposalState.WAITING)
# What becomes of these has a certificate.
WITH_CERTIFICATE = (ChangeKind.CORRECT, ChangeKind.RENEW, ChangeKind.RESTORE, ChangeKind.REINSTATE)
_TYPED = ("reason", "public_reason", "hides_earlier_name")


class Leaf(NamedTuple, Generic[R]):
    """A row that stands for the others, and the lines of its neighbours."""

    row: R
    earlier: int | None
    later: int | None


class Kind(NamedTuple):
    """What can become of a row of a file, and the first line to which it does."""

    words: str
    line: int


def kinds_in(batch: Batch) -> list[Kind]:
    """One of each kind of person in a draft. Who has an account is looked up for as many as people read."""
    ready = batch.rows.ready().order_by()
    accounts = EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email=OuterRef("recipient_key"))
    first = batch.rows.filter(pk__in=ready.filter(holding=None).order_by("line").values("pk")[:REACH])
    strangers = dict(first.order_by().annotate(known=Exists(accounts)).values_list("known").annotate(Min("line")))
    held: dict[str, int] = {}
    for policy, line in ready.filter(holding__isnull=False).values_list("policy").annotate(Min("line")):
        how = policy or batch.policy
        held[how] = min(line, held.get(how, line))
    found = [
        (_("New person"), strangers.get(False)),
        (_("Has an account"), strangers.get(True)),
        (_("Renewed"), held.get(HolderPolicy.RENEW)),
        (_("Replaced"), held.get(HolderPolicy.REPLACE)),
    ]
    return [Kind(words, line) for words, line in found if line is not None]


def leaf(rows: "QuerySet[R]", wanted: str) -> "Leaf[R] | None":
    """The row of the wanted line or the next one; None when there is none at all."""
    rows = rows.order_by("line")
    line = int(wanted) if wanted.isdecimal() and len(wanted) < 9 else 0
    row = rows.filter(line__gte=line).first() or rows.last()
    if row is None:
        return None
    lines = rows.values_list("line", flat=True)
    return Leaf(row, lines.filter(line__lt=row.line).last(), lines.filter(line__gt=row.line).first())


@contextmanager
def tried(request: HttpRequest, work: str, work_id: UUID, row_id: UUID) -> Iterator[Issuance]:
    """The badge as this row of a change or of a file would make it.

    Raises Http404, PermissionDenied, RefusedError when it would make nothing.
    """
    trials = {CHANGE: _proposed_change, FILE: _row_of_a_file}
    if work not in trials:
        raise Http404
    with trials[work](request, work_id, row_id) as issuance:
        yield issuance


def not_tried(request: HttpRequest, work: str, work_id: UUID, error: Exception) -> HttpResponse:
    messages.error(request, str(error))
    return redirect("admin:badges_proposal_change" if work == CHANGE else "admin:badges_batch_change", work_id)


@contextmanager
def _proposed_change(request: HttpRequest, proposal_id: UUID, change_id: UUID) -> Iterator[Issuance]:
    """With the reason that is typed just now."""
    found = Proposal.objects.managed_by(request.user).filter(state__in=OPEN_STATES).select_related("issuer")
    proposal = get_object_or_404(found, pk=proposal_id)
    change = get_object_or_404(proposal.changes.ready().select_related("issuance", "seen_version"), pk=change_id)
    change.proposal = proposal
    with tried_out(change, **_typed(request, proposal)) as issuance:
        yield issuance


@contextmanager
def _row_of_a_file(request: HttpRequest, batch_id: UUID, row_id: UUID) -> Iterator[Issuance]:
    batch = own_batch(request, batch_id)
    if not can_issue(staff(request), batch.issuer):
        raise PermissionDenied
    drafted = batch.rows.ready().filter(batch__state=BatchState.DRAFT)
    row = get_object_or_404(drafted, pk=row_id)
    row.batch = batch
    with taken_back():
        yield issue_alone(row, by=staff(request))


def _typed(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    if proposal.state != ProposalState.DRAFT:
        return {}
    form = why_form(ChangeKind(proposal.kind), request.POST)
    form.is_valid()
    typed = {name: form.cleaned_data[name] for name in _TYPED if name in form.cleaned_data}
    return {**typed, "reason": typed.get("reason") or _("Your reason")}
