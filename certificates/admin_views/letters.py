from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from badgecert.core.admin import desk_page
from badgecert.core.exceptions import RefusedError
from badges.admin_views import staff
from badges.models import Issuance
from certificates.actions.letters import make_letter
from certificates.forms import LetterForm


@require_http_methods(["GET", "POST"])
def letter(request: HttpRequest, issuance_id: UUID) -> HttpResponse:
    """A letter of support about one badge: typed here, handed out as a signed PDF."""
    by = staff(request)
    issuance = get_object_or_404(
        Issuance.objects.managed_by(by).select_related("issuer", "current_version__badge_version"), pk=issuance_id
    )
    form = LetterForm(request.POST or None, initial={"addressee": request.GET.get("to", "")[:300]})
    if request.method == "POST" and form.is_valid():
        try:
            document = make_letter(issuance, **form.cleaned_data, by=by)
        except RefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            response = HttpResponse(bytes(document.pdf), content_type="application/pdf")
            response["Content-Disposition"] = 'attachment; filename="letter.pdf"'
            return response
    return desk_page(
        request, "admin/certificates/letter.html", title=_("Letter of support"), issuance=issuance, form=form
    )
