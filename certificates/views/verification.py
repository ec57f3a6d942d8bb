"""The public page of a code: the answer to *is it good?* for whoever asks."""

import structlog
from django.contrib.auth.decorators import login_not_required
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badgecert.core import clock, codes
from badgecert.core.translating import translated
from badges.activity import count_look
from badges.disclosure import Disclosure, State, can_see
from certificates.checks import checks_without_an_answer
from certificates.presentation import verification_page_context
from certificates.records import Records, look_at
from certificates.verdicts import http_status
from certificates.views.answers import (
    JSON_TYPES,
    JWT_TYPE,
    PAGE,
    PICTURE_TYPES,
    keep,
    kept,
    kept_by_asking,
    problem,
    too_many_misses,
    type_wanted,
    unchanged_since,
    with_etag,
)
from certificates.views.files import answer_json, badge_picture, certificate, credential_jwt

log = structlog.get_logger(__name__)

# Nobody has seen a badge there.
_SHOW_NOTHING = (State.NOT_FOUND, State.PRIVATE, State.ERASED)
# Enough to recognise what one typed.
_LONGEST_ECHO = 40


@login_not_required
@require_safe
def verification(request: HttpRequest, code: str) -> HttpResponseBase:
    wanted = type_wanted(request)
    try:
        if wanted:
            return _as_wanted(request, code, wanted)
        look = look_at(code)
        if look.state not in _SHOW_NOTHING:
            count_look(request, code)
        # A page that was made before is true only while all that it was made and checked from is the same.
        name = f"{PAGE} {look.name}"
        return (
            unchanged_since(request, look.tag, name) or kept(look.tag, name) or _page(request, code, name, look.records)
        )
    except (OperationalError, InterfaceError) as error:
        return _could_not_check(request, code, error, as_json=bool(wanted))


def _as_wanted(request: HttpRequest, code: str, wanted: str) -> HttpResponseBase:
    """Each of the badge's files is had at the badge's own address, too, by whoever asks for its type."""
    if wanted in JSON_TYPES:
        response = answer_json(request, code, wanted)
    elif kind := PICTURE_TYPES.get(wanted):
        response = badge_picture(request, code, kind)
    elif wanted == JWT_TYPE:
        response = credential_jwt(request, code)
    else:
        response = certificate(request, code)
    patch_vary_headers(response, ["Accept"])
    return response


@login_not_required
@require_safe
def version(request: HttpRequest, code: str, number: int) -> HttpResponseBase:
    """What it said once: for links to what has been corrected since."""
    try:
        return _page(request, code, "", number=number)
    except (OperationalError, InterfaceError) as error:
        return _could_not_check(request, code, error)


@login_not_required
@require_safe
def other_spelling(request: HttpRequest, typed: str, rest: str = "") -> HttpResponseBase:
    """Leads /V/7kq4-m2xd-9rwt and its like to the one address; says what is wrong with what cannot be a code."""
    try:
        code = codes.normalise(typed)
    except codes.NotACodeError as error:
        return _not_found(request, typed, translated(str(error)))
    query = request.META.get("QUERY_STRING", "")
    address = reverse("certificates:verification", args=[code]) + rest.removesuffix("/")
    return HttpResponsePermanentRedirect(f"{address}?{query}" if query else address)


def _page(
    request: HttpRequest, code: str, name: str, records: Records | None = None, *, number: int | None = None
) -> HttpResponse:
    """Made anew, and kept under its name if it has one."""
    try:
        codes.normalise(code)
    except codes.NotACodeError as error:
        return _not_found(request, code, translated(str(error)))
    seen = can_see(code, version=number)
    if seen.state == State.NOT_FOUND:
        return _not_found(request, code)
    context = verification_page_context(seen, records)
    response = render(request, "certificates/verification.html", context, status=http_status(seen.state))
    if not name:
        kept_by_asking(response)
        return response
    return keep(with_etag(response, seen.tag, name), seen)


def _not_found(request: HttpRequest, typed: str, what_is_wrong: str = "") -> HttpResponse:
    if refusal := too_many_misses(request):
        return refusal
    seen = Disclosure(state=State.NOT_FOUND, code="", asked_at=clock.now())
    context = {
        **verification_page_context(seen),
        "typed": codes.grouped(typed) if len(typed) == codes.LENGTH else typed[:_LONGEST_ECHO],
        "what_is_wrong": what_is_wrong,
    }
    response = render(request, "certificates/verification.html", context, status=404)
    response["Cache-Control"] = "no-store"
    return response


def _could_not_check(request: HttpRequest, code: str, error: Exception, *, as_json: bool = False) -> HttpResponse:
    """The database is away. The page is made without it, and blames nobody."""
    log.error("the register did not answer", error=repr(error))
    if as_json:
        response = problem(503, _("We could not complete the check"), _("This says nothing about the badge."))
    else:
        context = {"code": code, "asked_at": clock.now(), "checks": checks_without_an_answer()}
        response = render(request, "certificates/could_not_check.html", context, status=503)
        response["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept"])
    response["Retry-After"] = "60"
    return response
