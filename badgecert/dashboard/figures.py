"""What the dashboard says, from the figures of days: the same few questions whatever there is to count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badgecert.core import clock
from badges.models import BadgeDay, Issuance
from badges.models.badge import BadgeQuerySet
from notifications.models import STOPS_MAIL, Bounce, Message, MessageKind, MessageState

# Weeks that can be looked at, of which the first is shown unasked.
PERIODS = (13, 4, 26, 52)
# What other issuers see, in per cent of what was issued; docs/operations.md names who says so.
USUAL = {"delivered": 99, "claimed": 60, "shared": 18}

_FIGURES = ("issued", "delivered", "claimed", "shared", "verified", "claims", "shares", "looks")
_FIRST_DAYS = timedelta(days=30)


class Period(NamedTuple):
    """So many times seven days, the last of which is today."""

    weeks: int
    until: date

    @property
    def since(self) -> date:
        return self.until - timedelta(days=7 * self.weeks - 1)

    @property
    def before(self) -> "Period":
        return Period(self.weeks, self.since - timedelta(days=1))


def period_of(weeks: int) -> Period:
    return Period(weeks, clock.now().date())


class Sums(NamedTuple):
    issued: int = 0
    delivered: int = 0
    claimed: int = 0
    shared: int = 0
    verified: int = 0
    claims: int = 0
    shares: int = 0
    looks: int = 0

    def plus(self, other: Sequence[int]) -> "Sums":
        return Sums(*(one + two for one, two in zip(self, other, strict=True)))

    def part(self, name: str) -> float:
        """Of what was issued, in per cent."""
        number: int = getattr(self, name)
        return 100 * number / self.issued if self.issued else 0


class Week(NamedTuple):
    starts_on: date
    sums: Sums


class Step(NamedTuple):
    """One bar of the funnel."""

    name: str
    words: str
    number: int
    percent: float
    usual: int | None
    # What was lost since the step before.
    loss: str


class Change(NamedTuple):
    """Against the period before: "up", "down", "same", or "" when there was nothing to compare with."""

    way: str
    words: str


class Figure(NamedTuple):
    words: str
    now: str
    before: str
    change: Change


@dataclass(frozen=True)
class Dashboard:
    period: Period
    now: Sums
    before: Sums
    weeks: list[Week]
    bounced: int
    refused: int
    # Issued in the last thirty days and not claimed.
    fresh: int

    @property
    def figures(self) -> list[Figure]:
        return [
            _number(_("Issued"), self.now.issued, self.before.issued),
            _share(_("Claimed"), "claimed", self.now, self.before),
            _share(_("Shared, by our buttons"), "shared", self.now, self.before),
            _number(_("Verified by others"), self.now.looks, self.before.looks),
        ]

    @property
    def steps(self) -> list[Step]:
        now = self.now
        unclaimed = max(now.delivered - now.claimed, 0)
        losses = {
            "issued": "",
            "delivered": self._undelivered(),
            "claimed": _("%(number)s not claimed yet, %(fresh)s of them in their first 30 days")
            % {"number": f"{unclaimed:,}", "fresh": f"{min(self.fresh, unclaimed):,}"},
            "shared": _("%(number)s claimed and not shared with our buttons")
            % {"number": f"{max(now.claimed - now.shared, 0):,}"},
            "verified": _("Shared, and opened by someone else at least once"),
        }
        words = {
            "issued": _("Issued"),
            "delivered": _("Delivered"),
            "claimed": _("Claimed"),
            "shared": _("Shared"),
            "verified": _("Verified"),
        }
        return [
            Step(name, words[name], getattr(now, name), now.part(name), USUAL.get(name), loss)
            for name, loss in losses.items()
        ]

    def _undelivered(self) -> str:
        lost = self.now.issued - self.now.delivered
        if lost <= 0:
            return _("None lost")
        waiting = max(lost - self.bounced - self.refused, 0)
        reasons = [
            ngettext("%(number)s bounced", "%(number)s bounced", self.bounced) % {"number": f"{self.bounced:,}"}
            if self.bounced
            else "",
            ngettext("%(number)s address refused", "%(number)s addresses refused", self.refused)
            % {"number": f"{self.refused:,}"}
            if self.refused
            else "",
            _("%(number)s on the way") % {"number": f"{waiting:,}"} if waiting else "",
        ]
        told = ", ".join(filter(None, reasons))
        return _("%(lost)s not delivered: %(reasons)s") % {"lost": f"{lost:,}", "reasons": told}


def read_dashboard(badges: BadgeQuerySet, period: Period) -> Dashboard:
    """Of these badges. Four questions, whose cost follows the number of badges and days, not that of issuances."""
    since, before = period.since, period.before
    days = (
        BadgeDay.objects.filter(badge__in=badges, day__gte=before.since, day__lte=period.until)
        .order_by()
        .values_list("day")
        .annotate(*(Sum(name) for name in _FIGURES))
    )
    sums = {True: Sums(), False: Sums()}
    weeks = [Week(since + timedelta(weeks=number), Sums()) for number in range(period.weeks)]
    for day, *numbers in days:
        is_now = day >= since
        sums[is_now] = sums[is_now].plus(numbers)
        if is_now:
            number = (day - since).days // 7
            weeks[number] = Week(weeks[number].starts_on, weeks[number].sums.plus(numbers))
    return Dashboard(
        period,
        sums[True],
        sums[False],
        weeks,
        bounced=_bounced(badges, since),
        refused=_refused(badges, since),
        fresh=_fresh(badges, period),
    )


def _bounced(badges: BadgeQuerySet, since: date) -> int:
    return (
        Bounce.objects.filter(
            kind__in=STOPS_MAIL,
            message__kind=MessageKind.ISSUANCE,
            message__issuance__badge__in=badges,
            message__issuance__issued_at__date__gte=since,
        )
        .values("message__issuance")
        .distinct()
        .count()
    )


def _refused(badges: BadgeQuerySet, since: date) -> int:
    """Failed for good, and nothing was sent instead; few rows, which have an index of their own."""
    return Message.objects.filter(
        ~Q(state=MessageState.SENT),
        state=MessageState.FAILED,
        resends=None,
        kind=MessageKind.ISSUANCE,
        issuer__in=badges.values("issuer"),
        issuance__badge__in=badges,
        issuance__issued_at__date__gte=since,
    ).count()


def _fresh(badges: BadgeQuerySet, period: Period) -> int:
    first = max(period.until - _FIRST_DAYS, period.since)
    sums = BadgeDay.objects.filter(badge__in=badges, day__gte=first).aggregate(
        issued=Sum("delivered", default=0), claimed=Sum("claimed", default=0)
    )
    return max(int(sums["issued"] - sums["claimed"]), 0)


def anything_issued(badges: BadgeQuerySet) -> bool:
    return Issuance.objects.filter(badge__in=badges).exists()


def _number(words: str, now: int, before: int) -> Figure:
    return Figure(words, f"{now:,}", f"{before:,}", _change(now, before))


def _change(now: int, before: int) -> Change:
    if not before:
        return Change("", "")
    percent = round(100 * (now - before) / before)
    if not percent:
        return Change("same", _("same"))
    return Change("up" if percent > 0 else "down", f"{abs(percent):,}%")


def _share(words: str, name: str, now: Sums, before: Sums) -> Figure:
    points = round(now.part(name)) - round(before.part(name))
    if not before.issued or not now.issued:
        change = Change("", "")
    elif not points:
        change = Change("same", _("same"))
    else:
        said = ngettext("%(number)d point", "%(number)d points", abs(points)) % {"number": abs(points)}
        change = Change("up" if points > 0 else "down", said)
    return Figure(words, f"{round(now.part(name))}%", f"{round(before.part(name))}%", change)
