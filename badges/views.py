from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from badgecert.core import clock
from badgecert.core.negotiation import json_instead
from badges.disclosure import skills_of
from badges.models import Badge, BadgeState

_BADGES_ON_A_PAGE = 24


@login_not_required
@require_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """What can be earned here; a retired badge can no longer be."""
    badges = Badge.objects.filter(state=BadgeState.PUBLISHED).with_what_they_say()
    page = Paginator(badges, _BADGES_ON_A_PAGE).get_page(request.GET.get("page"))
    response = render(request, "badges/catalogue.html", {"page": page})
    response["Cache-Control"] = "no-cache"
    return response


@login_not_required
@require_safe
def badge(request: HttpRequest, slug: str) -> HttpResponse:
    """What a badge means today; what an earner's badge said when it was issued stands on its own page."""
    if response := json_instead(request, reverse("certificates:badge_ob2", args=[slug])):
        return response
    badge = get_object_or_404(Badge.objects.published().with_what_they_say(), slug=slug)
    held_by = badge.issuances.valid(on=clock.today(badge.issuer.time_zone)).count()
    said = badge.current_version
    context = {"badge": badge, "said": said, "skills": skills_of(said), "held_by": held_by}
    response = render(request, "badges/badge.html", context)
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept"])
    return response
