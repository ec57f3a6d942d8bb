"""Rate limits: how many messages of one organisation, and to one domain of recipients, leave within a minute.

Each message is given its minute once, before it is taken; its retries need no other. What finds no room in this minute
waits for the first one that has room in both limits, so 100,000 mails due on one morning are spread over the hour, and
whoever is new waits behind them only where the same organisation or domain is full.
"""

import uuid
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from badgecert.core import clock
from notifications.models import MailMinute, Message, MessageState, Priority

TURNS_AT_ONCE = 1000
_ORDER = 0x7475726E
_MINUTE = timedelta(minutes=1)


def give_turns() -> int:
    """Give up to TURNS_AT_ONCE waiting messages their minute; returns how many."""
    with transaction.atomic():
        _one_at_a_time()
        now = clock.now()
        waiting = list(
            Message.objects.sendable(now)
            .filter(state=MessageState.QUEUED, turn_at=None)
            .select_for_update(of=("self",), skip_locked=True)
            .order_by("priority", "next_at")
            .only("priority", "issuer_id", "to_domain")[:TURNS_AT_ONCE]
        )
        turns: dict[datetime, list[uuid.UUID]] = defaultdict(list)
        minutes = _Minutes(waiting, now=now)
        for message in waiting:
            turns[minutes.turn_of(message)].append(message.pk)
        for turn_at, ids in turns.items():
            chosen = Message.objects.filter(pk__in=ids)
            if turn_at == now:
                chosen.update(turn_at=now)
            else:
                chosen.update(turn_at=turn_at, next_at=turn_at)
        minutes.keep()
    return len(waiting)


def forget_past_minutes() -> None:
    MailMinute.objects.filter(minute_at__lt=clock.now() - timedelta(hours=1)).delete()


class _Minutes:
    """What is given away of this minute and the next ones, for the keys of these messages."""

    def __init__(self, messages: Iterable[Message], *, now: datetime) -> None:
        self._now = now
        self._this = now.replace(second=0, microsecond=0)
        keys = {key for message in messages for key, _limit in _limits(message)}
        self._taken = {
            (key, minute_at): taken
            for key, minute_at, taken in MailMinute.objects.filter(key__in=keys, minute_at__gte=self._this).values_list(
                "key", "minute_at", "taken"
            )
        }
        # Before it a key has no room; only ever moves on.
        self._first_with_room = dict.fromkeys(keys, self._this)
        self._changed: set[tuple[str, datetime]] = set()

    def turn_of(self, message: Message) -> datetime:
        limits = _limits(message)
        if not limits:
            return self._now
        for key, limit in limits:
            while self._taken.get((key, self._first_with_room[key]), 0) >= limit:
                self._first_with_room[key] += _MINUTE
        minute = max(self._first_with_room[key] for key, _limit in limits)
        while any(self._taken.get((key, minute), 0) >= limit for key, limit in limits):
            minute += _MINUTE
        for key, _limit in limits:
            self._taken[key, minute] = self._taken.get((key, minute), 0) + 1
            self._changed.add((key, minute))
        return self._now if minute == self._this else minute

    def keep(self) -> None:
        MailMinute.objects.bulk_create(
            [MailMinute(key=key, minute_at=at, taken=self._taken[key, at]) for key, at in self._changed],
            update_conflicts=True,
            unique_fields=["key", "minute_at"],
            update_fields=["taken"],
        )


def _limits(message: Message) -> list[tuple[str, int]]:
    """What counts for it. Nobody who waits for a new password waits for a limit."""
    if message.priority == Priority.URGENT:
        return []
    limits = [(f"domain:{message.to_domain}", settings.MAIL_PER_MINUTE_AND_DOMAIN)]
    if message.issuer_id:
        limits.append((f"issuer:{message.issuer_id}", settings.MAIL_PER_MINUTE_AND_ISSUER))
    return [(key, limit) for key, limit in limits if limit]


def _one_at_a_time() -> None:
    """Two that counted at once would both fill the same minute. Held until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER])
