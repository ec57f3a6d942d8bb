"""Every mail that this site can write, about a badge that exists: for whoever changes their words or their looks."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from badgecert.core import codes
from badges.models import Issuance
from notifications.messages import RenderedMail, masked_mail
from notifications.models import MessageKind
from notifications.samples import sample_message
from notifications.views.mailbox import as_mail_program

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponse]


def _builders_only(view: View[P]) -> View[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not (settings.DEMO or settings.DEBUG):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@login_not_required
@require_safe
@_builders_only
def messages(request: HttpRequest) -> HttpResponse:
    issuance = _issuance(request)
    return render(request, "notifications/messages.html", {"kinds": MessageKind, "issuance": issuance})


@login_not_required
@require_safe
@_builders_only
def message(request: HttpRequest, kind: str) -> HttpResponse:
    issuance = _issuance(request)
    return render(
        request,
        "notifications/message.html",
        {"kind": _kind(kind), "issuance": issuance, "mail": _sample(kind, issuance)},
    )


@login_not_required
@require_safe
@xframe_options_sameorigin
@_builders_only
def message_html(request: HttpRequest, kind: str) -> HttpResponse:
    mail = _sample(kind, _issuance(request))
    if mail is None:
        raise Http404
    return as_mail_program(mail.html)


def _issuance(request: HttpRequest) -> Issuance:
    """The one with ?code=, or the newest that says as much as a badge can say."""
    issuances = Issuance.objects.standing().filter(earner__isnull=False).select_related("issuer", "current_version")
    if code := request.GET.get("code"):
        try:
            return get_object_or_404(issuances, code=codes.normalise(code))
        except codes.NotACodeError as error:
            raise Http404 from error
    full = issuances.filter(current_version__expires_on__isnull=False, suspended_at=None, declined_at=None)
    issuance = full.first() or issuances.first()
    if issuance is None:
        raise Http404
    return issuance


def _kind(kind: str) -> MessageKind:
    try:
        return MessageKind(kind)
    except ValueError as error:
        raise Http404 from error


def _sample(kind: str, issuance: Issuance) -> RenderedMail | None:
    with sample_message(_kind(kind), issuance) as sample:
        return masked_mail(sample) if sample else None
