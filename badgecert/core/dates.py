"""Dates as the product writes them: 14 March 2025, never 03/14/25."""

import zoneinfo
from datetime import date, datetime
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language


def long_date(day: date) -> str:
    """14 March 2025"""
    return _in_words(day, "j F Y", get_language())


def short_date(day: date) -> str:
    """14 Mar 2025"""
    return _in_words(day, "j M Y", get_language())


@lru_cache(maxsize=1000)
def _in_words(day: date, pattern: str, language: str | None) -> str:
    """Kept, because the mails and pages of a badge write the same few days."""
    return date_format(day, pattern)


@cache
def time_zones() -> frozenset[str]:
    """The names of all zones; kept, because they stand in hundreds of files."""
    return frozenset(zoneinfo.available_timezones())


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of an instant in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def written_instant(moment: datetime, pattern: str) -> str:
    """An instant by the reader's clock, with the name of their zone: 22 Nov 2026, 15:32 CET."""
    local = moment.astimezone(timezone.get_current_timezone())
    zone = local.tzname() or ""
    # Many zones have no name but their distance: -03.
    return f"{date_format(local, pattern)} {zone if zone.isalpha() else f'UTC{zone}'}"
