from base64 import b64encode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_POST

from badgecert.accounts.models import User
from badgecert.core.admin import desk_page, refusals_as_messages
from badgecert.core.translating import translated
from badges.actions.badges import make_badge, publish_badge, retire_badge, update_badge
from badges.admin_forms import BadgeForm, art_from
from badges.admin_views.access import staff
from badges.drawing.badge import draw_badge
from badges.drawing.exceptions import BadgeArtError
from badges.models import Badge, BadgeState
from badges.picture_limits import TOO_FAST
from issuers.permissions import can_design, can_issue, issuers_to_design_for


@require_http_methods(["GET", "POST"])
def badge_form(request: HttpRequest, badge: Badge | None = None) -> HttpResponse:
    """Make a badge, or change one: viewers see the same page and cannot send it."""
    by = staff(request)
    may_change = can_design(by, badge.issuer) if badge else issuers_to_design_for(by).exists()
    if not may_change and (badge is None or request.method == "POST"):
        raise PermissionDenied
    like = None if badge else _model(request, by)
    form = BadgeForm(request.POST or None, request.FILES or None, user=by, badge=badge, like=like)
    if request.method == "POST" and form.is_valid():
        with refusals_as_messages(request):
            if badge is None:
                badge = make_badge(form.cleaned_data["issuer"], content=form.content(), by=by, **form.live())
                messages.success(request, _("Saved as a draft. Publish it when it is ready."))
            else:
                update_badge(badge, content=form.content(), by=by, **form.live())
                messages.success(request, _("Saved. What was issued before stays as it was."))
            for advice in form.advice:
                messages.warning(request, advice)
            return redirect("admin:badges_badge_change", badge.pk)
    page = desk_page(
        request,
        "admin/badges/badge/form.html",
        title=str(badge) if badge else _("New badge"),
        like=like,
        form=form,
        badge=badge,
        may_change=may_change,
        issued_count=badge.issuances.count() if badge else 0,
        is_draft=badge is not None and badge.state == BadgeState.DRAFT,
        is_published=badge is not None and badge.state == BadgeState.PUBLISHED,
        may_issue=badge is not None and can_issue(by, badge.issuer),
    )
    if form.has_error(NON_FIELD_ERRORS, TOO_FAST):
        page.status_code = 429
    return page


def _model(request: HttpRequest, by: User) -> Badge | None:
    """The badge that a new one begins as a copy of. Raises Http404."""
    wanted = request.GET.get("like")
    if not wanted:
        return None
    badges = Badge.objects.filter(issuer__in=issuers_to_design_for(by)).select_related("issuer", "current_version")
    try:
        return badges.get(pk=UUID(wanted))
    except (ValueError, Badge.DoesNotExist) as error:
        raise Http404 from error


@xframe_options_sameorigin
@require_http_methods(["GET", "POST"])
def preview_art(request: HttpRequest) -> HttpResponse:
    """The picture as it is typed, small and large, on white, on dark and in grey: a page for the frame in the form."""
    if not issuers_to_design_for(staff(request)).exists():
        raise PermissionDenied
    picture = problem = ""
    try:
        svg = draw_badge(art_from(request.POST or request.GET, default_text=_("Your organisation")))
        picture = f"data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"
    except BadgeArtError as error:
        problem = translated(str(error))
    response = render(request, "admin/badges/art_preview.html", {"picture": picture, "problem": problem})
    response["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox"
    )
    return response


def _own_badge(request: HttpRequest, badge_id: UUID) -> Badge:
    return get_object_or_404(
        Badge.objects.managed_by(request.user).select_related("issuer", "current_version"), pk=badge_id
    )


@require_POST
def publish(request: HttpRequest, badge_id: UUID) -> HttpResponse:
    badge = _own_badge(request, badge_id)
    with refusals_as_messages(request):
        publish_badge(badge, by=staff(request))
        messages.success(request, _("Published. It can be issued now."))
    return redirect("admin:badges_badge_change", badge.pk)


@require_POST
def retire(request: HttpRequest, badge_id: UUID) -> HttpResponse:
    badge = _own_badge(request, badge_id)
    with refusals_as_messages(request):
        retire_badge(badge, by=staff(request))
        messages.success(request, _("Retired. Nobody gets it any more; those who hold it keep it."))
    return redirect("admin:badges_badge_change", badge.pk)
