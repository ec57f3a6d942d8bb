"""Named links to one badge: made, listed, withdrawn by its earner."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badgecert.core import clock
from badgecert.core.exceptions import RefusedError
from badges.actions.showing import make_share_link
from badges.actions.showing import withdraw_share_link as withdraw
from badges.disclosure import can_see
from badges.models import Issuance, SharedPart, ShareLink
from earners.forms import ShareLinkForm
from earners.views.access import PersonRequest, own_issuance

LINKS_ON_A_PAGE = 25


@require_http_methods(["GET", "HEAD", "POST"])
def share_links(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """The links to one badge, and the form for another one."""
    issuance = own_issuance(request, issuance_id)
    form = ShareLinkForm(
        request.POST or None,
        today=clock.today(request.user.time_zone or "UTC"),
        initial={"parts": [SharedPart.NAME, SharedPart.DATES]},
    )
    if form.is_valid():
        try:
            link = make_share_link(issuance, **form.cleaned_data, by=request.user)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The link %(name)s is ready. Copy it and send it.") % {"name": link.name})
        return redirect("earners:share_links", issuance.pk)
    context = {
        "issuance": issuance,
        "seen": can_see(issuance.code, viewer=request.user),
        "form": form,
        **links_of(issuance, request, page=request.GET.get("page", "1")),
    }
    return render(request, "earners/share_links_page.html", context, status=400 if form.is_bound else 200)


def links_of(issuance: Issuance, request: PersonRequest, *, page: str = "1") -> dict[str, object]:
    """What earners/share_links.html needs: the newest ones, or another page of them."""
    links = ShareLink.objects.of(request.user).filter(issuance=issuance)
    return _paged(links, request, page)


@require_safe
def all_share_links(request: PersonRequest) -> HttpResponse:
    """Every link of this person, with what it shows and how often it was opened."""
    links = ShareLink.objects.of(request.user).select_related("issuance__current_version__badge_version")
    return render(request, "earners/all_share_links.html", _paged(links, request, request.GET.get("page", "1")))


def _paged(links: QuerySet[ShareLink], request: PersonRequest, number: str) -> dict[str, object]:
    today = clock.today(request.user.time_zone or "UTC")
    page = Paginator(links, LINKS_ON_A_PAGE).get_page(number)
    return {"page_of_links": page, "share_links": [(link, link.state_on(today)) for link in page]}


@require_POST
def withdraw_share_link(request: PersonRequest, link_id: uuid.UUID) -> HttpResponse:
    link = get_object_or_404(ShareLink.objects.of(request.user).select_related("issuance"), pk=link_id)
    withdraw(link, by=request.user)
    messages.success(request, _("The link %(name)s shows nothing any more.") % {"name": link.name})
    return redirect("earners:share_links", link.issuance_id)
