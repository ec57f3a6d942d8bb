"""The public history of an issuance in words."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.dates import long_date
from badges.disclosure import Change, Disclosure

# All else is for the issuer to change.
BY_ITS_HOLDER = ("names_address",)
_SENTENCES = {
    "issued": gettext_lazy("Issued on %(day)s"),
    "corrected": gettext_lazy("Corrected on %(day)s: %(fields)s"),
    "renewed": gettext_lazy("Renewed on %(day)s"),
    "restored": gettext_lazy("Review ended on %(day)s"),
    "reinstated": gettext_lazy("Reinstated on %(day)s"),
}
_FIELDS = {
    "recipient_name": gettext_lazy("name"),
    "issued_on": gettext_lazy("issue date"),
    "expires_on": gettext_lazy("expiry date"),
    "narrative": gettext_lazy("description of what was done"),
    "evidence": gettext_lazy("evidence"),
}


@dataclass(frozen=True, slots=True)
class Event:
    on: date
    sentence: str
    reason: str = ""


def history_of(seen: Disclosure) -> list[Event]:
    """Newest first. Nothing when the disclosure carries no history."""
    if not seen.history:
        return []
    events = [Event(change.on, _sentence(change), change.reason) for change in seen.history]
    if seen.suspended_on:
        day = long_date(seen.suspended_on)
        events.append(Event(seen.suspended_on, _("Put under review on %(day)s") % {"day": day}))
    if seen.revoked_on:
        day = long_date(seen.revoked_on)
        events.append(Event(seen.revoked_on, _("Revoked on %(day)s") % {"day": day}, seen.revocation_reason))
    return sorted(events, key=lambda event: event.on)[::-1]


def _sentence(change: Change) -> str:
    if change.fields == BY_ITS_HOLDER:
        return _("Changed by its holder on %(day)s: how the e-mail address is written") % {"day": long_date(change.on)}
    return str(_SENTENCES[change.kind.value]) % {
        "day": long_date(change.on),
        "fields": ", ".join(str(_FIELDS[name]) for name in change.fields),
    }
