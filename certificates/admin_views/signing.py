from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badgecert.core.admin import desk_page
from badgecert.core.exceptions import RefusedError
from badges.admin_views import staff
from certificates.actions.document_keys import bring_document_key, certificates_of, is_vouched_for
from certificates.forms import CertificateFileForm
from certificates.models import KeyKind, SigningKey
from issuers.models import Issuer
from issuers.permissions import can_own


@require_http_methods(["GET", "POST"])
def document_key(request: HttpRequest, issuer_id: UUID) -> HttpResponse:
    """What an organisation signs its documents with; its owners bring a certificate of an authority here."""
    by = staff(request)
    issuer = get_object_or_404(Issuer.objects.managed_by(by), pk=issuer_id)
    form = CertificateFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            bring_document_key(
                issuer,
                content=form.cleaned_data["file"].read(),
                password=form.cleaned_data["password"],
                by=by,
            )
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Documents are signed with this certificate from now on."))
            return redirect("admin:document_key", issuer.pk)
    key = SigningKey.objects.active().filter(issuer=issuer, kind=KeyKind.DOCUMENT).first()
    return desk_page(
        request,
        "admin/certificates/document_key.html",
        title=_("What documents are signed with"),
        issuer=issuer,
        form=form,
        may_change=can_own(by, issuer),
        certificate=certificates_of(key)[0] if key else None,
        has_authority=key is not None and is_vouched_for(key),
        since=key.activated_at if key else None,
    )
