"""Many people at once, from a file."""

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Case, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.admin import desk_page, refusals_as_messages
from badgecert.core.exceptions import RefusedError
from badges.actions.batches import confirm_batch, undo_batch
from badges.actions.files import draft_batch_from_file
from badges.admin_forms import FileForm, IssueForm, published_badges
from badges.admin_views.access import for_issuing_staff, staff
from badges.models import Batch, BatchRow, BatchState
from badges.spreadsheets import held_rows_csv, template_csv
from issuers.permissions import can_issue

ROWS_PER_PAGE = 50


def batch_state(batch: Batch) -> tuple[str, str]:
    """The state of a batch as staff read it in a list, and its tone."""
    if is_leaving(batch):
        return _("Being issued"), "warn"
    tones = {BatchState.DRAFT: "warn", BatchState.CONFIRMED: "warn", BatchState.ISSUED: "valid"}
    return batch.get_state_display(), tones.get(BatchState(batch.state), "calm")


def is_leaving(batch: Batch) -> bool:
    """The time to undo is over and a worker has it, or will within seconds."""
    return batch.state == BatchState.CONFIRMED and batch.due_at is not None and batch.due_at <= clock.now()


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def issue_file(request: HttpRequest) -> HttpResponse:
    by = staff(request)
    form = FileForm(
        request.POST or None, request.FILES or None, initial={"badge": request.GET.get("badge", "")}, user=by
    )
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch, notices = draft_batch_from_file(
                form.cleaned_data["badge"], content=file.read(), file_name=file.name, by=by
            )
        except RefusedError as error:
            form.add_error("file", str(error))
        else:
            for notice in notices:
                messages.warning(request, notice)
            return redirect("admin:badges_batch_change", batch.pk)
    return desk_page(
        request,
        "admin/badges/issue_file.html",
        title=_("Issue from a file"),
        form=form,
        steps=[_("File"), _("Preview"), _("Send")],
        has_badges=published_badges(by).exists(),
    )


@for_issuing_staff
@require_GET
def template_file(request: HttpRequest) -> HttpResponse:
    return _csv(template_csv(), "badges.csv")


@require_GET
def batch_page(request: HttpRequest, batch: Batch) -> HttpResponse:
    """A batch in every state: its preview, the minutes to undo it, its progress, what became of each row."""
    rows = batch.rows.select_related("issuance")
    ready, held = batch.rows.filter(problem="").count(), batch.rows.held().count()
    issued = batch.rows.filter(issuance__isnull=False).count()
    show = request.GET.get("show", "all")
    shown = {"ready": rows.filter(problem=""), "held": rows.held()}.get(show, rows)
    # Rows that need somebody come first.
    page = Paginator(shown.order_by(Case(When(problem="", then=1), default=0), "line"), ROWS_PER_PAGE)
    by = staff(request)
    first = batch.rows.filter(problem="").order_by("line").first() if batch.state == BatchState.DRAFT else None
    now, leaves_now = clock.now(), is_leaving(batch)
    response = desk_page(
        request,
        "admin/badges/batch/page.html",
        title=_("Issue from a file") if batch.state == BatchState.DRAFT else str(batch),
        batch=batch,
        first=first,
        token=_token_of(first, batch, by) if first else "",
        page=page.get_page(request.GET.get("page")),
        show=show,
        ready=ready,
        held=held,
        issued=issued,
        total=ready + held,
        steps=[_("File"), _("Preview"), _("Send")],
        may_issue=can_issue(by, batch.issuer),
        is_draft=batch.state == BatchState.DRAFT,
        is_waiting=batch.state == BatchState.CONFIRMED and not leaves_now,
        is_leaving=leaves_now,
        is_issued=batch.state == BatchState.ISSUED,
        is_undone=batch.state == BatchState.UNDONE,
        minutes_left=-(-(batch.due_at - now) // timedelta(minutes=1)) if batch.due_at and not leaves_now else 0,
        minutes_to_undo=batch.issuer.cooling_off_minutes,
        issue_button=ngettext("Issue %(count)d badge", "Issue %(count)d badges", ready) % {"count": ready},
    )
    if leaves_now:
        response["Refresh"] = "3"
    elif batch.state == BatchState.CONFIRMED and batch.due_at is not None:
        response["Refresh"] = str(max(1, min(60, int((batch.due_at - now).total_seconds()) + 1)))
    return response


def _token_of(row: BatchRow, batch: Batch, by: User) -> str:
    """So that the previews of one person serve for the first row of a file."""
    typed = {
        "badge": str(batch.badge_id),
        "recipient_name": row.recipient_name,
        "recipient_email": row.recipient_email,
        "issued_on": row.issued_on.isoformat() if row.issued_on else "",
        "expires_on": row.expires_on.isoformat() if row.expires_on else "",
        "evidence_url": row.evidence_url,
        "narrative": row.narrative,
    }
    return IssueForm(typed, user=by).signed()


def _own_batch(request: HttpRequest, batch_id: UUID) -> Batch:
    return get_object_or_404(Batch.objects.managed_by(request.user).select_related("issuer", "badge"), pk=batch_id)


@require_POST
def confirm(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = _own_batch(request, batch_id)
    with refusals_as_messages(request):
        confirm_batch(batch, by=staff(request))
    return redirect("admin:badges_batch_change", batch.pk)


@require_POST
def undo(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = _own_batch(request, batch_id)
    with refusals_as_messages(request):
        undo_batch(batch, by=staff(request))
        messages.success(request, _("Undone. Nobody was told, and nothing was issued."))
    return redirect("admin:badges_batch_change", batch.pk)


@require_GET
def held_rows(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = _own_batch(request, batch_id)
    return _csv(held_rows_csv(batch.rows.held().order_by("line")), "held-rows.csv")


def _csv(content: bytes, file_name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response
