from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from badges.models import Issuance
from earners.views.access import PersonRequest
from notifications.actions import preferences
from notifications.forms import MailPreferencesForm
from notifications.stop_links import NotAStopLinkError, read_stop_link


# A mail program posts by itself (RFC 8058) and has no token of ours; the link's signature is the permission.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_mails(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link does nothing: scanners of mail open links. The button stops the mails."""
    try:
        mails, issuance_id = read_stop_link(token)
    except NotAStopLinkError as error:
        raise Http404 from error
    issuance = get_object_or_404(Issuance.objects.select_related("issuer", "earner"), pk=issuance_id)
    if request.method == "POST":
        preferences.stop_mails(issuance, mails=mails)
    return render(
        request,
        "notifications/stop_mails.html",
        {"issuer": issuance.issuer, "mails": mails, "has_stopped": request.method == "POST"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def mail_preferences(request: PersonRequest) -> HttpResponse:
    """Which mails this person wants from each of the organisations that issued them a badge."""
    form = MailPreferencesForm(request.POST if request.method == "POST" else None, user=request.user)
    if form.is_valid():
        preferences.save_mail_preferences(wanted=form.wanted(), by=request.user)
        messages.success(request, _("Your choice of mails is saved."))
        return redirect("notifications:mail_preferences")
    return render(request, "notifications/mail_preferences.html", {"form": form})
