"""How things are written on a page: dates that machines read too, codes, names. `{% load ui %}` has them as filters."""

import unicodedata
from datetime import UTC, date, datetime
from functools import lru_cache
from urllib.parse import urlsplit

from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badgecert.core import codes
from badgecert.core.dates import written_instant

_TONE_OF_MESSAGE = {"success": "plain", "warning": "warn", "error": "danger", "info": "calm", "debug": "calm"}


def is_beyond_latin(text: str | None) -> bool:
    """Whether some letter is in the second file of our Latin fonts: a heading of it moves unless that file comes early."""
    return any("\u0100" <= letter <= "\u02ff" or "\u1e00" <= letter <= "\u1e9f" for letter in text or "")


def code_groups(code: str) -> str:
    """7KQ4M2XD9RWT as it is printed: 7KQ4-M2XD-9RWT."""
    return codes.grouped(code)


def long_date(day: date | None) -> str:
    """14 March 2025, readable by machines too."""
    return _dated(day, _("j F Y"))


def short_date(day: date | None) -> str:
    """14 Mar 2025, readable by machines too."""
    return _dated(day, _("j M Y"))


def _dated(day: date | None, pattern: str) -> str:
    if day is None:
        return ""
    return _written_day(day.date() if isinstance(day, datetime) else day, pattern, get_language())


@lru_cache(maxsize=1000)
def _written_day(day: date, pattern: str, language: str | None) -> str:
    """Kept, because a list writes the same few days over and over."""
    return format_html('<time datetime="{}">{}</time>', day.isoformat(), date_format(day, pattern))


def moment(instant: datetime | None) -> str:
    """22 Nov 2026, 14:32 UTC; by the clock of whoever reads it, where that is known."""
    if instant is None:
        return ""
    minute = instant.replace(second=0, microsecond=0)
    return _written_minute(minute, _("j M Y, H:i"), get_language(), get_current_timezone_name())


@lru_cache(maxsize=1000)
def _written_minute(minute: datetime, pattern: str, language: str | None, time_zone: str) -> SafeString:
    """Kept, because each page says when it was made."""
    return format_html(
        '<time datetime="{}">{}</time>',
        minute.astimezone(UTC).strftime("%Y-%m-%dT%H:%MZ"),
        written_instant(minute, pattern),
    )


def initials(name: str) -> str:
    """First letters of the first and the last word, for a round picture."""
    words = [word for word in name.split() if unicodedata.category(word[0])[0] in "LN"]
    if not words:
        return "?"
    return "".join(dict.fromkeys([words[0][0], words[-1][0]])).upper() if len(words) > 1 else words[0][0].upper()


def host(address: str) -> str:
    """The part of a web address that a forger cannot copy."""
    return urlsplit(address).netloc


def message_tone(level_tag: str) -> str:
    """The tone of a notice for one of Django's messages. Success is not green: green means valid and nothing else."""
    return _TONE_OF_MESSAGE.get(level_tag, "calm")
