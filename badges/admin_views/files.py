"""A file of people: uploaded, and its columns matched."""

from itertools import islice
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from badgecert.core.admin import desk_page
from badgecert.core.exceptions import RefusedError
from badgecert.core.safe_csv import csv_download
from badges.actions.files import match_columns, upload_file
from badges.admin_forms import published_badges
from badges.admin_views.access import for_issuing_staff, staff
from badges.batch_forms import ColumnsForm, FileForm
from badges.models import Batch, BatchState
from badges.spreadsheets import open_sheet, template_rows
from badges.tasks import ring_for_files_on_commit

_SAMPLES = 3


def steps_of_a_file() -> list[str]:
    return [_("File"), _("Columns"), _("Preview"), _("Send")]


def own_batch(request: HttpRequest, batch_id: UUID) -> Batch:
    """A batch of one's own organisations. Raises Http404."""
    found = Batch.objects.managed_by(request.user).select_related("issuer", "badge", "badge_version")
    return get_object_or_404(found, pk=batch_id)


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def issue_file(request: HttpRequest) -> HttpResponse:
    by = staff(request)
    form = FileForm(
        request.POST or None, request.FILES or None, initial={"badge": request.GET.get("badge", "")}, user=by
    )
    if request.method == "POST" and form.is_valid():
        content, file_name = form.table()
        try:
            batch = upload_file(form.cleaned_data["badge"], content=content, file_name=file_name, by=by)
        except RefusedError as error:
            form.add_error(form.given, str(error))
        else:
            return _on(request, batch)
    return desk_page(
        request,
        "admin/badges/issue_file.html",
        title=_("Issue from a file"),
        form=form,
        steps=steps_of_a_file(),
        has_badges=published_badges(by).exists(),
    )


@for_issuing_staff
@require_GET
def template_file(request: HttpRequest) -> StreamingHttpResponse:
    return csv_download(template_rows(), "badges.csv")


@for_issuing_staff
@require_http_methods(["GET", "POST"])
def batch_columns(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    batch = own_batch(request, batch_id)
    if batch.state not in {BatchState.UPLOADED, BatchState.DRAFT} or not hasattr(batch, "file"):
        messages.error(request, _("The columns of this file cannot be changed any more. Upload it again."))
        return redirect("admin:badges_batch_change", batch.pk)
    sheet = open_sheet(bytes(batch.file.content), file_name=batch.file_name)
    samples = [row.cells for row in islice(sheet.rows, _SAMPLES)]
    form = ColumnsForm(request.POST or None, batch=batch, samples=samples)
    if request.method == "POST" and form.is_valid():
        try:
            batch = match_columns(batch, columns=form.columns, by=staff(request))
        except RefusedError as error:
            form.add_error(None, str(error))
        else:
            return _on(request, batch)
    return desk_page(
        request,
        "admin/badges/batch/columns.html",
        title=_("Match the columns"),
        form=form,
        batch=batch,
        steps=steps_of_a_file(),
        loses_corrections=batch.state == BatchState.DRAFT,
    )


def _on(request: HttpRequest, batch: Batch) -> HttpResponse:
    """To the next step. What is not read is said once."""
    if batch.state == BatchState.UPLOADED:
        return redirect("admin:batch_columns", batch.pk)
    if batch.state == BatchState.CHECKING:
        ring_for_files_on_commit()
    return redirect("admin:badges_batch_change", batch.pk)
