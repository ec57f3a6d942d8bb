import uuid

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from badges.activity import record
from badges.disclosure import Disclosure, State, can_see
from badges.models import ActivityKind, Issuance, Visibility
from earners import sharing
from earners.sharing import WAYS
from earners.views.access import PersonRequest, own_issuance


@require_safe
def share_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """Every way to take a badge along: as a page, or with `?sheet` as what opens over the portfolio."""
    issuance = own_issuance(request, issuance_id)
    seen = can_see(issuance.code, viewer=request.user)
    template = "earners/share_sheet.html" if "sheet" in request.GET else "earners/share_issuance.html"
    return render(request, template, {"issuance": issuance, "seen": seen, **ways_to_share(issuance, seen)})


@require_safe
def go_and_share(request: PersonRequest, issuance_id: uuid.UUID, way: str) -> HttpResponse:
    """Leads to another site or a file with the badge, and counts that: the organisation learns how many, not where."""
    issuance, seen = _shared(request, issuance_id)
    if way not in WAYS:
        raise Http404
    if request.method == "GET":
        record(issuance, ActivityKind.SHARED)
    return redirect(WAYS[way](seen))


@require_POST
def count_copy(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """Something was copied to show the badge elsewhere. Only script says so."""
    issuance, _seen = _shared(request, issuance_id)
    record(issuance, ActivityKind.SHARED)
    return HttpResponse(status=204)


def _shared(request: PersonRequest, issuance_id: uuid.UUID) -> tuple[Issuance, Disclosure]:
    """Raises Http404 for what nobody else would see."""
    issuance = own_issuance(request, issuance_id)
    seen = can_see(issuance.code, viewer=request.user)
    if hindrance(issuance, seen):
        raise Http404
    return issuance, seen


def ways_to_share(issuance: Issuance, seen: Disclosure) -> dict[str, object]:
    """What earners/ways_to_share.html needs: the links, or why there are none."""
    return {
        "hindrance": hindrance(issuance, seen),
        "linkedin_fields": sharing.linkedin_fields(seen),
        # One of another name leads on to the one that is true now.
        "preview_address": reverse("certificates:preview_card", args=[seen.code, seen.version]),
    }


def hindrance(issuance: Issuance, seen: Disclosure) -> str:
    """Why nobody else would see anything under the link; empty when they would."""
    if seen.state == State.REVOKED:
        return "revoked"
    if issuance.declined_at:
        return "declined"
    return "private" if issuance.visibility == Visibility.PRIVATE else ""
