"""Pictures of a badge for other sites: in their previews of a link, in mail signatures, in programs without PNG."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from badges.disclosure import State, can_see
from certificates.actions import renditions
from certificates.credentials import STATES_WITH_FILES
from certificates.link_previews import preview_name
from certificates.presentation import verdict_of
from certificates.records import look_at
from certificates.views.answers import for_everybody, no_file, unchanged, unchanged_since, with_etag

_GONE = {State.NOT_FOUND, State.ERASED}


@login_not_required
@require_safe
def preview_card(request: HttpRequest, code: str, name: str) -> HttpResponseBase:
    """What other sites show of a link. Those that kept an older address are led to what is true now."""
    look = look_at(code)
    representation = f"card {name} {look.name}"
    if response := unchanged_since(request, look.tag, representation):
        return response
    seen = can_see(code)
    if seen.state in _GONE:
        return no_file(request, seen)
    verdict = verdict_of(seen, look.records)
    current = preview_name(seen, verdict)
    if current and current != name:
        return redirect("certificates:preview_card", code, current)
    content = (
        renditions.preview_card(seen, seen.badge, seen.issuer, verdict)
        if current and seen.badge and seen.issuer
        else renditions.neutral_card()
    )
    return with_etag(_png(content), seen.tag, representation)


@login_not_required
@require_safe
def neutral_card(request: HttpRequest) -> HttpResponse:
    """For links whose badge is nobody else's business."""
    response = _png(renditions.neutral_card())
    response["Cache-Control"] = "public, max-age=86400"
    for_everybody(response)
    return response


@login_not_required
@require_safe
def live_picture(request: HttpRequest, code: str) -> HttpResponseBase:
    """The badge as it stands today: it stays where it was put, and says what became of the badge."""
    look = look_at(code)
    representation = f"live {look.name}"
    if response := unchanged_since(request, look.tag, representation):
        return response
    seen = can_see(code)
    if seen.state in _GONE:
        return no_file(request, seen)
    verdict = verdict_of(seen, look.records)
    content = renditions.live_picture(seen.badge, verdict, is_good=seen.state.is_good)
    return with_etag(_png(content), seen.tag, representation)


@login_not_required
@require_safe
def badge_jpeg(request: HttpRequest, code: str) -> HttpResponseBase:
    """The badge's picture without anything in it."""
    if response := unchanged(request, code, "jpeg"):
        return response
    seen = can_see(code)
    if seen.badge is None or seen.state not in STATES_WITH_FILES:
        return no_file(request, seen)
    response = HttpResponse(renditions.badge_jpeg(seen.badge.picture.sha256), content_type="image/jpeg")
    return with_etag(response, seen.tag, "jpeg")


def _png(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="image/png")
