"""Collections as their owner sees them; what strangers see of them is in public_page.py."""

import uuid

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from badgecert.core.exceptions import RefusedError
from earners.actions import collections as actions
from earners.actions.profile import display_name_of
from earners.models import Collection
from earners.portfolio import Card, cards_of, shelves_of
from earners.public_page_forms import CollectionForm
from earners.views.access import PersonRequest
from earners.views.portfolio_pdf import answer_pdf

CHOICES_ON_A_PAGE = 48


@require_http_methods(["GET", "HEAD", "POST"])
def collections(request: PersonRequest) -> HttpResponse:
    """All of them, and the form for a new one."""
    form = CollectionForm(request.POST or None)
    if form.is_valid():
        try:
            made = actions.make_collection(**form.cleaned_data, by=request.user)
        except RefusedError as refusal:
            messages.error(request, str(refusal))
            return redirect("earners:collections")
        messages.success(request, _("%(title)s is there. Choose its badges.") % {"title": made.title})
        return redirect(f"{made.get_absolute_url()}#choose")
    cards = _in_sight(request)
    shelves = [(shelf, shelf.cards_among(cards)) for shelf in shelves_of(request.user)]
    context = {"form": form, "shelves": shelves, "profile": getattr(request.user, "profile", None)}
    return render(request, "earners/collections.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def collection(request: PersonRequest, collection_id: uuid.UUID) -> HttpResponse:
    """One collection: its badges in their order, and everything that can be done with it. A POST renames it."""
    own = _own(request, collection_id)
    form = CollectionForm(request.POST or None, initial={"title": own.title})
    if form.is_valid():
        actions.rename_collection(own, **form.cleaned_data, by=request.user)
        messages.success(request, _("Saved."))
        return redirect(own)
    cards = _in_sight(request)
    shelf = next(shelf for shelf in shelves_of(request.user) if shelf.id == own.pk)
    collected = shelf.cards_among(cards)
    profile = getattr(request.user, "profile", None)
    claimed = [card for card in cards if card.is_claimed]
    page = Paginator(claimed, CHOICES_ON_A_PAGE).get_page(request.GET.get("page"))
    inside = set(shelf.issuance_ids)
    context = {
        "collection": own,
        "form": form,
        "collected": collected,
        "page": page,
        "choices": [(card, card.id in inside) for card in page],
        "public_count": sum(card.is_public and card.is_claimed for card in collected),
        "profile": profile,
        "public_url": f"{profile.public_url}{own.slug}/" if profile and profile.is_public else "",
    }
    return render(request, "earners/collection.html", context, status=400 if form.is_bound else 200)


@require_POST
def choose(request: PersonRequest, collection_id: uuid.UUID) -> HttpResponse:
    """Of the badges on the page, the ticked ones are in it and the others are not."""
    own = _own(request, collection_id)
    actions.choose_badges(
        own,
        issuance_ids=_ids(request.POST.getlist("badge")),
        among=_ids(request.POST.getlist("among")),
        by=request.user,
    )
    messages.success(request, _("Saved."))
    return redirect(own)


@require_POST
def move(request: PersonRequest, collection_id: uuid.UUID) -> HttpResponse:
    own = _own(request, collection_id)
    by_places = {"up": -1, "down": 1}.get(request.POST.get("direction", ""), 0)
    for issuance_id in _ids([request.POST.get("badge", "")]):
        actions.move_in_collection(own, issuance_id=issuance_id, by_places=by_places, by=request.user)
    return redirect(f"{own.get_absolute_url()}#badge-{request.POST.get('badge', '')}")


@require_POST
def publish(request: PersonRequest, collection_id: uuid.UUID) -> HttpResponse:
    own = _own(request, collection_id)
    is_published = request.POST.get("published") == "yes"
    actions.publish_collection(own, is_published=is_published, by=request.user)
    said = _("%(title)s has its own public link now.") if is_published else _("Only you see %(title)s now.")
    messages.success(request, said % {"title": own.title})
    return redirect(own)


@require_POST
def remove(request: PersonRequest, collection_id: uuid.UUID) -> HttpResponse:
    own = _own(request, collection_id)
    actions.remove_collection(own, by=request.user)
    messages.success(request, _("%(title)s is gone. Its badges are where they were.") % {"title": own.title})
    return redirect("earners:collections")


@require_safe
def collection_pdf(request: PersonRequest, collection_id: uuid.UUID) -> HttpResponseBase:
    """For its owner to print: also what only they see."""
    own = _own(request, collection_id)
    shelf = next(shelf for shelf in shelves_of(request.user) if shelf.id == own.pk)
    return _pdf(request, shelf.cards_among(_in_sight(request)), title=own.title)


@require_safe
def portfolio_pdf(request: PersonRequest) -> HttpResponseBase:
    return _pdf(request, _in_sight(request), title="")


def _pdf(request: PersonRequest, cards: list[Card], *, title: str) -> HttpResponseBase:
    codes = [card.code for card in cards if card.is_claimed]
    if not codes:
        messages.error(request, _("There is nothing to print: claim a badge first, or put one in."))
        return redirect("earners:portfolio")
    person = display_name_of(request.user)
    return answer_pdf(request, codes=codes, title=title, person=person, earner=request.user)


def _own(request: PersonRequest, collection_id: uuid.UUID) -> Collection:
    return get_object_or_404(Collection.objects.of(request.user), pk=collection_id)


def _in_sight(request: PersonRequest) -> list[Card]:
    return [card for card in cards_of(request.user) if not card.declined_at and not card.is_archived]


def _ids(texts: list[str]) -> list[uuid.UUID]:
    """What is no id was not sent by our form."""
    ids = []
    for text in texts:
        try:
            ids.append(uuid.UUID(text))
        except ValueError:
            continue
    return ids
