"""The words of an organisation's mails: which are its own, changing them, seeing and getting what they make."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_http_methods

from badgecert.core.admin import desk_page, refusals_as_messages
from badges.admin_views import staff
from badges.models import Badge
from issuers.models import Issuer
from issuers.permissions import can_design
from notifications.actions.wordings import choose_words, send_trial
from notifications.admin_views.previews import in_mail_frame
from notifications.forms import WordingForm
from notifications.messages import trial_mail
from notifications.models import WordedMail, Wording
from notifications.tasks import ring_on_commit
from notifications.wording import Wordings, places


@require_GET
def wordings(request: HttpRequest) -> HttpResponse:
    """Every kind of mail of each organisation, and what has words of its own."""
    chosen: dict[tuple[UUID, str], list[Wording]] = {}
    for wording in Wording.objects.managed_by(request.user).select_related("badge__current_version"):
        chosen.setdefault((wording.issuer_id, wording.kind), []).append(wording)
    return desk_page(
        request,
        "admin/notifications/wordings.html",
        title=_("Words of the mails"),
        issuers=[
            (
                issuer,
                [
                    (
                        mail,
                        any(wording.badge_id is None for wording in chosen.get((issuer.pk, mail), [])),
                        [wording.badge for wording in chosen.get((issuer.pk, mail), []) if wording.badge],
                    )
                    for mail in WordedMail
                ],
            )
            for issuer in Issuer.objects.managed_by(request.user).order_by("name")
        ],
    )


@require_http_methods(["GET", "POST"])
def edit_wording(request: HttpRequest, issuer_id: UUID, kind: str) -> HttpResponse:
    issuer, mail = _own(request, issuer_id, kind)
    by, badges = staff(request), _badges(issuer)
    badge = _chosen(badges, request.GET.get("badge", ""))
    may_change = can_design(by, issuer)
    if request.method == "POST" and not may_change:
        raise PermissionDenied
    saved = Wording.objects.filter(issuer=issuer, kind=mail, badge=badge).first()
    form = WordingForm(
        request.POST or None,
        mail=mail,
        initial={"subject": saved.subject, "opening": saved.opening} if saved else {},
    )
    here = request.get_full_path()
    if request.method == "POST" and form.is_valid():
        if "send" in request.POST:
            shown = badge or next(iter(badges), None)
            if shown is None:
                raise Http404
            with refusals_as_messages(request):
                send_trial(shown, mail=mail, words=form.words, by=by)
                ring_on_commit()
                messages.success(request, _("On its way to %(address)s. Nothing was saved.") % {"address": by.email})
        else:
            choose_words(issuer, mail=mail, badge=badge, words=form.words, by=by)
            messages.success(request, _("Saved. Mails that are written from now on say it so."))
            return redirect(here)
    return desk_page(
        request,
        "admin/notifications/wording.html",
        title=mail.label,
        form=form,
        issuer=issuer,
        badge=badge,
        badges=badges,
        may_change=may_change,
        is_own=saved is not None,
        subject_places=places(mail, in_subject=True),
        opening_places=places(mail, in_subject=False),
        preview_url=reverse("admin:preview_wording", args=[issuer.pk, mail.value])
        + (f"?badge={badge.pk}" if badge else ""),
    )


@xframe_options_sameorigin
@require_http_methods(["GET", "POST"])
def preview_wording(request: HttpRequest, issuer_id: UUID, kind: str) -> HttpResponse:
    """The mail in these words, as a mail program shows it; by GET in those that are saved."""
    issuer, mail = _own(request, issuer_id, kind)
    badges = _badges(issuer)
    badge = _chosen(badges, request.GET.get("badge", "")) or next(iter(badges), None)
    if badge is None:
        raise Http404
    if request.method == "GET":
        words = Wordings([issuer.pk]).of(mail, issuer_id=issuer.pk, badge_ids=[badge.pk])
    else:
        form = WordingForm(request.POST, mail=mail)
        if not form.is_valid():
            return in_mail_frame(render_to_string("admin/no_preview.html", {"form": form}, request))
        words = form.words
    return in_mail_frame(trial_mail(badge, mail=mail, words=words, to=staff(request)).html)


def _own(request: HttpRequest, issuer_id: UUID, kind: str) -> tuple[Issuer, WordedMail]:
    if kind not in WordedMail:
        raise Http404
    return get_object_or_404(Issuer.objects.managed_by(request.user), pk=issuer_id), WordedMail(kind)


def _badges(issuer: Issuer) -> list[Badge]:
    return list(
        Badge.objects.filter(issuer=issuer)
        .select_related("issuer", "current_version__picture")
        .order_by("current_version__name")
    )


def _chosen(badges: list[Badge], badge_id: str) -> Badge | None:
    if not badge_id:
        return None
    found = next((badge for badge in badges if str(badge.pk) == badge_id), None)
    if found is None:
        raise Http404
    return found
