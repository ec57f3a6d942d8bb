"""What an organisation promises: so many business days after somebody completed what it takes, the mail leaves.

Lines of files and single badges may carry the day of completion; what does not is not in this report.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.growing_lists import REACH
from badges.models import BatchRow, BatchState
from issuers.models import Issuer
from notifications.models import Message, MessageKind, MessageState

# Near the promise: so many business days are left, or fewer.
SOON_DAYS = 2
# How far back the report looks for what left late.
LOOKS_BACK = timedelta(weeks=13)


@dataclass(frozen=True)
class Promise:
    """One organisation's promise, as it stands today."""

    issuer: Issuer
    newest: int | None = REACH
    """Of what left, so many mails are looked at; None: all of LOOKS_BACK, which takes as long as there are many."""

    @cached_property
    def today(self) -> date:
        return clock.today(self.issuer.time_zone)

    @cached_property
    def beyond(self) -> date:
        """Whoever completed on this day or before is beyond the promise, if nothing has left for them."""
        return self._completed_by(self.today - timedelta(days=1))

    @cached_property
    def soon(self) -> date:
        """Whoever completed on this day or before is near the promise."""
        return self._completed_by(self.issuer.business_days_after(self.today, SOON_DAYS))

    def due_on(self, completed_on: date) -> date:
        return self.issuer.business_days_after(completed_on, self.issuer.issue_days)

    # --- rows ------------------------------------------------------------------------------------

    def not_issued(self) -> QuerySet[BatchRow]:
        """Lines of files that wait, beyond or near the promise."""
        return (
            _lines_that_wait()
            .filter(batch__issuer=self.issuer, completed_on__lte=self.soon)
            .select_related("batch__badge_version")
            .order_by("completed_on", "pk")
        )

    def not_sent(self) -> QuerySet[Message]:
        """Mails of badges that were issued and whose mail has not left, beyond or near the promise."""
        return (
            _mails_that_wait()
            .filter(issuer=self.issuer, issuance__completed_on__lte=self.soon)
            .select_related("issuance__current_version__badge_version")
            .defer("sealed_body")
            .order_by("issuance__completed_on", "pk")
        )

    def sent(self) -> QuerySet[Message]:
        """The first mail of each badge with a day of completion that left lately, of the newest ones."""
        # Only what was sent again has an earlier one.
        earlier = Message.objects.filter(
            issuance=OuterRef("issuance"),
            kind=MessageKind.ISSUANCE,
            state=MessageState.SENT,
            sent_at__lt=OuterRef("sent_at"),
        )
        newest = self._left().order_by("-sent_at").values("pk")[: self.newest]
        found = Message.objects.filter(pk__in=newest, issuance__completed_on__isnull=False)
        return found.filter(Q(sequence=1) | ~Exists(earlier))

    def _left(self) -> QuerySet[Message]:
        return Message.objects.filter(
            issuer=self.issuer,
            kind=MessageKind.ISSUANCE,
            state=MessageState.SENT,
            sent_at__gte=self._midnight(self.today - LOOKS_BACK),
        )

    @cached_property
    def left_more(self) -> bool:
        """More mails left lately than are looked at."""
        return self.newest is not None and self._left().order_by("-sent_at")[self.newest : self.newest + 1].exists()

    def sent_counts(self) -> tuple[int, int]:
        """How many left, and how many of them too late."""
        counts = self.sent().order_by().aggregate(all=Count("pk"), late=Count("pk", filter=self._late()))
        return counts["all"], counts["late"]

    def sent_late(self) -> QuerySet[Message]:
        return (
            self.sent()
            .filter(self._late())
            .select_related("issuance__current_version__badge_version")
            .defer("sealed_body")
            .order_by("-sent_at", "pk")
        )

    def _late(self) -> Q:
        """Sent on a day on which it was too late: one condition for each stretch of days with the same limit."""
        is_late, day, last = Q(), self.today - LOOKS_BACK, self.today
        while day <= last:
            limit, end = self._completed_by(day - timedelta(days=1)), day
            while end <= last and self._completed_by(end - timedelta(days=1)) == limit:
                end += timedelta(days=1)
            is_late |= Q(
                sent_at__gte=self._midnight(day), sent_at__lt=self._midnight(end), issuance__completed_on__lte=limit
            )
            day = end
        return is_late

    def _completed_by(self, due_on: date) -> date:
        """The last day of completion that is due on the given day or before."""
        first, dues = self._dues
        return first + timedelta(days=bisect_right(dues, due_on) - 1)

    @cached_property
    def _dues(self) -> tuple[date, list[date]]:
        """When each day of completion is due, from a day on that is long enough ago."""
        first = self.today - LOOKS_BACK - timedelta(days=4 * self.issuer.issue_days)
        days = (self.today - first).days + 14
        return first, [self.due_on(first + timedelta(days=day)) for day in range(days)]

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, ZoneInfo(self.issuer.time_zone)).astimezone(UTC)


def promises_to(user: User) -> Iterator[Promise]:
    for issuer in Issuer.objects.managed_by(user).order_by("name"):
        yield Promise(issuer)


def beyond_the_promise(user: User) -> tuple[int, int]:
    """How many badges of this person's organisations should have left by now, and how many should soon."""
    promises = list(promises_to(user))
    if not promises:
        return 0, 0
    lines, mails = _lines_that_wait(), _mails_that_wait()
    is_soon, is_beyond = Q(), Q()
    for promise in promises:
        is_soon |= Q(whose=promise.issuer.pk, completed_on__lte=promise.soon)
        is_beyond |= Q(whose=promise.issuer.pk, completed_on__lte=promise.beyond)
    counts = [
        waiting.order_by().filter(is_soon).aggregate(all=Count("pk"), beyond=Count("pk", filter=is_beyond))
        for waiting in (
            lines.annotate(whose=F("batch__issuer")),
            mails.annotate(whose=F("issuer"), completed_on=F("issuance__completed_on")),
        )
    ]
    beyond: int = sum(count["beyond"] for count in counts)
    return beyond, sum(count["all"] for count in counts) - beyond


def _lines_that_wait() -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(
        batch__state__in=(BatchState.DRAFT, BatchState.CONFIRMED), completed_on__isnull=False, issuance=None
    )


def _mails_that_wait() -> QuerySet[Message]:
    sent = Message.objects.filter(issuance=OuterRef("issuance"), kind=MessageKind.ISSUANCE, state=MessageState.SENT)
    return (
        Message.objects.filter(kind=MessageKind.ISSUANCE, issuance__completed_on__isnull=False)
        .exclude(state__in=(MessageState.SENT, MessageState.CANCELLED))
        .exclude(Exists(sent))
    )
