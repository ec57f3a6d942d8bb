"""What search engines are told: which pages there are for everybody, and nothing of anybody who did not ask for it."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from badges.models import Badge, Issuance
from earners.guides import GUIDES
from earners.models import Profile
from issuers.models import Issuer

# The protocol of sitemaps allows 50,000.
_ADDRESSES_IN_A_FILE = 10_000
_NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
_XML = "application/xml; charset=utf-8"
_PAGES = ("home", "certificates:verify", "certificates:verify_list", "certificates:log", "badges:catalogue")
_NOT_FOR_ROBOTS = ("/admin/", "/api/", "/claim/", "/portfolio/", "/profile/", "/requests/", "/v/*/check.pdf")

# Where a page is, and when it was changed last, as far as that is known.
Address = tuple[str, datetime | None]


@login_not_required
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    # Badges that must not be found say so themselves, which a robot that may not open them would never read.
    lines = [
        "User-agent: *",
        *(f"Disallow: {path}" for path in _NOT_FOR_ROBOTS),
        "",
        f"Sitemap: {settings.BASE_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


@login_not_required
@require_safe
def sitemap(request: HttpRequest) -> HttpResponse:
    """Names the files with the addresses, of which the first has all that is nobody's own."""
    counts = {
        "sitemap_badges": Issuance.objects.listed().count(),
        "sitemap_portfolios": Profile.objects.listed().count(),
    }
    numbered = [
        reverse(name, args=[number])
        for name, count in counts.items()
        for number in range(1, -(-count // _ADDRESSES_IN_A_FILE) + 1)
    ]
    addresses = [reverse("sitemap_pages"), *numbered]
    named = "".join(f"<sitemap><loc>{settings.BASE_URL}{address}</loc></sitemap>" for address in addresses)
    return _file(f'<sitemapindex xmlns="{_NAMESPACE}">{named}</sitemapindex>')


@login_not_required
@require_safe
def sitemap_pages(request: HttpRequest) -> HttpResponse:
    return _addresses(_pages())


@login_not_required
@require_safe
def sitemap_badges(request: HttpRequest, number: int) -> HttpResponse:
    """The badges whose earners want to be found."""
    listed = Issuance.objects.listed().order_by("pk").values_list("code", "current_version__created_at")
    return _part(listed, number, page="certificates:verification")


@login_not_required
@require_safe
def sitemap_portfolios(request: HttpRequest, number: int) -> HttpResponse:
    """The public pages of earners who want to be found."""
    listed = Profile.objects.listed().order_by("pk").values_list("public_name", "updated_at")
    return _part(listed, number, page="earners:public_portfolio")


def _part(listed: QuerySet[Any, tuple[Any, datetime]], number: int, *, page: str) -> HttpResponse:
    start = (number - 1) * _ADDRESSES_IN_A_FILE
    rows = list(listed[start : start + _ADDRESSES_IN_A_FILE]) if start >= 0 else []
    if not rows:
        raise Http404
    return _addresses((reverse(page, args=[name]), changed) for name, changed in rows)


def _pages() -> Iterator[Address]:
    yield from ((reverse(name), None) for name in _PAGES)
    yield from ((reverse("earners:guide", args=[guide.slug]), None) for guide in GUIDES)
    issuers = Issuer.objects.order_by("pk").values_list("slug", "updated_at")
    yield from ((reverse("issuers:issuer", args=[slug]), changed) for slug, changed in issuers)
    badges = Badge.objects.published().order_by("pk").values_list("slug", "updated_at")
    yield from ((reverse("badges:badge", args=[slug]), changed) for slug, changed in badges)


def _addresses(addresses: Iterable[Address]) -> HttpResponse:
    named = "".join(
        f"<url><loc>{escape(settings.BASE_URL + path)}</loc>"
        f"{f'<lastmod>{changed:%Y-%m-%d}</lastmod>' if changed else ''}</url>"
        for path, changed in addresses
    )
    return _file(f'<urlset xmlns="{_NAMESPACE}">{named}</urlset>')


def _file(xml: str) -> HttpResponse:
    response = HttpResponse(f'<?xml version="1.0" encoding="UTF-8"?>{xml}', content_type=_XML)
    # Who has hidden a badge since is not in it.
    response["Cache-Control"] = "no-cache"
    return response
