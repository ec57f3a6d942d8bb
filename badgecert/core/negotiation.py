"""One address, several forms: what the client asks for in its Accept header."""

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers

_PAGE = "text/html"
_JSON_TYPES = ("application/json", "application/ld+json")


class _SeeOther(HttpResponseRedirect):
    status_code = 303


def json_instead(request: HttpRequest, address: str) -> HttpResponse | None:
    """The way to the JSON of a page, for those who would rather have that; else None."""
    if request.get_preferred_type([_PAGE, *_JSON_TYPES]) not in _JSON_TYPES:
        return None
    response = _SeeOther(address)
    patch_vary_headers(response, ["Accept"])
    return response
