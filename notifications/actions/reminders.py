"""Reminding: badges that nobody claimed, counted in calendar days from the mail that announced them."""

import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from functools import lru_cache
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from django.db import connection, transaction

from badgecert.core import clock
from badgecert.core.dates import day_in
from badges.models import Issuance
from notifications.actions.outbox import Fact, new_message, owe
from notifications.models import Message, MessageFact, MessageKind

REMINDERS_AT_ONCE = 2000
REMINDER_HOUR = time_of_day(9)
_ORDER = 0x72656D69


class _Announcement(NamedTuple):
    """The mail that announced a badge, sent, with a reminder due."""

    id: uuid.UUID
    issuance_id: uuid.UUID
    issuer_id: uuid.UUID
    user_id: uuid.UUID | None
    sent_at: datetime


class _Badge(NamedTuple):
    """What decides whether it is worth a reminder. The mail itself checks once more, under a lock, when it leaves."""

    id: uuid.UUID
    recipient_email: str
    claimed_at: datetime | None
    declined_at: datetime | None
    suspended_at: datetime | None
    revoked_at: datetime | None
    erased_at: datetime | None
    invites_earners: bool
    expires_on: date | None
    time_zone: str
    reminder_days: list[int]

    def awaits_claim(self, now: datetime) -> bool:
        over = self.claimed_at or self.declined_at or self.suspended_at or self.revoked_at or self.erased_at
        if over or not self.invites_earners:
            return False
        return self.expires_on is None or self.expires_on >= day_in(now, self.time_zone)


_BADGE_COLUMNS = (
    *("id", "recipient_email", "claimed_at", "declined_at", "suspended_at", "revoked_at", "erased_at"),
    *("badge__invites_earners", "current_version__expires_on", "issuer__time_zone", "issuer__reminder_days"),
)


def queue_due_reminders(now: datetime | None = None) -> int:
    """Owe the reminders that are due, chunk by chunk; returns how many mails. Two at once take turns."""
    owed = 0
    while (count := _queue_reminders_once(now or clock.now())) is not None:
        owed += count
    return owed


@transaction.atomic
def _queue_reminders_once(now: datetime) -> int | None:
    """Look at up to REMINDERS_AT_ONCE issuance mails whose next reminder is due; None when there is none.

    After an outage only the newest reminder is owed; the older ones never are. A badge that is claimed, declined or
    under review just passes its day by: it may come back to be claimed before the next one.
    """
    _one_at_a_time()
    announced = _due_announcements(now)
    if not announced:
        return None
    badges = {
        row[0]: _Badge(*row)
        for row in Issuance.objects.filter(pk__in=[row.issuance_id for row in announced])
        .order_by()
        .values_list(*_BADGE_COLUMNS)
    }
    next_at: dict[datetime | None, list[uuid.UUID]] = defaultdict(list)
    due: dict[Fact, tuple[_Announcement, int]] = {}
    for row in announced:
        badge = badges[row.issuance_id]
        days = _reminder_instants(badge.time_zone, tuple(badge.reminder_days), row.sent_at)
        next_at[min((at for at in days.values() if at > now), default=None)].append(row.id)
        newest = max((day for day, at in days.items() if at <= now), default=None)
        if newest is not None and badge.awaits_claim(now):
            due[Fact(f"reminder:{badge.id}:{newest}", badge.id)] = row, newest
    told = set(MessageFact.objects.filter(fact_key__in=[fact.key for fact in due]).values_list("fact_key", flat=True))
    messages = _messages({fact: of for fact, of in due.items() if fact.key not in told}, badges, now=now)
    owe(messages)
    for remind_at, ids in next_at.items():
        Message.objects.filter(pk__in=ids).update(remind_at=remind_at)
    return len({message.pk for message in messages.values()})


def _due_announcements(now: datetime) -> list[_Announcement]:
    """Some of those that are due; of each person in it all of them, so that they become one mail."""
    due = Message.objects.filter(remind_at__lte=now).select_for_update(skip_locked=True)
    found = [
        _Announcement(*row)
        for row in due.order_by("remind_at", "issuer_id", "user_id").values_list(*_Announcement._fields)[
            :REMINDERS_AT_ONCE
        ]
    ]
    if len(found) < REMINDERS_AT_ONCE:
        return found
    seen = {row.id for row in found}
    people = due.filter(user__in={row.user_id for row in found}).order_by("pk").values_list(*_Announcement._fields)
    return found + [_Announcement(*row) for row in people if row[0] not in seen]


def _messages(
    due: dict[Fact, tuple[_Announcement, int]], badges: dict[uuid.UUID, _Badge], *, now: datetime
) -> dict[str | Fact, Message]:
    """One for each person, organisation and address, whatever the number of badges."""
    of_people: dict[tuple[object, ...], list[Fact]] = defaultdict(list)
    for fact, (row, _day) in due.items():
        of_people[row.issuer_id, row.user_id or row.issuance_id, badges[row.issuance_id].recipient_email].append(fact)
    messages: dict[str | Fact, Message] = {}
    for (issuer_id, _person, address), facts in of_people.items():
        row, _day = due[facts[0]]
        message = new_message(
            MessageKind.REMINDER,
            sequence=max(due[fact][1] for fact in facts),
            to_address=cast("str", address),
            issuance_id=row.issuance_id,
            issuer_id=issuer_id,
            user_id=row.user_id,
            created_at=now,
            next_at=now,
        )
        messages |= dict.fromkeys(facts, message)
    return messages


def first_reminder_at(message: Message) -> datetime | None:
    """When the first reminder is due that counts from this mail, which leaves now."""
    if message.kind != MessageKind.ISSUANCE:
        return None
    issuance, sent_at = cast("Issuance", message.issuance), cast("datetime", message.sent_at)
    days = _reminder_instants(issuance.issuer.time_zone, tuple(issuance.issuer.reminder_days), sent_at)
    return min(days.values(), default=None)


def _reminder_instants(time_zone: str, days: Sequence[int], sent_at: datetime) -> dict[int, datetime]:
    """Each reminder day with its instant: 09:00 at the organisation, so many calendar days after the mail left."""
    return _instants(time_zone, tuple(days), day_in(sent_at, time_zone))


@lru_cache(maxsize=1000)
def _instants(time_zone: str, days: tuple[int, ...], left_on: date) -> dict[int, datetime]:
    zone = ZoneInfo(time_zone)
    return {
        day: datetime.combine(left_on + timedelta(days=day), REMINDER_HOUR, tzinfo=zone).astimezone(UTC) for day in days
    }


def _one_at_a_time() -> None:
    """Two that shared the work would write two mails to a person with two badges. Held until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ORDER])
