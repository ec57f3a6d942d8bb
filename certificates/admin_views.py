from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from badges.admin_views import preview_refused, previewed
from certificates.actions.documents import preview_certificate_pdf
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.presentation import verification_page_context


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
