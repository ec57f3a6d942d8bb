"""The badge as a card on somebody's own site."""

from collections.abc import Callable
from typing import Concatenate, ParamSpec, cast

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from badges.disclosure import State, can_see
from certificates.presentation import verification_page_context
from certificates.records import look_at
from certificates.verdicts import http_status
from certificates.views.answers import PAGE, keep, kept, too_many_misses, unchanged_since, with_etag

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

_POLICY = {
    "default-src": [NONE],
    "script-src": [NONE],
    "style-src": [SELF],
    "img-src": [SELF],
    "frame-ancestors": ["*"],
}


def may_be_framed(view: View[P]) -> View[P]:
    """Anybody may put it into their page, and it can do nothing there."""
    with_policy = cast("Callable[[View[P]], View[P]]", csp_replace(_POLICY))
    return xframe_options_exempt(with_policy(view))


@may_be_framed
@login_not_required
@require_safe
def embed(request: HttpRequest, code: str) -> HttpResponseBase:
    """The verdict of the public page in a few lines, without script."""
    look = look_at(code)
    name = f"{PAGE} embedded {look.name}"
    if response := unchanged_since(request, look.tag, name) or kept(look.tag, name):
        return response
    seen = can_see(code)
    if seen.state == State.NOT_FOUND and (refusal := too_many_misses(request)):
        return refusal
    context = verification_page_context(seen, look.records)
    response = render(request, "certificates/embed.html", context, status=http_status(seen.state))
    return keep(with_etag(response, seen.tag, name), seen)
