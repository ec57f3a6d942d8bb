"""A batch of many people, in every state: its preview, the minutes to undo it, its progress, what became of each row."""

from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from badgecert.core import clock
from badgecert.core.admin import desk_page, refusals_as_messages
from badgecert.core.safe_csv import csv_download
from badges import spreadsheets
from badges.actions.batches import confirm_batch, send_now, undo_batch
from badges.actions.held import draft_held_rows
from badges.actions.proposals import draft_batch_decision
from badges.admin_views.access import staff
from badges.admin_views.files import own_batch, steps_of_a_file
from badges.admin_views.proposals import drafted
from badges.admin_views.reading import reading_page
from badges.admin_views.trying import kinds_in, leaf
from badges.batch_forms import LeavingForm
from badges.models import Batch, BatchState, ChangeKind, Column, HolderPolicy, RowOutcome, RowState
from badges.models.batch import BatchRowQuerySet
from issuers.permissions import can_issue

ROWS_PER_PAGE = 50
_SUGGESTED = Q(state=RowState.LOOK, at_fault=Column.NAME) & ~Q(suggestion="")
_SHOWN = {"ready": RowState.READY, "look": RowState.LOOK, "refused": RowState.REFUSED}


def batch_state(batch: Batch) -> tuple[str, str]:
    """The state of a batch as staff read it in a list, and its tone."""
    if is_leaving(batch):
        return _("Being issued"), "warn"
    tones = {BatchState.ISSUED: "valid", BatchState.UNDONE: "calm", BatchState.REFUSED: "danger"}
    return batch.get_state_display(), tones.get(BatchState(batch.state), "warn")


def is_leaving(batch: Batch) -> bool:
    """The time to undo is over and a worker has it, or will within seconds."""
    if batch.state == BatchState.LEAVING:
        return True
    return batch.state == BatchState.CONFIRMED and batch.due_at is not None and batch.due_at <= clock.now()


@require_GET
def batch_page(request: HttpRequest, batch: Batch) -> HttpResponse:
    if batch.state == BatchState.UPLOADED:
        return redirect("admin:batch_columns", batch.pk)
    if batch.state in {BatchState.CHECKING, BatchState.REFUSED}:
        return reading_page(
            request,
            batch,
            title=_("Issue from a file"),
            about=f"{batch.file_name} · {batch.badge_version.name}",
            steps=steps_of_a_file(),
            step=3,
            again="issue_file",
        )
    by = staff(request)
    counts = _counts(batch)
    show, wanted = request.GET.get("show", "all"), request.GET.get("q", "").strip()
    is_draft, leaves_now = batch.state == BatchState.DRAFT, is_leaving(batch)
    may_issue = can_issue(by, batch.issuer)
    is_tried = may_issue and is_draft
    sample = leaf(batch.rows.ready(), request.GET.get("row", "")) if is_tried else None
    page = Paginator(_found(batch, show, wanted), ROWS_PER_PAGE).get_page(request.GET.get("page"))
    for row in page.object_list:
        row.batch = batch
    response = desk_page(
        request,
        "admin/badges/batch/page.html",
        title=_("Issue from a file") if is_draft else str(batch),
        batch=batch,
        sample=sample,
        kinds=kinds_in(batch) if sample else [],
        has_newcomer=is_tried and batch.rows.ready().filter(holding=None).exists(),
        page=page,
        show=show,
        wanted=wanted,
        query=request.GET.urlencode(),
        shown=_tabs(counts, show, wanted),
        before_refused=counts["ready"] + counts["look"],
        policies=_policies(),
        steps=steps_of_a_file(),
        may_issue=may_issue,
        may_decide=is_tried,
        is_draft=is_draft,
        is_waiting=batch.state == BatchState.CONFIRMED and not leaves_now,
        is_leaving=leaves_now,
        is_issued=batch.state == BatchState.ISSUED,
        is_undone=batch.state == BatchState.UNDONE,
        leaving=LeavingForm(badge=batch.badge),
        minutes_left=_minutes_left(batch),
        minutes_to_undo=batch.issuer.cooling_off_minutes,
        may_mend=may_issue and batch.state == BatchState.ISSUED and bool(batch.header) and counts["held"] > 0,
        can_use_suggestions=Column.NAME in batch.columns and counts["suggested"] > 0,
        may_revoke=may_issue and batch.state == BatchState.ISSUED and batch.issuances.standing().exists(),
        issue_button=ngettext("Issue %(count)d badge", "Issue %(count)d badges", counts["ready"])
        % {"count": counts["ready"]},
        **counts,
    )
    if leaves_now:
        response["Refresh"] = "3"
    elif batch.state == BatchState.CONFIRMED and batch.due_at is not None:
        response["Refresh"] = str(max(1, min(60, int((batch.due_at - clock.now()).total_seconds()) + 1)))
    return response


def _policies() -> list[tuple[str, str, str]]:
    """What can happen to people who hold the badge: value, word, explanation."""
    explained = {
        HolderPolicy.SKIP: _("Leave theirs as it is"),
        HolderPolicy.RENEW: _("Same link, new dates"),
        HolderPolicy.REPLACE: _("Same link, new version"),
    }
    return [(policy.value, str(policy.label), words) for policy, words in explained.items()]


def _tabs(counts: dict[str, int], show: str, wanted: str) -> list[dict[str, object]]:
    words = {"all": _("All"), "ready": _("Ready"), "look": _("To look at"), "refused": _("Errors")}
    return [
        {
            "text": text,
            "href": "?" + urlencode({"show": name, **({"q": wanted} if wanted else {})}),
            "count": counts["total" if name == "all" else name],
            "current": name == show,
        }
        for name, text in words.items()
    ]


def _counts(batch: Batch) -> dict[str, int]:
    """How many rows are what. One query."""
    counts: dict[str, int] = batch.rows.aggregate(
        total=Count("pk"),
        ready=Count("pk", filter=Q(state=RowState.READY)),
        look=Count("pk", filter=Q(state=RowState.LOOK)),
        refused=Count("pk", filter=Q(state=RowState.REFUSED)),
        suggested=Count("pk", filter=_SUGGESTED),
        odd=Count("pk", filter=Q(state=RowState.LOOK) & ~Q(warning="")),
        issued=Count("pk", filter=Q(outcome=RowOutcome.ISSUED)),
        renewed=Count("pk", filter=Q(outcome=RowOutcome.RENEWED)),
        replaced=Count("pk", filter=Q(outcome=RowOutcome.REPLACED)),
    )
    return {
        **counts,
        "held": counts["look"] + counts["refused"],
        "done": counts["issued"] + counts["renewed"] + counts["replaced"],
    }


def _found(batch: Batch, show: str, wanted: str) -> BatchRowQuerySet:
    """The rows that the address asks for; those that need somebody come first."""
    rows = batch.rows.select_related("issuance", "holding__current_version")
    if show in _SHOWN:
        rows = rows.filter(state=_SHOWN[show])
    if wanted:
        rows = rows.filter(Q(recipient_name__icontains=wanted) | Q(recipient_email__icontains=wanted))
    return rows.order_by("state", "line")


def _minutes_left(batch: Batch) -> int:
    if batch.due_at is None or is_leaving(batch):
        return 0
    return -(-(batch.due_at - clock.now()) // timedelta(minutes=1))


@require_POST
def confirm(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = own_batch(request, batch_id)
    form = LeavingForm(request.POST, badge=batch.badge)
    if form.is_valid():
        with refusals_as_messages(request):
            confirm_batch(batch, by=staff(request), leaves_at=form.leaves_at)
    else:
        for problems in form.errors.values():
            messages.error(request, " ".join(map(str, problems)))
    return redirect("admin:badges_batch_change", batch.pk)


@require_POST
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = own_batch(request, batch_id)
    with refusals_as_messages(request):
        undo_batch(batch, by=staff(request))
        messages.success(request, _("Undone. Nobody was told, and nothing was issued."))
    return redirect("admin:badges_batch_change", batch.pk)


@require_POST
def send(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = own_batch(request, batch_id)
    with refusals_as_messages(request):
        send_now(batch, by=staff(request))
    return redirect("admin:badges_batch_change", batch.pk)


@require_POST
def revoke_all(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Its preview comes first. What the batch renewed or replaced was issued before it, and stays."""
    batch = own_batch(request, batch_id)
    with refusals_as_messages(request):
        return drafted(draft_batch_decision(ChangeKind.REVOKE, batch, by=staff(request)))
    return redirect("admin:badges_batch_change", batch.pk)


@require_POST
def mend(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The rows that were left behind, in a preview of their own."""
    batch = own_batch(request, batch_id)
    with refusals_as_messages(request):
        batch = draft_held_rows(batch, by=staff(request))
    return redirect("admin:badges_batch_change", batch.pk)


@require_GET
def held_rows(request: HttpRequest, batch_id: UUID) -> StreamingHttpResponse:
    batch = own_batch(request, batch_id)
    rows = batch.rows.held().select_related("batch__issuer", "holding__current_version").order_by("line")
    return csv_download(spreadsheets.held_rows(batch.header, rows.iterator(chunk_size=2000)), "held-rows.csv")
