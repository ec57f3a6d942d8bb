import uuid
from collections.abc import Callable

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from badgecert.core.dates import day_in
from badgecert.core.exceptions import RefusedError
from badges.actions import issuances, showing
from badges.disclosure import can_see
from badges.models import Issuance, Visibility
from earners.forms import FindForm, VisibilityForm
from earners.history import activity_of, history_of, versions_said
from earners.models import EarnerRequest
from earners.portfolio import Order, Tab, cards_of, counts, ordered, shelves_of
from earners.request_words import state_for_earner
from earners.views.access import PersonRequest, is_welcomed, own_issuance
from earners.views.share import ways_to_share
from earners.views.share_links import links_of

CARDS_ON_A_PAGE = 24
# More would push the list itself out of sight; the rest waits under its tab.
NEW_BADGES_ANNOUNCED = 3
_ONLY_WHEN_FILLED = {Tab.NEW, Tab.ARCHIVED}


@require_safe
def portfolio(request: PersonRequest) -> HttpResponse:
    """Everything this person was ever given. Costs two queries, however long the list is: badges and collections."""
    everything = cards_of(request.user)
    if not everything and request.user.is_staff:
        return redirect("admin:index")
    if everything and not is_welcomed(request.user):
        return redirect("earners:welcome")

    held = [card for card in everything if not card.declined_at]
    form = FindForm(request.GET, cards=held)
    form.is_valid()
    wanted = form.cleaned_data
    text, issuer = wanted.get("q", ""), wanted.get("issuer", "")
    found = [card for card in held if card.matches(text) and issuer in {"", card.issuer_slug}]
    tab = _tab(request.GET.get("tab", ""))
    shelves = shelves_of(request.user)
    shelf = next((shelf for shelf in shelves if shelf.slug == request.GET.get("collection", "")), None)
    sort = wanted.get("sort")
    if shelf:
        shown = shelf.cards_among(found)
        shown = ordered(shown, Order(sort)) if sort else shown
    else:
        shown = ordered((card for card in found if tab in card.tabs), Order(sort or Order.NEWEST))
    page = Paginator(shown, CARDS_ON_A_PAGE).get_page(request.GET.get("page"))
    declined = [card for card in everything if card.declined_at]
    unarchived = [card for card in held if not card.is_archived]
    new = [card for card in unarchived if card.is_new]
    is_plain = not text and not issuer and tab == Tab.ALL and shelf is None and page.number == 1
    return render(
        request,
        "earners/portfolio.html",
        {
            "form": form,
            "searched": text,
            "held": held,
            "unarchived": unarchived,
            "issuer_count": len({card.issuer_slug for card in unarchived}),
            "visible_count": sum(not card.is_private for card in unarchived),
            "announced": new[:NEW_BADGES_ANNOUNCED] if is_plain else [],
            "new_count": len(new),
            "tabs": _tabs(counts(found)),
            "tab": tab,
            "shelves": [(one, len(one.cards_among(found))) for one in shelves],
            "shelf": shelf,
            "page": page,
            "profile": getattr(request.user, "profile", None),
            "declined": declined and Paginator(declined, CARDS_ON_A_PAGE).get_page(request.GET.get("not_mine")),
        },
    )


def _tab(text: str) -> Tab:
    return Tab(text) if text in set(Tab) else Tab.ALL


def _tabs(count: dict[Tab, int]) -> list[tuple[Tab, str, int]]:
    words = {
        Tab.ALL: _("All"),
        Tab.NEW: _("New"),
        Tab.ACTIVE: _("Active"),
        Tab.EXPIRING: _("Expiring"),
        Tab.EXPIRED: _("Expired"),
        Tab.ARCHIVED: _("Archived"),
    }
    return [(tab, word, count[tab]) for tab, word in words.items() if tab not in _ONLY_WHEN_FILLED or count[tab]]


@require_safe
def issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """One badge as its earner sees it."""
    issuance = own_issuance(request, issuance_id)
    seen = can_see(issuance.code, viewer=request.user)
    return render(
        request,
        "earners/issuance.html",
        {
            "issuance": issuance,
            "seen": seen,
            "is_new": not issuance.claimed_at and not issuance.declined_at and not issuance.revoked_at,
            "history": history_of(
                seen,
                claimed_on=issuance.claimed_at and day_in(issuance.claimed_at, issuance.issuer.time_zone),
            ),
            "versions": versions_said(issuance),
            "activity": activity_of(issuance, seen),
            "form": VisibilityForm({"visibility": issuance.visibility}),
            "asked": [
                (asked, state_for_earner(asked))
                for asked in EarnerRequest.objects.of(request.user).filter(issuance=issuance).order_by("-created_at")
            ],
            **links_of(issuance, request),
            **ways_to_share(issuance, seen),
        },
    )


@require_POST
def claim_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    return _do(
        request,
        issuance_id,
        lambda issuance: issuances.claim_issuance(issuance, by=request.user),
        said=_("%(badge)s is in your portfolio now. Choose who can see it, or share it."),
    )


@require_POST
def decline_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    return _do(
        request,
        issuance_id,
        lambda issuance: issuances.decline_issuance(issuance, by=request.user),
        said=_("%(badge)s has left your portfolio. You can undo this for 30 days, at the end of this page."),
    )


@require_POST
def take_back_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    return _do(
        request,
        issuance_id,
        lambda issuance: issuances.take_back_issuance(issuance, by=request.user),
        said=_("%(badge)s is back. Claim it to show it in your portfolio."),
    )


@require_POST
def archive_issuance(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    if request.POST.get("archived") == "no":
        action, said = showing.unarchive_issuance, _("%(badge)s is back in your portfolio.")
    else:
        action = showing.archive_issuance
        said = _("%(badge)s is in your archive now. Its link works as before.")
    return _do(request, issuance_id, lambda issuance: action(issuance, by=request.user), said=said)


@require_POST
def set_visibility(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    form = VisibilityForm(request.POST)
    if not form.is_valid():
        own_issuance(request, issuance_id)
        messages.error(request, _("Choose who can see it: public, link only or private."))
        return redirect(_way_back(request))
    chosen = Visibility(form.cleaned_data["visibility"])
    said = {
        Visibility.PUBLIC: _("Everybody can see %(badge)s now."),
        Visibility.LINK_ONLY: _("Whoever has the link can see %(badge)s now."),
        Visibility.PRIVATE: _("Only you can see %(badge)s now."),
    }
    return _do(
        request,
        issuance_id,
        lambda issuance: issuances.set_visibility(issuance, visibility=chosen, by=request.user),
        said=said[chosen],
    )


@require_POST
def name_address(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    names_address = request.POST.get("names_address") == "yes"
    return _do(
        request,
        issuance_id,
        lambda issuance: issuances.name_address(issuance, names_address=names_address, by=request.user),
        said=_("The file of %(badge)s names your e-mail address now.")
        if names_address
        else _("The file of %(badge)s no longer names your e-mail address. Copies made before still do."),
    )


def _do(
    request: PersonRequest, issuance_id: uuid.UUID, action: Callable[[Issuance], Issuance], *, said: str
) -> HttpResponse:
    issuance = own_issuance(request, issuance_id)
    try:
        action(issuance)
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, said % {"badge": issuance.current_version.badge_version.name})
    return redirect(_way_back(request))


def _way_back(request: PersonRequest) -> str:
    """The page the button stood on, as long as it is ours."""
    back = request.POST.get("back", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else reverse("earners:portfolio")
