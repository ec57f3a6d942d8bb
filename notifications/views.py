from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from badges.models import Issuance
from notifications.actions.preferences import stop_reminders as stop
from notifications.mailbox import KeptMail, kept_headers, kept_mail, mail_names, raw_mail
from notifications.stop_links import NotAStopLinkError, issuance_id_from_stop_link

MAILS_A_PAGE = 25

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


# A mail program posts by itself (RFC 8058) and has no token of ours; the link's signature is the permission.
@csrf_exempt
@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def stop_reminders(request: HttpRequest, token: str) -> HttpResponse:
    """Opening the link does nothing: scanners of mail open links. The button stops the reminders."""
    try:
        issuance_id = issuance_id_from_stop_link(token)
    except NotAStopLinkError as error:
        raise Http404 from error
    issuance = get_object_or_404(Issuance.objects.select_related("issuer", "earner"), pk=issuance_id)
    if request.method == "POST":
        stop(issuance)
    return render(
        request,
        "notifications/stop_reminders.html",
        {"issuer": issuance.issuer, "has_stopped": request.method == "POST"},
    )


def _demo_only(view: View[P]) -> View[P]:
    """For pages that show everybody's mail: there are none outside a demonstration."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@require_safe
@_demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    address = request.GET.get("to", "").strip()
    page = Paginator(mail_names(to=address), MAILS_A_PAGE).get_page(request.GET.get("page"))
    mails = [kept_headers(name) for name in page]
    return render(request, "notifications/mailbox.html", {"page": page, "mails": mails, "address": address})


@login_not_required
@require_safe
@_demo_only
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    mail = _mail_or_404(name)
    return render(request, "notifications/mailbox_message.html", {"mail": mail, "text": mail.part("plain")})


@login_not_required
@require_safe
@xframe_options_sameorigin
@_demo_only
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail as a mail program would show it: styles and our own pictures, nothing else."""
    # Links lead the whole window there, as in a mail program.
    html = _mail_or_404(name).part("html").replace("<head>", '<head><base target="_top">', 1)
    response = HttpResponse(html)
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    )
    return response


@login_not_required
@require_safe
@_demo_only
def mailbox_raw(request: HttpRequest, name: str) -> HttpResponse:
    try:
        return HttpResponse(raw_mail(name), content_type="text/plain; charset=us-ascii")
    except FileNotFoundError as error:
        raise Http404 from error


def _mail_or_404(name: str) -> KeptMail:
    try:
        return kept_mail(name)
    except FileNotFoundError as error:
        raise Http404 from error
