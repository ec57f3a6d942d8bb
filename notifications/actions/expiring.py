"""Owing the mails before badges expire, by calendar days in each organisation's zone."""

import time
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from badgecert.core import clock
from badgecert.core.dates import day_in
from badgecert.core.garbage import garbage_left_alone
from badges.models import Issuance
from badges.models.issuance import IssuanceQuerySet
from issuers.models import Issuer
from notifications.actions.outbox import Fact, new_message, owe
from notifications.models import Bounce, ExpirySweep, Message, MessageFact, MessageKind, OptionalMail, Preference

# So many days before the last valid day, and on that day.
EXPIRY_DAYS = (60, 30, 7, 0)
PEOPLE_AT_ONCE = 500
SECONDS_AT_ONCE = 60
EXPIRY_HOUR = 9


def queue_due_expiry_mails(now: datetime | None = None) -> int:
    """Owe the mails that are due, so many people at a time; returns how many. Two at once share the work.

    What it does not reach in SECONDS_AT_ONCE the next sweep does: a task has its limit.
    """
    now, ends = now or clock.now(), time.monotonic() + SECONDS_AT_ONCE
    owed = 0
    for issuer in _issuers_to_sweep(now):
        while time.monotonic() < ends and (count := _queue_expiry_mails_once(issuer, now)) is not None:
            owed += count
    return owed


def _issuers_to_sweep(now: datetime) -> list[Issuer]:
    """Where it is nine o'clock or later on a day that was not swept."""
    swept = dict(ExpirySweep.objects.values_list("issuer_id", "swept_on"))
    return [
        issuer
        for issuer in Issuer.objects.order_by("pk")
        if now.astimezone(ZoneInfo(issuer.time_zone)).hour >= EXPIRY_HOUR
        and swept.get(issuer.pk) != day_in(now, issuer.time_zone)
    ]


@garbage_left_alone()
@transaction.atomic
def _queue_expiry_mails_once(issuer: Issuer, now: datetime) -> int | None:
    """Look at the next PEOPLE_AT_ONCE people who hold something that is due; None when the day is done.

    After an outage only the newest mail about a badge is owed, and none about one that has expired since.
    """
    today = day_in(now, issuer.time_zone)
    ExpirySweep.objects.bulk_create(
        [ExpirySweep(issuer=issuer, swept_on=today - timedelta(days=1))], ignore_conflicts=True
    )
    sweep = ExpirySweep.objects.select_for_update(skip_locked=True).filter(issuer=issuer).first()
    if sweep is None or sweep.swept_on == today:
        return None
    if sweep.swept_on > today:
        # The clock was wrong. What was told meanwhile is not told again.
        sweep.swept_on, sweep.sweeping_on, sweep.reached = today - timedelta(days=1), None, None
    day = sweep.sweeping_on or today
    due = _expiring(issuer, after=sweep.swept_on, until=day)
    people = list(_people(due, after=sweep.reached))
    owed = _owe_expiry_mails(due.filter(earner__in=people), issuer=issuer, day=day, now=now)
    if len(people) == PEOPLE_AT_ONCE:
        sweep.sweeping_on, sweep.reached = day, people[-1]
    else:
        sweep.swept_on, sweep.sweeping_on, sweep.reached = day, None, None
    sweep.save()
    return owed


def _expiring(issuer: Issuer, *, after: date, until: date) -> IssuanceQuerySet:
    """Badges of which a day of EXPIRY_DAYS came after the one day and until the other; held by somebody, and good."""
    came = Q()
    for days in EXPIRY_DAYS:
        before = timedelta(days=days)
        came |= Q(current_version__expires_on__gt=after + before, current_version__expires_on__lte=until + before)
    return (
        Issuance.objects.valid(on=until)
        .filter(came, issuer=issuer, declined_at=None, earner__isnull=False)
        .filter(Q(claimed_at__isnull=False) | Q(badge__invites_earners=True))
    )


def _people(due: IssuanceQuerySet, *, after: uuid.UUID | None) -> Iterable[uuid.UUID]:
    if after is not None:
        due = due.filter(earner__gt=after)
    return due.order_by("earner").values_list("earner", flat=True).distinct()[:PEOPLE_AT_ONCE]


@dataclass(frozen=True, slots=True)
class _Due:
    issuance: Issuance
    expires_on: date
    days: int

    @property
    def fact(self) -> Fact:
        return Fact(f"expiring:{self.issuance.pk}:{self.expires_on}:{self.days}", self.issuance.pk)


def _owe_expiry_mails(issuances: IssuanceQuerySet, *, issuer: Issuer, day: date, now: datetime) -> int:
    found = [
        due
        for issuance in issuances.select_related("current_version").order_by("issued_at", "pk")
        if (due := _due(issuance, zone=issuer.time_zone, day=day))
    ]
    told = set(
        MessageFact.objects.filter(fact_key__any=[due.fact.key for due in found]).values_list("fact_key", flat=True)
    )
    stopped = Preference.objects.without(OptionalMail.EXPIRY).pairs_of({due.issuance.earner_id for due in found})
    bounced = set(
        Bounce.objects.standing()
        .filter(issuer=issuer, address_key__in={due.issuance.recipient_key for due in found})
        .values_list("address_key", flat=True)
    )
    of_people: dict[uuid.UUID | None, list[_Due]] = defaultdict(list)
    for due in found:
        issuance = due.issuance
        if due.fact.key in told or (issuance.earner_id, issuer.pk) in stopped or issuance.recipient_key in bounced:
            continue
        of_people[issuance.earner_id].append(due)
    messages = [(dues, _message(dues, issuer=issuer, now=now)) for dues in of_people.values()]
    owe({due.fact: message for dues, message in messages for due in dues})
    return len(messages)


def _due(issuance: Issuance, *, zone: str, day: date) -> _Due | None:
    """The newest of the days that have come; None when the badge was not issued yet when it came."""
    expires_on = issuance.current_version.expires_on
    if expires_on is None:
        return None
    days = min(days for days in EXPIRY_DAYS if expires_on - timedelta(days=days) <= day)
    if expires_on - timedelta(days=days) < day_in(issuance.issued_at, zone):
        return None
    return _Due(issuance, expires_on, days)


def _message(dues: list[_Due], *, issuer: Issuer, now: datetime) -> Message:
    newest = dues[-1].issuance
    return new_message(
        MessageKind.EXPIRING,
        # Of the addresses that the organisation holds, the one it used last.
        to_address=newest.recipient_email,
        issuer=issuer,
        user_id=newest.earner_id,
        details={
            "badges": [{"id": str(due.issuance.pk), "expires_on": due.expires_on.isoformat()} for due in dues],
        },
        created_at=now,
        next_at=now,
    )
