from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from badgecert.core.negotiation import json_instead
from issuers.models import Issuer, Topic

_BADGES_ON_A_PAGE = 24


@login_not_required
@require_safe
def issuer(request: HttpRequest, slug: str) -> HttpResponse:
    """Who an organisation is, and what one can earn there."""
    if response := json_instead(request, reverse("certificates:issuer_ob2", args=[slug])):
        return response
    issuer = get_object_or_404(
        Issuer.objects.select_related("logo").defer("logo__png", "logo__webp", "logo__svg"), slug=slug
    )
    badges = issuer.badges.published().with_what_they_say()
    page = Paginator(badges, _BADGES_ON_A_PAGE).get_page(request.GET.get("page"))
    response = render(
        request,
        "issuers/issuer.html",
        {
            "issuer": issuer,
            "page": page,
            "contacts": [(topic.label, issuer.contacts[topic]) for topic in Topic if topic in issuer.contacts],
        },
    )
    response["Cache-Control"] = "no-cache"
    patch_vary_headers(response, ["Accept"])
    return response
