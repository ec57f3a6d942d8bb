"""A person's public page, for strangers: their public badges, a collection of these, and the same on paper.

Whether there is nobody of that name, the page is off, or no badge is public: the answer is the same to the byte.
"""

import uuid

from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_safe

from certificates.views.answers import PAGE, kept_by_asking, not_modified, unchanged_since, with_etag
from earners.models import Photo
from earners.public_page import look_at, published_collections, shown_badges
from earners.views.portfolio_pdf import answer_pdf

BADGES_ON_A_PAGE = 24


@login_not_required
@require_safe
def public_portfolio(request: HttpRequest, name: str, slug: str = "") -> HttpResponseBase:
    look = look_at(name.lower(), slug)
    if look is None:
        return _nothing(request)
    page = Paginator(look.codes, BADGES_ON_A_PAGE).get_page(request.GET.get("page"))
    form = f"{PAGE} of a person, {page.number}"
    if response := unchanged_since(request, look.tag, form):
        return response
    context = {
        "look": look,
        "person": look.person,
        "page": page,
        "badges": shown_badges(list(page.object_list)),
        "collections": published_collections(look.person),
    }
    return with_etag(render(request, "earners/public_portfolio.html", context), look.tag, form)


@login_not_required
@require_safe
def public_portfolio_pdf(request: HttpRequest, name: str, slug: str = "") -> HttpResponseBase:
    look = look_at(name.lower(), slug)
    if look is None:
        return _nothing(request)
    return answer_pdf(
        request, codes=look.codes, title=look.collection_title, person=look.person.display_name, url=look.url
    )


@login_not_required
@require_safe
def public_photo(request: HttpRequest, name: str, photo_id: uuid.UUID) -> HttpResponseBase:
    """Only while the page that shows it is there."""
    look = look_at(name.lower())
    if look is None or look.photo_id != photo_id:
        return _nothing(request)
    response = not_modified(request, photo_id.hex)
    if response is None:
        photo = Photo.objects.get(pk=photo_id)
        response = HttpResponse(bytes(photo.webp), content_type="image/webp")
        response["ETag"] = f'"{photo_id.hex}"'
    kept_by_asking(response)
    return response


def _nothing(request: HttpRequest) -> HttpResponse:
    return render(request, "earners/nothing_public.html", status=404)
