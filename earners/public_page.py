"""What strangers see of a person: their public page, and the collections they published.

One query asks who is meant and which badges may be shown. Its answer is the ETag, so whoever has the page already is
told so from it, and whatever changes in the database holds on the very next request.
"""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.db.models import Exists, F, OuterRef, TextField
from django.db.models.functions import Cast
from django.urls import reverse
from django.utils.translation import gettext as _

from badgecert.core import clock
from badgecert.core.dates import day_in
from badges.disclosure import Disclosure, can_see_many
from badges.models import Issuance
from earners.models import Collection

# Of the person, read with each of their badges: a name that nobody has costs the same query.
_PERSON = (
    "earner_id",
    "earner__profile__display_name",
    "earner__profile__employer",
    "earner__profile__job_title",
    "earner__profile__place",
    "earner__profile__about",
    "links_as_stored",
    "earner__profile__shows_photo",
    "earner__profile__shows_work",
    "earner__profile__shows_about",
    "earner__profile__shows_links",
    # Also changes with their collections.
    "profile_changed",
    "earner__profile__photo__pk",
    "earner__visibility_preference__allows_search_engines",
)
_BADGE = (
    "code",
    "current_version_id",
    "suspended_at",
    "issuer__time_zone",
    "issuer_changed",
    "domain_confirmed",
    "badge_changed",
)
# Somebody may show five hundred badges. What only has to be the same as before is not read as what it means.
_AS_TEXT = {
    name: Cast(column, TextField())
    for name, column in {
        "links_as_stored": "earner__profile__links",
        "profile_changed": "earner__profile__updated_at",
        "issuer_changed": "issuer__updated_at",
        "domain_confirmed": "issuer__domain_confirmed_at",
        "badge_changed": "badge__updated_at",
    }.items()
}


class Person(NamedTuple):
    """In the order of _PERSON."""

    user_id: uuid.UUID
    display_name: str
    employer: str
    job_title: str
    place: str
    about: str
    links_as_stored: str
    shows_photo: bool
    shows_work: bool
    shows_about: bool
    shows_links: bool
    profile_changed: str
    photo_id: uuid.UUID | None
    allows_search_engines: bool | None

    @property
    def links(self) -> list[str]:
        links: list[str] = json.loads(self.links_as_stored)
        return links


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicPage:
    person: Person
    name: str
    # Empty: all their public badges.
    slug: str
    collection_title: str
    # Of everything that is shown, in the order of the page.
    codes: tuple[str, ...]
    asked_at: datetime
    # Another text whenever the page may say something else.
    tag: str

    @property
    def is_listed(self) -> bool:
        """Search engines may list it."""
        return bool(self.person.allows_search_engines)

    @property
    def photo_id(self) -> uuid.UUID | None:
        return self.person.photo_id if self.person.shows_photo else None

    @property
    def url(self) -> str:
        if self.slug:
            path = reverse("earners:public_collection", args=[self.name, self.slug])
        else:
            path = reverse("earners:public_portfolio", args=[self.name])
        return f"{settings.BASE_URL}{path}"

    @property
    def embed_url(self) -> str:
        return settings.BASE_URL + reverse("earners:public_embed", args=[self.name])

    @property
    def preview_url(self) -> str:
        """Another address whenever the picture may show something else: other sites keep what they were given."""
        return settings.BASE_URL + reverse("earners:public_card", args=[self.name, self.tag[:12]])


def title_of(look: PublicPage) -> str:
    return _("Badges of %(name)s") % {"name": look.person.display_name}


def look_at(public_name: str, collection: str = "") -> PublicPage | None:
    """The page of this name, or a collection of it. None when nothing is public there, whatever the reason. One query."""
    asked_at = clock.now()
    shown = Issuance.objects.shown_publicly().filter(
        earner__profile__public_name=public_name, earner__profile__is_public=True
    )
    if collection:
        shown = shown.filter(
            collected__collection__slug=collection,
            collected__collection__is_published=True,
            collected__collection__user=F("earner"),
        ).order_by("collected__position", "collected__pk")
    else:
        shown = shown.order_by("-current_version__issued_on", "-pk")
    of_collection = ("collected__collection__title", "collected__collection__updated_at") if collection else ()
    rows = list(shown.annotate(**_AS_TEXT).values_list(*_PERSON, *_BADGE, *of_collection))
    if not rows:
        return None
    badges_from = len(_PERSON)
    # Dates decide by the calendar day where the issuer is.
    zones = {row[badges_from + _BADGE.index("issuer__time_zone")] for row in rows}
    days = sorted((zone, day_in(asked_at, zone)) for zone in zones)
    return PublicPage(
        person=Person(*rows[0][:badges_from]),
        name=public_name,
        slug=collection,
        collection_title=rows[0][-2] if collection else "",
        codes=tuple(row[badges_from] for row in rows),
        asked_at=asked_at,
        tag=hashlib.sha256(repr((days, rows)).encode()).hexdigest()[:32],
    )


def published_collections(person: Person) -> list[tuple[str, str]]:
    """Slug and title of those in which somebody finds a badge."""
    filled = Issuance.objects.shown_publicly().filter(collected__collection=OuterRef("pk"), earner=OuterRef("user"))
    collections = Collection.objects.filter(user=person.user_id, is_published=True)
    return list(collections.filter(Exists(filled)).order_by("created_at", "pk").values_list("slug", "title"))


def shown_badges(codes: Sequence[str]) -> list[Disclosure]:
    """What strangers may see of these, and nothing of what was hidden since they were read."""
    return [seen for seen in can_see_many(codes) if seen.badge and seen.shows_holder]
