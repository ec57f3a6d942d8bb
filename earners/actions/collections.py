"""Collections: some of one's badges, in an order of one's own. Nobody else's are ever found here."""

import uuid
from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import Max
from django.utils.text import slugify
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.models import Issuance
from earners.exceptions import CollectionRefusedError
from earners.models import TITLE_LENGTH, Collection, CollectionItem, Profile

# Each has a tab above the list.
COLLECTIONS_OF_A_PERSON = 30
_FALLBACK = "collection"


@transaction.atomic
def make_collection(*, title: str, issuance_ids: Iterable[uuid.UUID] = (), by: User) -> Collection:
    """Raises CollectionRefusedError when there are too many."""
    User.objects.select_for_update().get(pk=by.pk)
    if Collection.objects.of(by).count() >= COLLECTIONS_OF_A_PERSON:
        raise CollectionRefusedError(
            _("You have %(count)d collections, which is all there can be. Remove one first.")
            % {"count": COLLECTIONS_OF_A_PERSON}
        )
    collection = Collection.objects.create(user=by, title=title, slug=_free_slug(title, by))
    _put(collection, issuance_ids, first=1)
    audit.record("collection made", collection, by=by)
    return collection


@transaction.atomic
def rename_collection(collection: Collection, *, title: str, by: User) -> Collection:
    """Its address changes with its title as long as nobody was given it."""
    collection = _locked(collection, by=by)
    collection.title = title
    if not collection.is_published:
        collection.slug = _free_slug(title, by, but=collection)
    _changed(collection, fields=["title", "slug"])
    audit.record("collection renamed", collection, by=by)
    return collection


@transaction.atomic
def choose_badges(
    collection: Collection, *, issuance_ids: Iterable[uuid.UUID], among: Iterable[uuid.UUID], by: User
) -> Collection:
    """Of those `among` which somebody chose, exactly these are in it. What was in keeps its place, what is new comes last."""
    collection = _locked(collection, by=by)
    wanted = list(dict.fromkeys(issuance_ids))
    collection.items.filter(issuance__in=set(among) - set(wanted)).delete()
    kept = set(collection.items.values_list("issuance_id", flat=True))
    last = collection.items.aggregate(last=Max("position"))["last"] or 0
    _put(collection, [pk for pk in wanted if pk not in kept], first=last + 1)
    _changed(collection)
    return collection


@transaction.atomic
def move_in_collection(collection: Collection, *, issuance_id: uuid.UUID, by_places: int, by: User) -> Collection:
    """One place up (-1) or down (1). At the end of the list nothing changes: people press twice."""
    collection = _locked(collection, by=by)
    items = list(collection.items.filter(issuance__earner=by).order_by("position", "id"))
    at = next((place for place, item in enumerate(items) if item.issuance_id == issuance_id), None)
    if at is None:
        return collection
    items.insert(min(max(at + by_places, 0), len(items) - 1), items.pop(at))
    for position, item in enumerate(items, start=1):
        item.position = position
    CollectionItem.objects.bulk_update(items, ["position"])
    _changed(collection)
    return collection


@transaction.atomic
def publish_collection(collection: Collection, *, is_published: bool, by: User) -> Collection:
    """Others see it under its own link, as long as one's public page is on."""
    collection = _locked(collection, by=by)
    if collection.is_published != is_published:
        collection.is_published = is_published
        _changed(collection, fields=["is_published"])
        audit.record("collection published" if is_published else "collection hidden", collection, by=by)
    return collection


@transaction.atomic
def remove_collection(collection: Collection, *, by: User) -> None:
    """The badges stay where they are."""
    collection = _locked(collection, by=by)
    audit.record("collection removed", collection, by=by)
    _changed(collection)
    collection.delete()


@transaction.atomic
def move_collections(*, kept: User, closed: User) -> None:
    """Two accounts became one, and so their collections stand side by side."""
    taken = set(Collection.objects.of(kept).values_list("slug", flat=True))
    moved = list(Collection.objects.of(closed))
    for collection in moved:
        collection.user = kept
        collection.slug = _first_free(collection.slug, taken)
        # It was published under the other name, which leads nowhere now.
        collection.is_published = False
        taken.add(collection.slug)
    Collection.objects.bulk_update(moved, ["user", "slug", "is_published"])


def _changed(collection: Collection, *, fields: Sequence[str] = ()) -> None:
    """Kept copies of the public page, which lists collections, are old now."""
    collection.save(update_fields=[*fields, "updated_at"])
    Profile.objects.filter(user=collection.user_id).update(updated_at=clock.now())


def _put(collection: Collection, issuance_ids: Iterable[uuid.UUID], *, first: int) -> None:
    """Only what is the owner's, in the given order."""
    wanted: Sequence[uuid.UUID] = list(dict.fromkeys(issuance_ids))
    own = set(Issuance.objects.held_by(collection.user).filter(pk__in=wanted).values_list("pk", flat=True))
    CollectionItem.objects.bulk_create(
        CollectionItem(collection=collection, issuance_id=issuance_id, position=position)
        for position, issuance_id in enumerate((pk for pk in wanted if pk in own), start=first)
    )


def _free_slug(title: str, user: User, *, but: Collection | None = None) -> str:
    taken = Collection.objects.of(user)
    if but is not None:
        taken = taken.exclude(pk=but.pk)
    slug = slugify(title, allow_unicode=True)[: TITLE_LENGTH - 4].strip("-") or _FALLBACK
    return _first_free(slug, set(taken.values_list("slug", flat=True)))


def _first_free(slug: str, taken: set[str]) -> str:
    number, wanted = 1, slug
    while wanted in taken:
        number += 1
        wanted = f"{slug}-{number}"
    return wanted


def _locked(collection: Collection, *, by: User) -> Collection:
    """Raises Collection.DoesNotExist for somebody else's."""
    return Collection.objects.of(by).select_for_update().get(pk=collection.pk)
