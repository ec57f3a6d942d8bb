"""The desk's first page: what became of the badges, and what waits for somebody."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badgecert.core.admin import desk_page
from badgecert.core.csv_files import csv_download
from badgecert.core.models import AuditEvent
from badgecert.dashboard.charts import bars
from badgecert.dashboard.figures import PERIODS, Dashboard, Period, anything_issued, period_of, read_dashboard
from badges.admin_views import staff
from badges.audit_trail import Line, lines_of
from badges.models import Badge, BadgeState
from badges.models.badge import BadgeQuerySet
from issuers.models import Issuer
from issuers.permissions import issuers_to_design_for, issuers_to_issue_for
from issuers.waiting import what_waits_for

_RECENT_EVENTS = 6


@dataclass(frozen=True)
class Filters:
    """What the address asks for; what is nobody's or not one's own is as if it were not there."""

    issuers: list[Issuer]
    issuer: Issuer | None
    badges: list[Badge]
    badge: Badge | None
    period: Period

    @classmethod
    def of(cls, request: HttpRequest) -> "Filters":
        issuers = list(Issuer.objects.managed_by(request.user).order_by("name"))
        issuer = next((one for one in issuers if str(one.pk) == request.GET.get("issuer")), None)
        shown = Badge.objects.filter(issuer__in=[issuer] if issuer else issuers)
        badges = list(shown.select_related("current_version").order_by("current_version__name"))
        badge = next((one for one in badges if str(one.pk) == request.GET.get("badge")), None)
        weeks = request.GET.get("weeks", "")
        chosen = int(weeks) if weeks.isascii() and weeks.isdigit() and int(weeks) in PERIODS else PERIODS[0]
        return cls(issuers, issuer, badges, badge, period_of(chosen))

    @property
    def shown(self) -> BadgeQuerySet:
        return Badge.objects.filter(pk__in=[self.badge.pk] if self.badge else [badge.pk for badge in self.badges])

    @property
    def query(self) -> str:
        chosen = {"issuer": self.issuer and self.issuer.pk, "badge": self.badge and self.badge.pk}
        return urlencode({**{name: pk for name, pk in chosen.items() if pk}, "weeks": self.period.weeks})


@require_safe
def dashboard(request: HttpRequest) -> TemplateResponse:
    by, filters = staff(request), Filters.of(request)
    is_empty = not anything_issued(Badge.objects.filter(pk__in=[badge.pk for badge in filters.badges]))
    seen = read_dashboard(filters.shown, filters.period)
    return desk_page(
        request,
        "admin/index.html",
        title=_("Dashboard"),
        may_issue=issuers_to_issue_for(by).exists(),
        may_design=issuers_to_design_for(by).exists(),
        filters=filters,
        periods=sorted(PERIODS),
        seen=seen,
        charts=_charts(seen),
        csv_url=f"{reverse('admin:dashboard_csv')}?{filters.query}",
        is_empty=is_empty,
        first_steps=_first_steps(filters.badges) if is_empty else [],
        waiting=what_waits_for(by),
        events=_recent_events(filters),
    )


@require_safe
def dashboard_csv(request: HttpRequest) -> HttpResponse:
    """What the page shows, as lines: one number each."""
    filters = Filters.of(request)
    seen = read_dashboard(filters.shown, filters.period)
    return csv_download(f"dashboard-{seen.period.until}.csv", _table(seen, filters))


def _table(seen: Dashboard, filters: Filters) -> Iterator[list[object]]:
    period, before = seen.period, seen.period.before
    whose = filters.issuer.name if filters.issuer else _("All organisations")
    what = str(filters.badge) if filters.badge else _("All badges")
    yield [_("Organisation"), _("Badge"), _("Part"), _("What"), _("From"), _("Until"), _("Number")]
    for part, span, sums in ((_("Period"), period, seen.now), (_("Period before"), before, seen.before)):
        for words, number in (
            (_("Issued"), sums.issued),
            (_("Claimed, % of issued"), round(sums.part("claimed"), 1)),
            (_("Shared by our buttons, % of issued"), round(sums.part("shared"), 1)),
            (_("Times verified by others"), sums.looks),
        ):
            yield [whose, what, part, words, span.since, span.until, number]
    for step in seen.steps:
        yield [whose, what, _("From issued to verified"), step.words, period.since, period.until, step.number]
    for week, until in zip(seen.weeks, [week.starts_on for week in seen.weeks[1:]] + [None], strict=True):
        for words, number in _week(week.sums):
            last = until and until.fromordinal(until.toordinal() - 1)
            yield [whose, what, _("Week"), words, week.starts_on, last or period.until, number]


def _week(sums: Any) -> tuple[tuple[str, int], ...]:
    return (
        (_("Issued"), sums.issued),
        (_("Claimed"), sums.claims),
        (_("Shared"), sums.shares),
        (_("Verified"), sums.looks),
    )


def _charts(seen: Dashboard) -> list[Any]:
    days = [week.starts_on for week in seen.weeks]
    issued, looks = [week.sums.issued for week in seen.weeks], [week.sums.looks for week in seen.weeks]
    about = _("%(what)s per week, %(least)s to %(most)s")
    return [
        bars(words, about % {"what": words, "least": min(numbers), "most": max(numbers)}, numbers, days)
        for words, numbers in ((_("Badges issued"), issued), (_("Times verified"), looks))
    ]


def _first_steps(badges: list[Badge]) -> list[tuple[str, str, str, bool]]:
    """The way to the first badge: what to do, why, where, and whether it is done."""
    is_made = bool(badges)
    is_published = any(badge.state == BadgeState.PUBLISHED for badge in badges)
    draft = next((badge for badge in badges if badge.state == BadgeState.DRAFT), None)
    return [
        (
            _("Make a badge"),
            _("Its name, what it takes to earn it, and a picture, which can be drawn for you."),
            reverse("admin:badges_badge_add"),
            is_made,
        ),
        (
            _("Publish it"),
            _("Look at it once more. From then on strangers can read what it means."),
            reverse("admin:badges_badge_change", args=[draft.pk])
            if draft
            else reverse("admin:badges_badge_changelist"),
            is_published,
        ),
        (
            _("Issue it"),
            _("To one person, after a look at the page, mail and certificate they get; or to many from a file."),
            reverse("admin:issue_badge"),
            False,
        ),
    ]


def _recent_events(filters: Filters) -> list[Line]:
    whose = [filters.issuer] if filters.issuer else filters.issuers
    found = AuditEvent.objects.filter(issuer_id__in=[issuer.pk for issuer in whose], by__isnull=False)
    return lines_of(list(found.select_related("by").order_by("-created_at", "-pk")[:_RECENT_EVENTS]))
