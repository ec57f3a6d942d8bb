from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badgecert.core.admin import desk_page
from badges.admin_views import staff
from certificates.actions.domains import confirm_domain, forget_domain
from certificates.addresses import did_of
from certificates.domains import FILE_PATH, RECORD_PREFIX, record_for
from certificates.exceptions import DomainRefusedError
from certificates.forms import DomainForm
from issuers.models import Issuer
from issuers.permissions import can_own


@require_http_methods(["GET", "POST"])
def domain(request: HttpRequest, issuer_id: UUID) -> HttpResponse:
    """The domain that says it is this organisation's: its owners confirm another one, or take it away."""
    by = staff(request)
    issuer = get_object_or_404(Issuer.objects.managed_by(by), pk=issuer_id)
    may_change = can_own(by, issuer)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    if request.method == "POST" and "forget" in request.POST:
        forget_domain(issuer, by=by)
        messages.success(request, _("Your pages show no confirmed domain any more."))
        return redirect("admin:issuer_domain", issuer.pk)
    form = DomainForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            confirm_domain(issuer, typed=form.cleaned_data["domain"], by=by)
        except DomainRefusedError as refusal:
            form.add_error("domain", str(refusal))
        else:
            messages.success(request, _("Confirmed. Your pages show it from now on, and we ask again every day."))
            return redirect("admin:issuer_domain", issuer.pk)
    did = did_of(issuer.slug)
    return desk_page(
        request,
        "admin/certificates/domain.html",
        title=_("Your domain"),
        issuer=issuer,
        form=form,
        may_change=may_change,
        record_name=RECORD_PREFIX,
        record=record_for(did),
        file_path=FILE_PATH,
        file_content=f'{{"issuers": ["{did}"]}}',
    )
