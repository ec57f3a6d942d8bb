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
from django.db.models import BooleanField, ExpressionWrapper, Q

from badgecert.core import clock
from badgecert.core.dates import day_in
from badgecert.core.garbage import garbage_left_alone
from badges.models import Issuance
from issuers.models import Issuer
from notifications.actions.outbox import Fact, new_message, owe_alike
from notifications.models import Message, MessageFact, MessageKind

REMINDERS_AT_ONCE = 2000
# Nobody has claimed, declined, suspended, revoked or erased it, and its badge invites to claim.
_IS_OPEN = ExpressionWrapper(
    Q(
        issuance__claimed_at=None,
        issuance__declined_at=None,
        issuance__suspended_at=None,
        issuance__revoked_at=None,
        issuance__erased_at=None,
        issuance__badge__invites_earners=True,
    ),
    output_field=BooleanField(),
)
REMINDER_HOUR = time_of_day(9)
_ORDER = 0x72656D69


class _Due(NamedTuple):
    """The sent mail that announced a badge and has a reminder due, and what decides whether the badge is worth it.

    The mail itself checks once more, under a lock, when it leaves.
    """

    id: uuid.UUID
    issuance_id: uuid.UUID
    issuer_id: uuid.UUID
    user_id: uuid.UUID | None
    sent_at: datetime
    recipient_email: str
    expires_on: date | None
    is_open: bool

    def awaits_claim(self, today: date) -> bool:
        return self.is_open and (self.expires_on is None or self.expires_on >= today)


def queue_due_reminders(now: datetime | None = None) -> int:
    """Owe the reminders that are due, chunk by chunk; returns how many mails. Two at once take turns."""
    owed = 0
    while (count := _queue_reminders_once(now or clock.now())) is not None:
        owed += count
    return owed


@garbage_left_alone()
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
    issuers = Issuer.objects.in_bulk({row.issuer_id for row in announced})
    today = {issuer.pk: day_in(now, issuer.time_zone) for issuer in issuers.values()}
    next_at: dict[datetime | None, list[uuid.UUID]] = defaultdict(list)
    due: dict[str, tuple[_Due, int]] = {}
    for row in announced:
        issuer = issuers[row.issuer_id]
        newest, following = _days(issuer.time_zone, tuple(issuer.reminder_days), row.sent_at, now=now)
        next_at[following].append(row.id)
        if newest is not None and row.awaits_claim(today[row.issuer_id]):
            due[f"reminder:{row.issuance_id}:{newest}"] = row, newest
    told = set(MessageFact.objects.filter(fact_key__any=list(due)).values_list("fact_key", flat=True))
    owed = _owe({key: reminder for key, reminder in due.items() if key not in told}, now=now)
    for remind_at, ids in next_at.items():
        # A mail that came back meanwhile has no next reminder.
        Message.objects.filter(pk__any=ids, remind_at__isnull=False).update(remind_at=remind_at)
    return owed


def _due_announcements(now: datetime) -> list[_Due]:
    """Some of those that are due; of each person in it all of them, so that they become one mail."""
    due = Message.objects.filter(remind_at__lte=now)
    found = list(due.order_by("remind_at", "issuer_id", "user_id").values_list("pk", "user_id")[:REMINDERS_AT_ONCE])
    if not found:
        return []
    if len(found) == REMINDERS_AT_ONCE:
        people = {user_id for _id, user_id in found if user_id}
        found += due.filter(user__id__any=people).values_list("pk", "user_id")
    rows = (
        Message.objects.filter(pk__any={message_id for message_id, _user_id in found})
        .order_by("pk")
        .values_list(
            *("pk", "issuance_id", "issuer_id", "user_id", "sent_at"),
            *("issuance__recipient_email", "issuance__current_version__expires_on", _IS_OPEN),
        )
    )
    return [_Due(*row) for row in rows]


def _owe(due: dict[str, tuple[_Due, int]], *, now: datetime) -> int:
    """One mail for each person, organisation and address, whatever the number of badges; returns how many."""
    of_people: dict[tuple[object, ...], list[tuple[str, _Due, int]]] = defaultdict(list)
    for key, (row, day) in due.items():
        of_people[row.issuer_id, row.user_id or row.issuance_id, row.recipient_email].append((key, row, day))
    return owe_alike(
        new_message(MessageKind.REMINDER, to_address="", created_at=now, next_at=now),
        (
            (
                {
                    "sequence": max(day for _key, _row, day in reminders),
                    "to_address": first.recipient_email,
                    "issuance_id": first.issuance_id,
                    "issuer_id": first.issuer_id,
                    "user_id": first.user_id,
                },
                [Fact(key, row.issuance_id) for key, row, _day in reminders],
            )
            for reminders in of_people.values()
            for _key, first, _day in reminders[:1]
        ),
    )


def first_reminder_at(message: Message) -> datetime | None:
    """When the first reminder is due that counts from this mail, which leaves now."""
    if message.kind != MessageKind.ISSUANCE:
        return None
    issuance, sent_at = cast("Issuance", message.issuance), cast("datetime", message.sent_at)
    days = _reminder_instants(issuance.issuer.time_zone, tuple(issuance.issuer.reminder_days), sent_at)
    return min(days.values(), default=None)


def _days(
    time_zone: str, days: tuple[int, ...], sent_at: datetime, *, now: datetime
) -> tuple[int | None, datetime | None]:
    """The newest reminder day that has come, and when the following one comes."""
    newest = following = None
    for day, at in _instants(time_zone, days, day_in(sent_at, time_zone)).items():
        if at <= now:
            newest = max(day, newest or 0)
        elif following is None or at < following:
            following = at
    return newest, following


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
