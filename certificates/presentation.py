"""What a public page says besides the plain facts, made from a Disclosure."""

from datetime import date
from urllib.parse import urlsplit

from dateutil.relativedelta import relativedelta
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from badges.disclosure import EXPIRING_WITHIN, Disclosure
from certificates.checks import Check, checks_of
from certificates.credentials import STATES_WITH_FILES
from certificates.history import history_of
from certificates.link_previews import PREVIEW_SIZE, preview_address
from certificates.records import Records, records_of
from certificates.verdicts import Verdict, verdict_on


def verification_page_context(
    seen: Disclosure, records: Records | None = None, *, whole: Disclosure | None = None
) -> dict[str, object]:
    """All that certificates/verification.html needs; previews of the desk use it too.

    `records` are those that somebody has read already; they may be of a version that is no longer shown. `whole` is what
    is checked where less is shown.
    """
    records = _records_of(seen, records)
    verdict, checks = _judged(seen, records, whole)
    return {
        "seen": seen,
        "verdict": verdict,
        "checks": checks,
        # Its proof names the code.
        "place": records.place if seen.code else None,
        "history": history_of(seen),
        "time_left": time_left(seen),
        "evidence": [item for item in seen.evidence if is_web_address(item.get("url", ""))],
        "renewal_url": seen.badge.renewal_url if seen.badge and is_web_address(seen.badge.renewal_url) else "",
        "preview_url": preview_address(seen, verdict),
        "preview_size": PREVIEW_SIZE,
        "has_files": seen.state in STATES_WITH_FILES and bool(seen.code),
    }


def verdict_of(seen: Disclosure, records: Records | None = None) -> Verdict:
    """As the page says it: not without having looked whether it is what was signed and logged."""
    return _judged(seen, _records_of(seen, records))[0]


def _judged(seen: Disclosure, records: Records, whole: Disclosure | None = None) -> tuple[Verdict, list[Check]]:
    checks = checks_of(seen, records, whole=whole)
    return verdict_on(seen, is_confirmed=not any(check.breaks_the_seal for check in checks)), checks


def _records_of(seen: Disclosure, records: Records | None) -> Records:
    if seen.version_id is None:
        return Records()
    return records if records and records.version_id == seen.version_id else records_of(seen.version_id)


def time_left(seen: Disclosure) -> str:
    """Such as "1 year 3 months left"; days when the end is near, nothing when it has passed or there is none."""
    if seen.expires_on is None or seen.days_left is None or seen.days_left < 0:
        return ""
    if seen.days_left == 0:
        return _("today is its last day")
    if seen.days_left <= EXPIRING_WITHIN.days:
        return ngettext("%(count)d day left", "%(count)d days left", seen.days_left) % {"count": seen.days_left}
    return _("%(time)s left") % {"time": _years_and_months(seen.expires_on, seen.days_left)}


def _years_and_months(last_day: date, days: int) -> str:
    between = relativedelta(last_day, last_day - relativedelta(days=days))
    parts = []
    if between.years:
        parts.append(ngettext("%(count)d year", "%(count)d years", between.years) % {"count": between.years})
    if between.months:
        parts.append(ngettext("%(count)d month", "%(count)d months", between.months) % {"count": between.months})
    return " ".join(parts)


def is_web_address(address: str) -> bool:
    """A link that a stranger may be offered: javascript: and its like are none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc)
