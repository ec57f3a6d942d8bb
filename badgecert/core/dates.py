"""Dates as the product writes them: 14 March 2025, never 03/14/25."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.formats import date_format


def long_date(day: date) -> str:
    """14 March 2025"""
    return date_format(day, "j F Y")


def short_date(day: date) -> str:
    """14 Mar 2025"""
    return date_format(day, "j M Y")


def day_in(moment: datetime, zone: str) -> date:
    """The calendar day of an instant in a time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()


def written_instant(moment: datetime, pattern: str) -> str:
    """An instant by the reader's clock, with the name of their zone: 22 Nov 2026, 15:32 CET."""
    local = moment.astimezone(timezone.get_current_timezone())
    zone = local.tzname() or ""
    # Many zones have no name but their distance: -03.
    return f"{date_format(local, pattern)} {zone if zone.isalpha() else f'UTC{zone}'}"
