"""What may be said about one person, whether staff type it or a file holds it. Each check answers with a sentence."""

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _

from badgecert.core.dates import day_in, long_date
from badgecert.core.glyphs import unrenderable, width_in_ems
from badges.models import Badge, BadgeVersion, Issuance

EVIDENCE_LENGTH = 2000
NARRATIVE_LENGTH = 5000
FIRST_DAY = date(1950, 1, 1)
# So far ahead something may be dated or sent.
FURTHEST_DAYS = 366

# UTF-8 that was read as Windows-1252 and saved so: Ã© for é.
_MOJIBAKE = re.compile(r"[ÂÃÄÅÐ][\u0080-\u00bf]|Ã[ƒ†‡ˆ‰Š‹Œ“”•˜™š›œžŸ€‚„…]|â€")  # noqa: RUF001  the marks themselves

_ADDRESS = re.compile(r"\s*\S+@\S+\.\w+\s*")
_WORD = re.compile(r"[^\W\d_]+")
# What the certificates hold on one line at the smallest size of a name.
_LINE_IN_EMS = 24

# So much of a cell stands in a sentence about it.
_SHOWN_LETTERS = 40

_web_address = URLValidator(schemes=["http", "https"])


def about_cell(column: str, text: str, words: str) -> str:
    """What is wrong with a cell, after its column and what stands in it; not twice what the words say already."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text.strip())
    if not shown or (len(shown) >= 5 and shown[:30] in words):
        return f"{column}: {words}"
    if len(shown) > _SHOWN_LETTERS:
        shown = shown[:_SHOWN_LETTERS] + "…"
    return _("%(column)s “%(value)s”: %(words)s") % {"column": column, "value": shown, "words": words}


def clean_evidence(address: str) -> str:
    """The address of something that proves it. Raises ValidationError."""
    address = address.strip()
    if not address:
        return ""
    if len(address) > EVIDENCE_LENGTH:
        raise ValidationError(
            _("This web address has more than %(limit)d characters."), params={"limit": EVIDENCE_LENGTH}
        )
    try:
        _web_address(address)
    except ValidationError as error:
        raise ValidationError(_("Enter a whole web address that starts with https://.")) from error
    if "@" in address.split("//", 1)[1].split("/", 1)[0]:
        raise ValidationError(_("Leave the user name out of the web address."))
    return address


def problem_with_dates(issued_on: date, expires_on: date | None, *, today: date) -> str:
    days = {
        "issued": long_date(issued_on),
        "expires": long_date(expires_on) if expires_on else "",
        "first": long_date(FIRST_DAY),
    }
    if issued_on < FIRST_DAY:
        return _("The issue date, %(issued)s, is before %(first)s. Check the year.") % days
    if issued_on > today + timedelta(days=FURTHEST_DAYS):
        return _("The issue date, %(issued)s, is more than a year ahead. Check the year.") % days
    if expires_on is not None and expires_on < issued_on:
        return _("It would expire on %(expires)s, before it is issued on %(issued)s. Correct one of the two.") % days
    if expires_on is not None and expires_on > issued_on + relativedelta(years=100):
        return _("Valid until %(expires)s is more than 100 years. Leave the date empty if it never expires.") % days
    return ""


def problem_with_letters(name: str, badge_version: BadgeVersion) -> str:
    """A name that was broken on its way, or that the certificate cannot print."""
    if _MOJIBAKE.search(name):
        return _("The letters look broken: the file was read in another encoding. Save it as “CSV UTF-8”.")
    return problem_with_glyphs(name, badge_version)


class Doubt(NamedTuple):
    """Something staff should look at, and what probably was meant."""

    words: str
    suggestion: str = ""


def doubt_about_name(name: str, badge_version: BadgeVersion) -> Doubt | None:
    """A name that can be right and often is not. It has no problem."""
    if _MOJIBAKE.search(name):
        words = _("The letters look broken: the file was read in another encoding.")
        return Doubt(words, _mended(name))
    if name.isupper() and sum(map(str.isalpha, name)) > 3:
        return Doubt(_("All capitals."), _WORD.sub(lambda word: word[0].capitalize(), name))
    if badge_version.has_certificate and width_in_ems(name) > _LINE_IN_EMS:
        words = _("%(letters)d letters: two lines on the certificate, in small print. Nothing is cut off.")
        return Doubt(words % {"letters": len(name)})
    return None


def _mended(name: str) -> str:
    """UTF-8 that was read as something else, read again; empty when that makes no sense."""
    for encoding in ("cp1252", "latin-1"):
        try:
            mended = name.encode(encoding).decode()
        except UnicodeError:
            continue
        return "" if _MOJIBAKE.search(mended) or not mended.isprintable() else mended
    return ""


def problem_with_swapped(name: str, email: str) -> str:
    """The columns of names and addresses have changed places, in the file or in this row."""
    if not _ADDRESS.fullmatch(name):
        return ""
    if "@" in email:
        return _("This is an e-mail address, not a name.")
    return _("Name and e-mail seem to have changed places. Correct both cells, or match the columns again.")


def problem_with_glyphs(name: str, badge_version: BadgeVersion) -> str:
    if badge_version.has_certificate and (missing := unrenderable(name)):
        return _("The certificate has no letters for %(missing)s. Leave them out.") % {"missing": missing}
    return ""


def holding_since(badge: Badge, recipient_keys: Sequence[str]) -> dict[str, date]:
    """Which of these canonical addresses hold the badge now, and since which day. One query."""
    zone = badge.issuer.time_zone
    held: list[tuple[str, datetime]] = list(
        Issuance.objects.standing()
        .filter(badge=badge, recipient_key__in=recipient_keys)
        .values_list("recipient_key", "issued_at")
    )
    return {key: day_in(issued_at, zone) for key, issued_at in held}


def already_holds(since: date) -> str:
    return _("Already holds this badge since %(day)s. Correct or renew that one.") % {"day": long_date(since)}
