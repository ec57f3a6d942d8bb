"""The cheap question before the dear one."""

import hashlib
from datetime import datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

from django.db.models import F

from badgecert.core import clock
from badgecert.core.dates import day_in
from badgecert.core.prepared import Prepared
from badges.disclosure.facts import State
from badges.disclosure.making import state_on
from badges.models import Issuance, Visibility


class Glance(NamedTuple):
    """What a stranger would be told of a code, from one query."""

    state: State
    # Another text whenever can_see() may say something else to a stranger; empty when there is no such code.
    tag: str
    # What else was asked for; None each when there is no such code.
    columns: tuple[Any, ...]


def glance(code: str, *columns: str) -> Glance:
    """How the current version stands, and these columns of its issuance. Pages and files take the tag as their ETag."""
    asked_at = clock.now()
    row = next(iter(_question_about(columns).rows(code)), None)
    if row is None:
        return Glance(State.NOT_FOUND, "", (None,) * len(columns))
    decisive, (expires_on, *asked) = row[: len(_DECISIVE)], row[len(_DECISIVE) :]
    said = dict(zip(_DECISIVE, decisive, strict=True))
    if said["erased_at"]:
        state = State.ERASED
    elif said["visibility"] == Visibility.PRIVATE or said["declined_at"]:
        state = State.PRIVATE
    else:
        state = state_on(
            day_in(asked_at, said["issuer__time_zone"]),
            is_revoked=said["revoked_at"] is not None,
            is_suspended=said["suspended_at"] is not None,
            expires_on=expires_on,
        )
    return Glance(state, tag_of(decisive, asked_at), tuple(asked))


@cache
def _question_about(columns: tuple[str, ...]) -> Prepared[Issuance]:
    return Prepared(
        lambda: (
            Issuance.objects.filter(code="").order_by().values_list(*_DECISIVE, "current_version__expires_on", *columns)
        )
    )


_SEARCHABLE = "earner__visibility_preference__allows_search_engines"
# Versions and pictures never change, so the current version stands for all that they say.
_DECISIVE = (
    "issuer__time_zone",
    "current_version_id",
    "visibility",
    "claimed_at",
    "declined_at",
    "suspended_at",
    "revoked_at",
    "revocation_reason",
    "erased_at",
    "issuer__updated_at",
    "issuer__domain_confirmed_at",
    "badge__updated_at",
    "archived_at",
    _SEARCHABLE,
)
# For versions whose decisive_values() are asked for: the one column that is not their issuance's or its issuer's.
EARNERS_CHOICES = {"allows_search_engines": F(f"issuance__{_SEARCHABLE}")}
decisive_values = attrgetter(*(f"issuance.{name.replace('__', '.')}" for name in _DECISIVE[:-1]), *EARNERS_CHOICES)


def tag_of(values: tuple[Any, ...], asked_at: datetime) -> str:
    # Dates decide by the calendar day.
    today = day_in(asked_at, values[0])
    return hashlib.sha256(repr((today, values)).encode()).hexdigest()[:32]
