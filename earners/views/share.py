import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from badges.disclosure import Disclosure, State, can_see
from badges.models import Issuance, Visibility
from earners import sharing
from earners.views.access import PersonRequest, own_issuance


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


def ways_to_share(issuance: Issuance, seen: Disclosure) -> dict[str, object]:
    """What earners/ways_to_share.html needs: the links, or why there are none."""
    return {
        "hindrance": _hindrance(issuance, seen),
        "linkedin_profile_url": sharing.linkedin_profile_url(seen),
        "linkedin_fields": sharing.linkedin_fields(seen),
        "linkedin_feed_url": sharing.linkedin_feed_url(seen.url),
        "facebook_url": sharing.facebook_url(seen.url),
        "x_url": sharing.x_url(seen),
    }


def _hindrance(issuance: Issuance, seen: Disclosure) -> str:
    """Why nobody else would see anything under the link; empty when they would."""
    if seen.state == State.REVOKED:
        return "revoked"
    if issuance.declined_at:
        return "declined"
    return "private" if issuance.visibility == Visibility.PRIVATE else ""
