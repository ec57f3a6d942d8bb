from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from badgecert.accounts.models import User
from badgecert.core.admin import desk_page, refusals_as_messages
from badges.admin_views import preview_refused, previewed
from badges.models import Batch
from certificates.actions.documents import preview_certificate_pdf
from certificates.actions.exports import files_of, request_export
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.models import Export
from certificates.presentation import verification_page_context
from certificates.tasks import ring_for_exports
from certificates.zips import zip_of
from issuers.permissions import can_issue

_LOOKS_AGAIN_SECONDS = "2"


@require_POST
def preview_page(request: HttpRequest) -> HttpResponse:
    """The public page as it would be. Nothing of it is issued, so its links and its code lead nowhere yet."""
    try:
        disclosure, _address = previewed(request)
    except ValidationError as error:
        return preview_refused(request, error)
    return render(request, "admin/badges/preview_page.html", verification_page_context(disclosure))


@require_POST
def preview_certificate(request: HttpRequest) -> HttpResponse:
    try:
        disclosure, _address = previewed(request)
        content = preview_certificate_pdf(disclosure, paper="a4")
    except ValidationError as error:
        return preview_refused(request, error)
    except (CertificateBusyError, CertificateImpossibleError) as error:
        return preview_refused(request, ValidationError(str(error)))
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="preview.pdf"'
    return response


@require_http_methods(["GET", "POST"])
def export_certificates(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """All certificates of a batch as one file: asked for, being made, ready. The page may be closed meanwhile."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    batch = get_object_or_404(
        Batch.objects.managed_by(request.user).select_related("issuer", "badge_version"), pk=batch_id
    )
    if request.method == "POST":
        with refusals_as_messages(request):
            request_export(batch, paper=request.POST.get("paper", ""), by=request.user)
            ring_for_exports()
        return redirect("admin:export_certificates", batch.pk)
    exports = [_progress(export) for export in batch.exports.select_related("requested_by")[:10]]
    response = desk_page(
        request,
        "admin/certificates/export.html",
        title=_("Certificates as one file"),
        batch=batch,
        exports=exports,
        may_export=can_issue(request.user, batch.issuer),
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
