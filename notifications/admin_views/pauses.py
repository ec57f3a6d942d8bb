"""Holding mail back, and letting it go."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from badgecert.core.admin import desk_page, refusals_as_messages
from badges.admin_forms import ReasonForm
from badges.admin_views import staff
from issuers.models import Issuer
from issuers.permissions import can_issue, issuers_to_issue_for
from notifications.actions.pausing import pause_all_mail, pause_mail, resume_all_mail, resume_mail
from notifications.models import WAITING, Message, SitePause
from notifications.tasks import ring_on_commit


@require_GET
def sending(request: HttpRequest) -> HttpResponse:
    """Of each organisation whether its mail leaves, and how many wait."""
    by = staff(request)
    organisations = list(Issuer.objects.managed_by(by).select_related("mail_paused_by").order_by("name"))
    unsent = Message.objects.filter(issuer__in=organisations, state__in=WAITING).order_by()
    waiting = dict(unsent.values_list("issuer").annotate(Count("pk")))
    return desk_page(
        request,
        "admin/notifications/sending.html",
        title=_("Pause or resume mail"),
        organisations=[(issuer, waiting.get(issuer.pk, 0)) for issuer in organisations],
        may_pause=set(issuers_to_issue_for(by).values_list("pk", flat=True)),
        is_operator=by.is_superuser,
        site_pause=SitePause.objects.select_related("paused_by").first(),
    )


@require_http_methods(["GET", "POST"])
def pause(request: HttpRequest, issuer_id: UUID) -> HttpResponse:
    issuer = _own_issuer(request, issuer_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            pause_mail(issuer, reason=form.cleaned_data["reason"], by=staff(request))
            messages.success(request, _("Paused. What becomes due waits until somebody resumes it."))
        return redirect("admin:sending")
    return desk_page(
        request,
        "admin/notifications/pause.html",
        title=_("Pause the mail"),
        whose=issuer.name,
        form=form,
        says=_(
            "No mail about your badges leaves until somebody resumes it; badges can be issued meanwhile. New passwords "
            "and mails about locked accounts still leave: the site itself writes them."
        ),
    )


@require_http_methods(["GET", "POST"])
def resume(request: HttpRequest, issuer_id: UUID) -> HttpResponse:
    """Asks before a pile of mail leaves at once."""
    issuer = _own_issuer(request, issuer_id)
    if request.method == "POST":
        with refusals_as_messages(request):
            _say_resumed(request, resume_mail(issuer, by=staff(request)))
        return redirect("admin:sending")
    count = Message.objects.filter(issuer=issuer, state__in=WAITING).count()
    return _resume_page(request, whose=issuer.name, count=count, is_paused=issuer.mail_paused_at is not None)


@require_http_methods(["GET", "POST"])
def pause_all(request: HttpRequest) -> HttpResponse:
    _require_operator(request)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            pause_all_mail(reason=form.cleaned_data["reason"], by=staff(request))
            messages.success(request, _("Paused. Nothing leaves this site until somebody resumes it."))
        return redirect("admin:sending")
    return desk_page(
        request,
        "admin/notifications/pause.html",
        title=_("Pause all mail"),
        whose=_("All organisations and the site itself"),
        form=form,
        says=_(
            "Nothing leaves, new passwords included: nobody who has forgotten theirs can log in until you resume. One "
            "that waits for longer than it is good for is never sent."
        ),
    )


@require_http_methods(["GET", "POST"])
def resume_all(request: HttpRequest) -> HttpResponse:
    _require_operator(request)
    if request.method == "POST":
        with refusals_as_messages(request):
            _say_resumed(request, resume_all_mail(by=staff(request)))
        return redirect("admin:sending")
    count = Message.objects.filter(state__in=WAITING).filter(issuer__mail_paused_at=None).count()
    whose = _("All organisations and the site itself")
    return _resume_page(request, whose=whose, count=count, is_paused=SitePause.objects.exists())


def _resume_page(request: HttpRequest, *, whose: str, count: int, is_paused: bool) -> HttpResponse:
    return desk_page(
        request,
        "admin/notifications/resume.html",
        title=_("Resume the mail"),
        whose=whose,
        count=count,
        is_paused=is_paused,
        resume_button=ngettext("Resume and send %(count)d mail", "Resume and send %(count)d mails", count)
        % {"count": count}
        if count
        else _("Resume"),
    )


def _say_resumed(request: HttpRequest, count: int) -> None:
    ring_on_commit()
    messages.success(
        request,
        ngettext(
            "Resumed. %(count)d mail is on its way, or waits for its turn.",
            "Resumed. %(count)d mails are on their way, or wait for their turn.",
            count,
        )
        % {"count": count},
    )


def _own_issuer(request: HttpRequest, issuer_id: UUID) -> Issuer:
    issuer = get_object_or_404(Issuer.objects.managed_by(request.user), pk=issuer_id)
    if not can_issue(staff(request), issuer):
        raise PermissionDenied
    return issuer


def _require_operator(request: HttpRequest) -> None:
    if not staff(request).is_superuser:
        raise PermissionDenied
