"""What stands in somebody's portfolio: read in one query, however much they hold, and sifted here.

A person holds tens of badges, seldom hundreds. Sifting them in Python costs less than a second query, and finds
"Ošlović" by "oslovic" on every database.
"""

import json
import unicodedata
import uuid
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import groupby

from django.db.models import Q, TextField
from django.db.models.functions import Cast

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in
from badges.actions.issuances import DECLINE_UNDO_DAYS
from badges.disclosure import PictureFacts, State, state_on
from badges.models import Issuance, Visibility
from earners.models import Collection


class Tab(StrEnum):
    ALL = "all"
    NEW = "new"
    ACTIVE = "active"
    EXPIRING = "expiring"
    EXPIRED = "expired"
    ARCHIVED = "archived"


class Order(StrEnum):
    NEWEST = "newest"
    NAME = "name"
    EXPIRY = "expiry"


_TABS_OF_STATE = {
    State.VALID: (Tab.ALL, Tab.ACTIVE),
    State.EXPIRING: (Tab.ALL, Tab.EXPIRING),
    State.EXPIRED: (Tab.ALL, Tab.EXPIRED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One badge in its earner's list."""

    id: uuid.UUID
    code: str
    name: str
    holder: str
    issuer_name: str
    issuer_slug: str
    # As stored: they are read only when somebody searches.
    skills_json: str
    picture: PictureFacts
    # The newest is 0.
    place: int
    issued_on: date
    expires_on: date | None
    days_left: int | None
    state: State
    visibility: Visibility
    is_claimed: bool
    declined_at: datetime | None
    is_archived: bool
    can_be_renewed: bool

    @property
    def is_new(self) -> bool:
        """Waits to be claimed."""
        return not self.is_claimed and self.declined_at is None and self.state != State.REVOKED

    @property
    def is_private(self) -> bool:
        return self.visibility == Visibility.PRIVATE

    @property
    def is_public(self) -> bool:
        return self.visibility == Visibility.PUBLIC

    @property
    def visibility_when_off(self) -> Visibility:
        """What its switch leads to from *Public*; one that is off stays as it is."""
        return Visibility.PRIVATE if self.is_public else self.visibility

    @property
    def can_be_taken_back(self) -> bool:
        return self.take_back_until is not None and clock.now() <= self.take_back_until

    @property
    def take_back_until(self) -> datetime | None:
        return self.declined_at and self.declined_at + timedelta(days=DECLINE_UNDO_DAYS)

    @property
    def tabs(self) -> tuple[Tab, ...]:
        """Under which it stands."""
        if self.is_archived:
            return (Tab.ARCHIVED,)
        of_state = _TABS_OF_STATE.get(self.state, (Tab.ALL,))
        return (*of_state, Tab.NEW) if self.is_new else of_state

    def matches(self, text: str) -> bool:
        """Every word of the text stands in the badge's name, its issuer's or its skills."""
        if not text:
            return True
        skills = (skill["name"] for skill in json.loads(self.skills_json))
        words = _folded(" ".join((self.name, self.issuer_name, *skills)))
        return all(word in words for word in _folded(text).split())


def cards_of(user: User) -> list[Card]:
    """Everything ever issued to this person, newest first, what they declined too."""
    rows = (
        Issuance.objects.held_by(user)
        .order_by("-issued_at", "-id")
        # What a row costs to read counts here: an instant or a list costs as much as the rest of it.
        .annotate(
            was_claimed=Q(claimed_at__isnull=False),
            skills_json=Cast("current_version__badge_version__skills", TextField()),
        )
        .values_list(
            "id",
            "code",
            "visibility",
            "was_claimed",
            "declined_at",
            "archived_at",
            "suspended_at",
            "revoked_at",
            "issuer__slug",
            "issuer__time_zone",
            "badge__renewal_url",
            "badge__renewal_instructions",
            "current_version__recipient_name",
            "current_version__issuer_name",
            "current_version__issued_on",
            "current_version__expires_on",
            "current_version__badge_version__name",
            "skills_json",
            "current_version__badge_version__picture__sha256",
            "current_version__badge_version__picture__has_svg",
            named=True,
        )
    )
    now = clock.now()
    days: dict[str, date] = {}
    cards = []
    for place, row in enumerate(rows):
        zone = row.issuer__time_zone
        today = days.get(zone) or days.setdefault(zone, day_in(now, zone))
        expires_on = row.current_version__expires_on
        cards.append(
            Card(
                id=row.id,
                code=row.code,
                name=row.current_version__badge_version__name,
                holder=row.current_version__recipient_name,
                issuer_name=row.current_version__issuer_name,
                issuer_slug=row.issuer__slug,
                skills_json=row.skills_json,
                picture=PictureFacts(
                    sha256=row.current_version__badge_version__picture__sha256,
                    has_svg=row.current_version__badge_version__picture__has_svg,
                ),
                place=place,
                issued_on=row.current_version__issued_on,
                expires_on=expires_on,
                days_left=(expires_on - today).days if expires_on else None,
                state=state_on(
                    today,
                    is_revoked=row.revoked_at is not None,
                    is_suspended=row.suspended_at is not None,
                    expires_on=expires_on,
                ),
                visibility=Visibility(row.visibility),
                is_claimed=row.was_claimed,
                declined_at=row.declined_at,
                is_archived=row.archived_at is not None,
                can_be_renewed=bool(row.badge__renewal_url or row.badge__renewal_instructions),
            )
        )
    return cards


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """A collection as a tab of the list: which badges, in which order."""

    id: uuid.UUID
    title: str
    slug: str
    is_published: bool
    issuance_ids: tuple[uuid.UUID, ...]

    def cards_among(self, cards: Iterable[Card]) -> list[Card]:
        """In the collection's own order, without what was archived or declined."""
        by_id = {card.id: card for card in cards if not card.is_archived}
        return [by_id[issuance_id] for issuance_id in self.issuance_ids if issuance_id in by_id]


def shelves_of(user: User) -> list[Shelf]:
    """All of this person's collections; one query."""
    rows = (
        Collection.objects.of(user)
        .order_by("created_at", "pk", "items__position", "items__pk")
        .values_list("pk", "title", "slug", "is_published", "items__issuance_id")
    )
    return [
        Shelf(
            id=key[0],
            title=key[1],
            slug=key[2],
            is_published=key[3],
            issuance_ids=tuple(row[4] for row in of_it if row[4]),
        )
        for key, of_it in groupby(rows, key=lambda row: row[:4])
    ]


def counts(cards: Iterable[Card]) -> Counter[Tab]:
    """How many stand under each tab."""
    return Counter(tab for card in cards for tab in card.tabs)


def ordered(cards: Iterable[Card], order: Order) -> list[Card]:
    """Newest first, by name, or by what ends soonest; what has ended or never ends comes last there."""
    if order == Order.NAME:
        return sorted(cards, key=lambda card: _folded(card.name))
    if order == Order.EXPIRY:
        return sorted(
            cards, key=lambda card: (card.days_left is None or card.days_left < 0, card.expires_on or date.max)
        )
    return sorted(cards, key=lambda card: card.place)


def _folded(text: str) -> str:
    """Without capitals and accents, as people type when they search."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
