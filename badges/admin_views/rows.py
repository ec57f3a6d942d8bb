"""Rows of a checked file that need somebody: correct a cell, accept what looks odd, choose for who holds the badge."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from badgecert.core.admin import desk_page, refusals_as_messages
from badges.actions.rows import accept_rows, choose_policy, correct_row, use_suggestions
from badges.admin_views.access import staff
from badges.admin_views.files import own_batch, steps_of_a_file
from badges.batch_forms import RowForm
from badges.models import Batch, BatchRow, BatchState, HolderPolicy, RowState


@require_http_methods(["GET", "POST"])
def edit_row(request: HttpRequest, batch_id: UUID, row_id: UUID) -> HttpResponse:
    """All cells of one row."""
    batch = own_batch(request, batch_id)
    row = _own_row(batch, row_id)
    if batch.state != BatchState.DRAFT:
        return redirect("admin:badges_batch_change", batch.pk)
    form = RowForm(request.POST or None, row=row, batch=batch)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            row = correct_row(row, values=form.values(), by=staff(request))
            row.batch = batch
            if row.state != RowState.REFUSED:
                _say(request, row)
                return _back(request, row)
            field = row.at_fault if row.at_fault in form.fields else None
            form.add_error(field, row.said)
    return desk_page(
        request,
        "admin/badges/batch/row.html",
        title=_("Row %(line)d") % {"line": row.line},
        form=form,
        row=row,
        batch=batch,
        steps=steps_of_a_file(),
        query=request.GET.urlencode(),
    )


@require_POST
def decide_row(request: HttpRequest, batch_id: UUID, row_id: UUID) -> HttpResponse:
    """What the small form beside a row says: its cell corrected, its warning accepted, or a policy of its own."""
    batch = own_batch(request, batch_id)
    row, by = _own_row(batch, row_id), staff(request)
    with refusals_as_messages(request):
        if request.POST.get("policy") in HolderPolicy.values:
            choose_policy(batch, request.POST["policy"], rows=[row], by=by)
        elif "keep" in request.POST:
            accept_rows(batch, rows=[row], by=by)
        elif row.at_fault in batch.columns:
            text = row.suggestion if "suggested" in request.POST else request.POST.get("value", "")[:5000]
            correct_row(row, values={row.at_fault: text}, by=by)
        row = _own_row(batch, row_id)
        _say(request, row)
    return _back(request, row)


@require_POST
def decide_rows(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """What is said of all rows at once: a policy, that what looks odd is right, or that it is what we suggest."""
    batch, by = own_batch(request, batch_id), staff(request)
    with refusals_as_messages(request):
        if request.POST.get("policy") in HolderPolicy.values:
            choose_policy(batch, request.POST["policy"], by=by)
        elif "keep" in request.POST:
            accept_rows(batch, by=by)
        elif "suggested" in request.POST:
            count = use_suggestions(batch, by=by)
            words = ngettext("%(count)d name was corrected.", "%(count)d names were corrected.", count)
            messages.success(request, words % {"count": count})
    return redirect(_address(request, batch))


def _own_row(batch: Batch, row_id: UUID) -> BatchRow:
    row = get_object_or_404(batch.rows.select_related("holding__current_version"), pk=row_id)
    row.batch = batch
    return row


def _say(request: HttpRequest, row: BatchRow) -> None:
    words = {"line": row.line, "words": row.said}
    if row.state == RowState.READY:
        messages.success(request, _("Row %(line)d is ready.") % words)
    else:
        messages.warning(request, _("Row %(line)d: %(words)s") % words)


def _back(request: HttpRequest, row: BatchRow) -> HttpResponse:
    return redirect(f"{_address(request, row.batch)}#row-{row.line}")


def _address(request: HttpRequest, batch: Batch) -> str:
    """The page of the batch as it was, with its filter."""
    page = reverse("admin:badges_batch_change", args=[batch.pk])
    return f"{page}?{request.GET.urlencode()}" if request.GET else page
