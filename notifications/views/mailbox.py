"""The demo's mail, for everybody to read. There is none outside a demonstration."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from notifications.mailbox import KeptMail, kept_headers, kept_mail, mail_names, raw_mail

MAILS_A_PAGE = 25

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def demo_only(view: View[P]) -> View[P]:
    """For pages that show everybody's mail: there are none outside a demonstration."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@require_safe
@demo_only
def mailbox(request: HttpRequest) -> HttpResponse:
    address = request.GET.get("to", "").strip()
    page = Paginator(mail_names(to=address), MAILS_A_PAGE).get_page(request.GET.get("page"))
    mails = [kept_headers(name) for name in page]
    return render(request, "notifications/mailbox.html", {"page": page, "mails": mails, "address": address})


@login_not_required
@require_safe
@demo_only
def mailbox_message(request: HttpRequest, name: str) -> HttpResponse:
    mail = _mail_or_404(name)
    return render(request, "notifications/mailbox_message.html", {"mail": mail, "text": mail.part("plain")})


@login_not_required
@require_safe
@xframe_options_sameorigin
@demo_only
def mailbox_html(request: HttpRequest, name: str) -> HttpResponse:
    """The mail as a mail program would show it: styles and our own pictures, nothing else."""
    return as_mail_program(_mail_or_404(name).part("html"))


@login_not_required
@require_safe
@demo_only
def mailbox_raw(request: HttpRequest, name: str) -> HttpResponse:
    try:
        return HttpResponse(raw_mail(name), content_type="text/plain; charset=us-ascii")
    except FileNotFoundError as error:
        raise Http404 from error


def as_mail_program(html: str) -> HttpResponse:
    # Links lead the whole window there, as in a mail program.
    response = HttpResponse(html.replace("<head>", '<head><base target="_top">', 1))
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation"
    )
    return response


def _mail_or_404(name: str) -> KeptMail:
    try:
        return kept_mail(name)
    except FileNotFoundError as error:
        raise Http404 from error
