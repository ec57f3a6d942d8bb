"""How the public addresses answer: what may be kept, what a machine gets, what a miss costs."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from functools import cache

from django.conf import settings
from django.core.cache import BaseCache, caches
from django.http import HttpRequest, HttpResponse, HttpResponseNotModified, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.cache import patch_vary_headers
from django.utils.http import parse_etags
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badgecert.core import clock
from badgecert.core.written import moment
from badges.disclosure import Disclosure, State, glance
from certificates.misses import WINDOW_SECONDS, may_miss_again, may_verify_again

# Pages are read by people; every other representation is a file for machines.
PAGE = "page"

JSON_TYPES = ("application/json", "application/vc+ld+json", "application/ld+json", "application/vc")
JWT_TYPE, PDF_TYPE = "application/vc+jwt", "application/pdf"
PICTURE_TYPES = {"image/png": "png", "image/svg+xml": "svg"}
_TYPES = (*JSON_TYPES, *PICTURE_TYPES, PDF_TYPE, JWT_TYPE)
OB2_TYPES = ("application/json", "application/ld+json")


def type_wanted(request: HttpRequest) -> str:
    """The type that the client prefers to a page, of those that a badge's address has; empty when it wants a page."""
    # Browsers say so first, and nearly all who ask are browsers.
    if request.headers.get("Accept", "").partition(",")[0] == "text/html":
        return ""
    wanted = request.get_preferred_type(["text/html", *_TYPES])
    return wanted if wanted in _TYPES else ""


def preferred(request: HttpRequest, types: Sequence[str]) -> str:
    """Under which of these names the client wants a file; the first one unless it asks for another."""
    accepted = request.headers.get("Accept", "*/*")
    if accepted in types:
        return accepted
    return types[0] if accepted == "*/*" else request.get_preferred_type(types) or types[0]


def unchanged(request: HttpRequest, code: str, representation: str) -> HttpResponseBase | None:
    """304 when the client has what we would send, for one query; else None."""
    return unchanged_since(request, glance(code).tag, representation) if _names_a_tag(request) else None


def unchanged_since(request: HttpRequest, tag: str, representation: str) -> HttpResponseBase | None:
    """304 when the client has what bears this tag, which was read for this request; else None."""
    if not _names_a_tag(request) or not (etag := _etag(tag, representation)):
        return None
    response = _not_modified(request, etag)
    return response and _with_headers(response, representation)


def kept(tag: str, representation: str) -> HttpResponse | None:
    """What was made for somebody a moment ago. The tag was read for this request: it would say the same now."""
    if not (etag := _etag(tag, representation)) or (made := _kept_answers().get(etag)) is None:
        return None
    content, content_type, asked_at = made
    # What it says was asked again just now, and so its time is now's.
    content = content.replace(asked_at, _written(clock.now()))
    response = HttpResponse(content, content_type=content_type)
    response["ETag"] = etag
    _with_headers(response, representation)
    return response


def keep(response: HttpResponse, seen: Disclosure) -> HttpResponse:
    """For kept(). Under the tag of what was disclosed, which is not always the one that was asked about."""
    if "ETag" in response.headers and not settings.DEBUG:
        made = (response.content, response["Content-Type"], _written(seen.asked_at))
        _kept_answers().set(response["ETag"], made)
    return response


def _written(instant: datetime) -> bytes:
    """As it stands on the page."""
    return moment(instant).encode()


def _kept_answers() -> BaseCache:
    # Of this process alone: fetching a page from elsewhere costs half as much as making it.
    return caches["answers"]


def not_modified(request: HttpRequest, key: str) -> HttpResponseBase | None:
    """304 when the client has the file with this key; else None."""
    return _not_modified(request, f'"{key}"') if _names_a_tag(request) else None


def with_etag(response: HttpResponse, tag: str, representation: str) -> HttpResponse:
    """May be kept by anybody who asks each time whether it is still so."""
    if response.status_code == 200 and (etag := _etag(tag, representation)):
        response["ETag"] = etag
    _with_headers(response, representation)
    return response


def kept_by_asking(response: HttpResponseBase) -> None:
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept", "Accept-Language"])


def _with_headers(response: HttpResponseBase, representation: str) -> HttpResponseBase:
    kept_by_asking(response)
    if not representation.startswith(PAGE):
        for_everybody(response)
    return response


def _not_modified(request: HttpRequest, tag: str) -> HttpResponseBase | None:
    # Caches on the way may have made a strong tag weak.
    if tag not in {named.removeprefix("W/") for named in parse_etags(request.headers["If-None-Match"])}:
        return None
    return HttpResponseNotModified(headers={"ETag": tag})


def _names_a_tag(request: HttpRequest) -> bool:
    # "*" asks whether there is anything at all, which is not ours to say.
    return request.headers.get("If-None-Match", "*").strip() != "*"


def _etag(tag: str, representation: str) -> str | None:
    """A strong tag: what is disclosed, in which form and language, in which clothes."""
    if not tag:
        return None
    form = "\n".join([representation, get_language() or "", settings.BASE_URL, _clothes()])
    return f'"{tag}-{hashlib.sha256(form.encode()).hexdigest()[:8]}"'


@cache
def _clothes() -> str:
    """Another word with each release whose pages look otherwise."""
    return static("css/app.css")


def for_everybody(response: HttpResponseBase) -> None:
    """Wallets and checkers in a browser may read a machine file from their own site; search engines leave it alone."""
    response["Access-Control-Allow-Origin"] = "*"
    response["X-Robots-Tag"] = "noindex"


def machine_file(request: HttpRequest, text: str, content_type: str) -> HttpResponseBase:
    """A file for machines that belongs to nobody in particular; kept by asking whether its bytes are still the same."""
    key = hashlib.sha256(f"{content_type}\n{text}".encode()).hexdigest()[:32]
    response = not_modified(request, key)
    if response is None:
        response = HttpResponse(text, content_type=content_type)
        response["ETag"] = f'"{key}"'
    kept_by_asking(response)
    for_everybody(response)
    return response


def problem(status: int, title: str, detail: str = "", **more: str) -> HttpResponse:
    """What a machine gets in place of a file (RFC 9457)."""
    content = {
        "type": "about:blank",
        "title": title,
        "status": status,
        **({"detail": detail} if detail else {}),
        **more,
    }
    response = JsonResponse(content, status=status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    for_everybody(response)
    return response


def in_a_moment(request: HttpRequest, seen: Disclosure, reason: str) -> HttpResponse:
    """Nobody waits in a queue, where they would hold up those who only want to read: the page asks again by itself."""
    response = render(request, "certificates/in_a_moment.html", {"seen": seen, "reason": reason}, status=202)
    response["Refresh"] = response["Retry-After"] = "1"
    response["Cache-Control"] = "no-store"
    return response


def too_many_checks(request: HttpRequest) -> HttpResponse | None:
    """429 when this network has had too much checked. Call it once for each check that costs work."""
    return None if may_verify_again(request) else slowed_down(request)


def too_many_misses(request: HttpRequest, *, as_json: bool = False) -> HttpResponse | None:
    """429 when this network address has asked for too many codes that are not there. Call it once for each miss."""
    if may_miss_again(request):
        return None
    return slowed_down(request, as_json=as_json)


def slowed_down(request: HttpRequest, *, as_json: bool = False) -> HttpResponse:
    if as_json:
        response = problem(429, _("Too many tries"))
    else:
        response = render(request, "certificates/too_many_misses.html", status=429)
    response["Retry-After"] = str(WINDOW_SECONDS)
    return response


def no_file(request: HttpRequest, seen: Disclosure) -> HttpResponse:
    """Why a machine gets nothing under this code: the same word for what is private and what was never there."""
    if seen.state == State.NOT_FOUND and (refusal := too_many_misses(request, as_json=True)):
        return refusal
    if seen.state == State.ERASED:
        return problem(410, _("This badge was removed at its earner's request"))
    return problem(404, _("There is no such file"))
