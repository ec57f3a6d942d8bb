"""One change of many, as its page, its mail and its certificate would be. Rows are leafed through."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from badges.actions.proposals import tried_out
from badges.deciding_forms import why_form
from badges.models import BatchRow, ChangeKind, Issuance, Proposal, ProposalState, ProposedChange

R = TypeVar("R", BatchRow, ProposedChange)

OPEN_STATES = (ProposalState.DRAFT, ProposalState.WAITING)
# What becomes of these has a certificate.
WITH_CERTIFICATE = (ChangeKind.CORRECT, ChangeKind.RENEW, ChangeKind.RESTORE, ChangeKind.REINSTATE)
_TYPED = ("reason", "public_reason", "hides_earlier_name")


class Leaf(NamedTuple, Generic[R]):
    """A row that stands for the others, and the lines of its neighbours."""

    row: R
    earlier: int | None
    later: int | None


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
def proposed_change(request: HttpRequest, proposal_id: UUID, change_id: UUID) -> Iterator[Issuance]:
    """The badge with the change, and with the reason that is typed just now. Raises Http404, WrongStateError."""
    found = Proposal.objects.managed_by(request.user).filter(state__in=OPEN_STATES).select_related("issuer")
    proposal = get_object_or_404(found, pk=proposal_id)
    change = get_object_or_404(proposal.changes.ready().select_related("issuance", "seen_version"), pk=change_id)
    change.proposal = proposal
    with tried_out(change, **_typed(request, proposal)) as issuance:
        yield issuance


def change_refused(request: HttpRequest, proposal_id: UUID, error: Exception) -> HttpResponse:
    messages.error(request, str(error))
    return redirect("admin:badges_proposal_change", proposal_id)


def _typed(request: HttpRequest, proposal: Proposal) -> dict[str, Any]:
    if proposal.state != ProposalState.DRAFT:
        return {}
    form = why_form(ChangeKind(proposal.kind), request.POST)
    form.is_valid()
    typed = {name: form.cleaned_data[name] for name in _TYPED if name in form.cleaned_data}
    return {**typed, "reason": typed.get("reason") or _("Your reason")}
