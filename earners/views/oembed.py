"""oEmbed (oembed.com): a site that is given a link to a badge or to somebody's public page asks here how to show it."""

from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement, tostring

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import Resolver404, ResolverMatch, resolve
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badgecert.core import codes
from badges.disclosure import State, can_see
from certificates.embedding import EMBED_SIZE, Size, embed_html
from certificates.link_previews import PREVIEW_SIZE, preview_address
from certificates.presentation import verdict_of
from certificates.views.answers import for_everybody, kept_by_asking, problem, too_many_misses
from earners.public_page import look_at, title_of

# What the standard says to those who ask for a kind that is not made here.
_NOT_IMPLEMENTED = 501
_MOST_DIGITS = 5


@login_not_required
@require_safe
def oembed(request: HttpRequest) -> HttpResponse:
    kind = request.GET.get("format", "json")
    if kind not in {"json", "xml"}:
        return problem(_NOT_IMPLEMENTED, _("Ask for json or xml"))
    match = _page_at(request.GET.get("url", ""))
    most = Size(_most(request, "maxwidth"), _most(request, "maxheight"))
    if match and match.view_name in {"certificates:verification", "certificates:other_spelling"}:
        said = _badge(request, match.kwargs.get("code") or match.kwargs.get("typed", ""), most)
    elif match and match.view_name == "earners:public_portfolio":
        said = _public_page(match.kwargs["name"], most)
    else:
        said = problem(404, _("There is no badge at this address"))
    if isinstance(said, HttpResponse):
        return said
    response = JsonResponse(said) if kind == "json" else HttpResponse(_as_xml(said), content_type="text/xml")
    kept_by_asking(response)
    for_everybody(response)
    return response


def _badge(request: HttpRequest, typed: str, most: Size) -> dict[str, object] | HttpResponse:
    try:
        seen = can_see(codes.normalise(typed))
    except codes.NotACodeError as error:
        return problem(404, _("There is no badge at this address"), str(error))
    if seen.state == State.PRIVATE:
        return problem(401, _("The holder keeps this badge private"))
    if seen.badge is None or seen.issuer is None:
        refusal = too_many_misses(request, as_json=True) if seen.state == State.NOT_FOUND else None
        return refusal or problem(404, _("There is no badge at this address"))
    verdict = verdict_of(seen)
    return {
        **_rich(f"{seen.url}/embed", title=verdict.title, most=most),
        "author_name": seen.issuer.name,
        **_thumbnail(preview_address(seen, verdict), most),
    }


def _public_page(name: str, most: Size) -> dict[str, object] | HttpResponse:
    look = look_at(name.lower())
    if look is None:
        return problem(404, _("Nothing public is at this address"))
    return {
        **_rich(look.embed_url, title=title_of(look), most=most),
        "author_name": look.person.display_name,
        **_thumbnail(look.preview_url, most),
    }


def _rich(address: str, *, title: str, most: Size) -> dict[str, object]:
    size = EMBED_SIZE.within(most)
    return {
        "version": "1.0",
        "type": "rich",
        "title": title,
        "provider_name": settings.SITE_NAME,
        "provider_url": settings.BASE_URL,
        "html": embed_html(address, title=title, size=size),
        "width": size.width,
        "height": size.height,
    }


def _thumbnail(address: str, most: Size) -> dict[str, object]:
    """Only where it has room: the standard wants it within what was asked for."""
    width, height = PREVIEW_SIZE
    if width > most.width or height > most.height:
        return {}
    return {"thumbnail_url": address, "thumbnail_width": width, "thumbnail_height": height}


def _page_at(url: str) -> ResolverMatch | None:
    """Which page of ours this is; None for any other site's."""
    try:
        parts = urlsplit(url)
        is_ours = parts.scheme in {"http", "https"} and parts.netloc == urlsplit(settings.BASE_URL).netloc
        return resolve(parts.path) if is_ours else None
    except (ValueError, Resolver404):
        return None


def _most(request: HttpRequest, name: str) -> int:
    """What is no number is no limit."""
    text = request.GET.get(name, "")
    limit = int(text) if text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS else 0
    return limit or max(PREVIEW_SIZE)


def _as_xml(said: dict[str, object]) -> bytes:
    root = Element("oembed")
    for name, value in said.items():
        SubElement(root, name).text = str(value)
    xml: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return xml
