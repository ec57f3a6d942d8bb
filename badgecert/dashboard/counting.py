"""Keeping the figures of days: what changed since the last time is counted anew, by the organisation and the day."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from badges.models import VERIFIED, Activity, ActivityKind, BadgeDay, Issuance
from notifications.models import STOPS_MAIL, Bounce, Heartbeat, Message, MessageKind, MessageState

# Longer than any transaction takes: what it writes bears the time of its beginning.
_OVERLAP = timedelta(minutes=5)
_FIGURES = ("issued", "delivered", "claimed", "shared", "verified", "claims", "shares", "looks")

Day = tuple[UUID, date]


def count_figures() -> int:
    """Count the days of which something changed since the task last ran; all of them the first time.

    Returns how many. Two at once count the same twice, to the same result.
    """
    last = Heartbeat.objects.filter(name="count-figures").aggregate(at=Min("beat_at"))["at"]
    return count_days(_changed_since(last - _OVERLAP if last else None))


def count_days(days: set[Day]) -> int:
    for issuer_id, day in sorted(days, key=lambda key: key[1]):
        _count(issuer_id, day)
    return len(days)


def all_days() -> set[Day]:
    return _changed_since(None)


def _changed_since(moment: datetime | None) -> set[Day]:
    """Each organisation's days on which a badge was issued, claimed or looked at whose figures are other ones now."""
    issued, activity, mail, bounces = (
        Issuance.objects.order_by(),
        Activity.objects.order_by(),
        Message.objects.filter(kind=MessageKind.ISSUANCE, sent_at__isnull=False).order_by(),
        Bounce.objects.filter(message__kind=MessageKind.ISSUANCE).order_by(),
    )
    claimed = issued.filter(claimed_at__isnull=False)
    if moment is None:
        changed = [issued]
    else:
        activity, mail = activity.filter(updated_at__gte=moment), mail.filter(sent_at__gte=moment)
        claimed = claimed.filter(claimed_at__gte=moment)
        changed = [
            issued.filter(issued_at__gte=moment),
            claimed,
            issued.filter(pk__in=activity.values("issuance")),
            issued.filter(pk__in=mail.values("issuance")),
            issued.filter(pk__in=bounces.filter(created_at__gte=moment).values("message__issuance")),
        ]
    days = {day for issuances in changed for day in _days_of(issuances, "issued_at")}
    days |= {*_days_of(claimed, "claimed_at")}
    return days | {*activity.values_list("issuance__issuer", "day").distinct()}


def _days_of(issuances: QuerySet[Issuance], moment: str) -> Iterator[Day]:
    days = issuances.annotate(on=TruncDate(moment, tzinfo=UTC)).values_list("issuer_id", "on").distinct()
    return ((issuer_id, day) for issuer_id, day in days)


@transaction.atomic
def _count(issuer_id: UUID, day: date) -> None:
    figures: dict[UUID, dict[str, int]] = defaultdict(dict)
    own = Issuance.objects.filter(issuer=issuer_id).order_by()
    for badge_id, *numbers in _issued_on(own, day):
        figures[badge_id] |= dict(zip(_FIGURES, numbers, strict=False))
    for badge_id, claims in own.filter(_within("claimed_at", day)).values_list("badge").annotate(Count("pk")):
        figures[badge_id]["claims"] = claims
    for badge_id, kind, number in (
        Activity.objects.filter(day=day, issuance__issuer=issuer_id)
        .order_by()
        .values_list("issuance__badge", "kind")
        .annotate(Sum("number"))
    ):
        name = "looks" if kind in VERIFIED else "shares"
        figures[badge_id][name] = figures[badge_id].get(name, 0) + number
    BadgeDay.objects.bulk_create(
        [BadgeDay(badge_id=badge_id, day=day, **found) for badge_id, found in sorted(figures.items())],
        update_conflicts=True,
        unique_fields=["badge", "day"],
        update_fields=[*_FIGURES],
    )


def _issued_on(own: QuerySet[Issuance], day: date) -> QuerySet[Issuance, tuple[Any, ...]]:
    its_mail = Message.objects.filter(issuance=OuterRef("pk"), kind=MessageKind.ISSUANCE, state=MessageState.SENT)
    came_back = Bounce.objects.filter(message=OuterRef("pk"), kind__in=STOPS_MAIL)
    is_shared = Exists(Activity.objects.filter(issuance=OuterRef("pk"), kind=ActivityKind.SHARED))
    is_verified = Exists(Activity.objects.filter(issuance=OuterRef("pk"), kind__in=VERIFIED))
    return (
        own.filter(_within("issued_at", day))
        .values_list("badge")
        .annotate(
            issued=Count("pk"),
            delivered=Count("pk", filter=Exists(its_mail.exclude(Exists(came_back)))),
            claimed=Count("claimed_at"),
            shared=Count("pk", filter=Q(is_shared)),
            verified=Count("pk", filter=Q(is_shared) & Q(is_verified)),
        )
    )


def _within(moment: str, day: date) -> Q:
    start = datetime.combine(day, time.min, UTC)
    return Q(**{f"{moment}__gte": start, f"{moment}__lt": start + timedelta(days=1)})
