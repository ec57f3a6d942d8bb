"""Reminding: badges that nobody claimed, counted in calendar days from the mail that announced them."""

from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from typing import cast
from zoneinfo import ZoneInfo

from django.db import transaction

from badgecert.core import clock
from badgecert.core.dates import day_in
from badges.models import Issuance
from issuers.models import Issuer
from notifications.actions.outbox import new_message, owe
from notifications.models import Message, MessageFact, MessageKind

REMINDERS_AT_ONCE = 500
REMINDER_HOUR = time_of_day(9)


def queue_due_reminders(now: datetime | None = None) -> int:
    """Owe the reminders that are due, chunk by chunk; returns how many. Two at once share the work."""
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
    mails = list(
        Message.objects.filter(remind_at__lte=now)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("issuance__badge", "issuance__issuer", "issuance__current_version")
        .order_by("remind_at")[:REMINDERS_AT_ONCE]
    )
    if not mails:
        return None
    owed = {}
    for mail in mails:
        # Constraints of the table.
        issuance, sent_at = cast("Issuance", mail.issuance), cast("datetime", mail.sent_at)
        days = _reminder_instants(issuance.issuer, sent_at=sent_at)
        mail.remind_at = min((at for at in days.values() if at > now), default=None)
        newest = max((day for day, at in days.items() if at <= now), default=None)
        if newest is not None and _awaits_claim(issuance, now=now):
            owed[f"reminder:{issuance.pk}:{newest}"] = new_message(
                MessageKind.REMINDER,
                sequence=newest,
                to_address=issuance.recipient_email,
                issuance_id=issuance.pk,
                issuer_id=issuance.issuer_id,
                user_id=issuance.earner_id,
                created_at=now,
                next_at=now,
            )
    told = MessageFact.objects.filter(fact_key__in=owed).values_list("fact_key", flat=True)
    for fact_key in list(told):
        del owed[fact_key]
    owe(owed)
    Message.objects.bulk_update(mails, ["remind_at"])
    return len(owed)


def first_reminder_at(message: Message) -> datetime | None:
    """When the first reminder is due that counts from this mail, which leaves now."""
    if message.kind != MessageKind.ISSUANCE:
        return None
    issuance, sent_at = cast("Issuance", message.issuance), cast("datetime", message.sent_at)
    return min(_reminder_instants(issuance.issuer, sent_at=sent_at).values(), default=None)


def _reminder_instants(issuer: Issuer, *, sent_at: datetime) -> dict[int, datetime]:
    """Each reminder day with its instant: 09:00 at the organisation, so many calendar days after the mail left."""
    zone = ZoneInfo(issuer.time_zone)
    left_on = day_in(sent_at, issuer.time_zone)
    days: list[int] = issuer.reminder_days
    return {day: _nine_o_clock(left_on + timedelta(days=day), zone) for day in days}


def _nine_o_clock(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, REMINDER_HOUR, tzinfo=zone).astimezone(UTC)


def _awaits_claim(issuance: Issuance, *, now: datetime) -> bool:
    """Worth a reminder. The mail itself checks once more, under a lock, when it leaves."""
    if issuance.claimed_at or issuance.declined_at or issuance.suspended_at:
        return False
    if issuance.revoked_at or issuance.erased_at or not issuance.badge.invites_earners:
        return False
    expires_on = issuance.current_version.expires_on
    return expires_on is None or expires_on >= day_in(now, issuance.issuer.time_zone)
