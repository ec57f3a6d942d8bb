import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from badges.activity import record
from badges.disclosure import Disclosure, State, can_see
from badges.models import ActivityKind, Issuance, Visibility
from earners import sharing
from earners.views.access import PersonRequest, own_issuance

# Where the buttons lead. Each press is counted, so their links pass through here.
_ELSEWHERE = {
    "linkedin-profile": sharing.linkedin_profile_url,
    "linkedin": lambda seen: sharing.linkedin_feed_url(seen.url),
    "facebook": lambda seen: sharing.facebook_url(seen.url),
    "x": sharing.x_url,
}


@require_safe
def share_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """Every way to take a badge along. The badge's own page opens the same as a sheet."""
    issuance = own_issuance(request, issuance_id)
    seen = can_see(issuance.code, viewer=request.user)
    return render(
        request,
        "earners/share_issuance.html",
        {"issuance": issuance, "seen": seen, **ways_to_share(issuance, seen)},
    )


@require_safe
def go_and_share(request: PersonRequest, issuance_id: uuid.UUID, way: str) -> HttpResponse:
    """Leads to another site with the badge, and counts that: the organisation learns how many, not which and where."""
    issuance = own_issuance(request, issuance_id)
    seen = can_see(issuance.code, viewer=request.user)
    if way not in _ELSEWHERE or _hindrance(issuance, seen):
        raise Http404
    if request.method == "GET":
        record(issuance, ActivityKind.SHARED)
    return redirect(_ELSEWHERE[way](seen))


def ways_to_share(issuance: Issuance, seen: Disclosure) -> dict[str, object]:
    """What earners/ways_to_share.html needs: the links, or why there are none."""
    return {
        "hindrance": _hindrance(issuance, seen),
        "linkedin_fields": sharing.linkedin_fields(seen),
    }


def _hindrance(issuance: Issuance, seen: Disclosure) -> str:
    """Why nobody else would see anything under the link; empty when they would."""
    if seen.state == State.REVOKED:
        return "revoked"
    if issuance.declined_at:
        return "declined"
    return "private" if issuance.visibility == Visibility.PRIVATE else ""
