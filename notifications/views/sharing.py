import uuid

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from badges.disclosure import can_see
from earners.views.access import PersonRequest, own_issuance
from notifications.actions.sharing import share_by_mail as share
from notifications.exceptions import SharingRefusedError
from notifications.forms import ShareByMailForm


@require_http_methods(["GET", "HEAD", "POST"])
def share_by_mail(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """Send one's badge to somebody. The share page has the same form; mistakes are put right here."""
    issuance = own_issuance(request, issuance_id)
    form = ShareByMailForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            number = share(issuance, addresses=form.cleaned_data["addresses"], by=request.user)
        except SharingRefusedError as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("On its way to one address.", "On its way to %(number)d addresses.", number)
            messages.success(request, said % {"number": number})
            return redirect("earners:share_issuance", issuance.pk)
    return render(
        request,
        "notifications/share_by_mail.html",
        {"issuance": issuance, "seen": can_see(issuance.code, viewer=request.user), "form": form},
    )
