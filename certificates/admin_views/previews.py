from dataclasses import replace
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from badgecert.core.exceptions import RefusedError
from badges.admin_views import (
    not_tried,
    preview_refused,
    previewed,
    previewed_correction,
    staff,
    tried,
)
from badges.certificate_forms import CertificateForm, certificate_values
from badges.disclosure import Disclosure, State, can_see
from badges.models import Badge, Issuance
from certificates.actions.documents import certificate_content, preview_certificate_pdf
from certificates.design_previews import Typed, preview_facts
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.presentation import verification_page_context
from certificates.printing import printed
from certificates.rendering.exceptions import CertificateError
from certificates.rendering.jobs import PrintCertificate
from certificates.rendering.screen import screen_html
from issuers.models import Issuer
from issuers.permissions import issuers_to_design_for

_PREVIEW_PATIENCE = 10


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
        content = preview_certificate_pdf(certificate_content(disclosure, paper="a4"))
    except ValidationError as error:
        return preview_refused(request, error)
    except (CertificateBusyError, CertificateImpossibleError) as error:
        return preview_refused(request, ValidationError(str(error)))
    return _as_pdf(content)


@require_POST
def preview_corrected_page(request: HttpRequest, issuance_id: UUID) -> HttpResponse:
    """The public page with what is typed in a correction."""
    with previewed_correction(request, issuance_id) as (issuance, form):
        if issuance is None:
            return render(request, "admin/no_preview.html", {"form": form})
        context = {**verification_page_context(_seen(request, issuance)), "is_correction": True}
        return render(request, "admin/badges/preview_page.html", context)


@require_POST
def preview_corrected_certificate(request: HttpRequest, issuance_id: UUID) -> HttpResponse:
    try:
        with previewed_correction(request, issuance_id) as (issuance, form):
            if issuance is None:
                return render(request, "admin/no_preview.html", {"form": form})
            content = certificate_content(_seen(request, issuance), paper="a4")
        return _as_pdf(preview_certificate_pdf(content))
    except (CertificateBusyError, CertificateImpossibleError) as error:
        form.add_error(None, str(error))
        return render(request, "admin/no_preview.html", {"form": form})


@require_POST
def preview_tried_page(request: HttpRequest, work: str, work_id: UUID, row_id: UUID) -> HttpResponse:
    """The public page as it would be with a change that is only proposed, or with a row that is not issued yet."""
    try:
        with tried(request, work, work_id, row_id) as issuance:
            context = verification_page_context(_seen(request, issuance))
            return render(request, "admin/badges/preview_page.html", {**context, "is_tried": True})
    except RefusedError as error:
        return not_tried(request, work, work_id, error)


@require_POST
def preview_tried_certificate(request: HttpRequest, work: str, work_id: UUID, row_id: UUID) -> HttpResponse:
    try:
        with tried(request, work, work_id, row_id) as issuance:
            # Made while the change stands: what the register says is compared with what was signed.
            content = certificate_content(_seen(request, issuance), paper="a4")
        # Printing takes its time, and nobody waits for the badge meanwhile.
        return _as_pdf(preview_certificate_pdf(content))
    except (RefusedError, CertificateBusyError, CertificateImpossibleError) as error:
        return not_tried(request, work, work_id, error)


def _seen(request: HttpRequest, issuance: Issuance) -> Disclosure:
    """What a stranger sees; of what strangers may not see, what its earner does."""
    seen = can_see(issuance.code)
    return can_see(issuance.code, viewer=staff(request)) if seen.state == State.PRIVATE else seen


@xframe_options_sameorigin
@require_http_methods(["GET", "POST"])
def preview_design(request: HttpRequest, badge_id: UUID | None = None) -> HttpResponse:
    """The certificate with what is typed on a badge's page: as a page for the frame there, or as a PDF."""
    badge = _badge(request, badge_id) if badge_id else None
    issuer = badge.issuer if badge else _chosen_issuer(request)
    data = request.POST or _as_saved(badge)
    form = CertificateForm(data, said=badge.current_version if badge else None)
    if not form.is_valid():
        return _in_frame(render_to_string("admin/no_preview.html", {"form": form}, request))
    typed = Typed(name=str(data.get("name", ""))[:120], description=str(data.get("description", ""))[:2000])
    facts = preview_facts(form, issuer=issuer, badge=badge, typed=typed)
    try:
        if request.GET.get("as") == "pdf":
            marked = replace(facts, mark=_("Preview"))
            pdf = printed(PrintCertificate(marked), patience=_PREVIEW_PATIENCE)
            return HttpResponse(pdf, content_type="application/pdf")
        return _in_frame(screen_html(facts))
    except (CertificateError, CertificateBusyError, CertificateImpossibleError) as error:
        form.add_error(None, str(error))
        return _in_frame(render_to_string("admin/no_preview.html", {"form": form}, request))


def _as_pdf(content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="preview.pdf"'
    return response


def _badge(request: HttpRequest, badge_id: UUID) -> Badge:
    badges = Badge.objects.managed_by(request.user).select_related("issuer__logo", "current_version__picture")
    return get_object_or_404(badges, pk=badge_id)


def _chosen_issuer(request: HttpRequest) -> Issuer:
    """The organisation of a badge that is not saved yet. Raises PermissionDenied."""
    mine = list(issuers_to_design_for(staff(request)).select_related("logo"))
    if not mine:
        raise PermissionDenied
    return next((issuer for issuer in mine if str(issuer.pk) == request.POST.get("issuer")), mine[0])


def _as_saved(badge: Badge | None) -> dict[str, Any]:
    said = badge.current_version if badge else None
    return {"name": said.name, "description": said.description, **certificate_values(said)} if said else {}


def _in_frame(page: str) -> HttpResponse:
    """It may do nothing and ask for nothing: it is a picture made of HTML."""
    response = HttpResponse(page)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; frame-ancestors 'self'; sandbox"
    )
    return response
