from uuid import UUID

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from badgecert.core.admin import desk_page, refusals_as_messages
from badges.admin_views import staff
from badges.models import Batch
from certificates.actions.exports import files_of, request_export
from certificates.models import Export
from certificates.tasks import ring_for_exports
from certificates.zips import zip_of
from issuers.permissions import can_issue

_LOOKS_AGAIN_SECONDS = "2"


@require_http_methods(["GET", "POST"])
def export_certificates(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """All certificates of a batch as one file: asked for, being made, ready. The page may be closed meanwhile."""
    by = staff(request)
    batch = get_object_or_404(Batch.objects.managed_by(by).select_related("issuer", "badge_version"), pk=batch_id)
    if request.method == "POST":
        with refusals_as_messages(request):
            request_export(batch, paper=request.POST.get("paper", ""), by=by)
            ring_for_exports()
        return redirect("admin:export_certificates", batch.pk)
    exports = [_progress(export) for export in batch.exports.select_related("requested_by")[:10]]
    response = desk_page(
        request,
        "admin/certificates/export.html",
        title=_("Certificates as one file"),
        batch=batch,
        exports=exports,
        may_export=can_issue(by, batch.issuer),
        has_certificate=batch.badge_version.has_certificate,
    )
    if any(not export["is_ready"] for export in exports):
        response["Refresh"] = _LOOKS_AGAIN_SECONDS
    return response


def _progress(export: Export) -> dict[str, object]:
    items = export.items
    return {
        "export": export,
        "total": items.count(),
        "done": items.exclude(done_at=None).count(),
        "problems": list(
            items.exclude(problem="").values_list("issuance__current_version__recipient_name", "problem")[:50]
        ),
        "is_ready": export.finished_at is not None,
    }


@require_GET
def exported_zip(request: HttpRequest, export_id: UUID) -> StreamingHttpResponse:
    export = get_object_or_404(Export.objects.managed_by(request.user).exclude(finished_at=None), pk=export_id)
    response = StreamingHttpResponse(zip_of(files_of(export)), content_type="application/zip")
    response["Content-Disposition"] = f'attachment; filename="certificates-{export.paper}.zip"'
    return response
