"""Days as people write them."""

import re
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](.+))?", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})\.? ([A-Za-z]+)\.?,? (\d{4})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def parse_day(text: str) -> date | None:
    """2025-03-14 or 14 March 2025; None for nothing. Raises ValidationError, and never guesses."""
    text = text.strip()
    if not text:
        return None
    if iso := _ISO.fullmatch(text):
        return _iso_day(iso[1], iso[2] or "", text)
    if words := _WORDS.fullmatch(text):
        month = words[2].lower()
        if month == "sept" or month in _MONTHS or month in _MONTH_NAMES:
            return _real_day(int(words[3]), _MONTHS.index(month[:3]) + 1, int(words[1]), text)
    if numbers := _NUMBERS.fullmatch(text):
        raise ValidationError(_what_it_may_mean(text, [int(part) for part in numbers.groups()]))
    if text.isascii() and text.isdigit():
        raise ValidationError(
            _("“%(text)s” is a number, not a date. Format the column as text and write dates like 2025-03-14."),
            params={"text": text[:30]},
        )
    raise ValidationError(_("“%(text)s” is not a date. Write it like 2025-03-14."), params={"text": text[:30]})


def _iso_day(day: str, moment: str, text: str) -> date:
    if moment:
        try:
            datetime.fromisoformat(f"2000-01-01T{moment}")
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” holds a time that does not exist. Write only the day, like 2025-03-14."),
                params={"text": text[:40]},
            ) from error
    year, month, number = (int(part) for part in day.split("-"))
    return _real_day(year, month, number, text)


def _real_day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValidationError(_("There is no such day as %(text)s."), params={"text": text[:30]}) from error


def _what_it_may_mean(text: str, numbers: list[int]) -> str:
    first, second, third = numbers
    if third < 1000 and first < 1000:
        return _("Write the year of %(text)s with four digits, like 2025-03-14.") % {"text": text}
    year = third if third >= 1000 else first
    candidates = [(second, first), (first, second)] if year == third else [(second, third)]
    meant = []
    for month, day in dict.fromkeys(candidates):
        try:
            meant.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    if not meant:
        return _("There is no such day as %(text)s. Write dates like 2025-03-14.") % {"text": text}
    return _("Write %(text)s as %(meant)s.") % {"text": text, "meant": _(" or ").join(meant)}
