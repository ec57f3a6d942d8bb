"""What happened to a badge, as its earner reads it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from badges.disclosure import Change, Disclosure
from badges.models import VersionKind
from certificates.history import BY_ITS_HOLDER


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    on: date
    text: str
    # 0: it changed nothing that the badge says.
    version: int = 0


def history_of(seen: Disclosure, *, claimed_on: date | None) -> list[Line]:
    """Newest first."""
    lines = [Line(on=change.on, text=_text(change), version=change.number) for change in seen.history]
    if claimed_on:
        lines.append(Line(on=claimed_on, text=_("Claimed by you")))
    if seen.suspended_on:
        lines.append(Line(on=seen.suspended_on, text=_("Put under review by the issuer")))
    if seen.revoked_on:
        reason = {"reason": seen.revocation_reason}
        lines.append(Line(on=seen.revoked_on, text=_("Withdrawn by the issuer. Reason given: %(reason)s") % reason))
    return sorted(lines, key=lambda line: line.on)[::-1]


def _text(change: Change) -> str:
    happened = {
        VersionKind.ISSUED: _("Issued"),
        VersionKind.CORRECTED: _("Corrected by the issuer"),
        VersionKind.RENEWED: _("Renewed by the issuer"),
        VersionKind.RESTORED: _("Under review no longer"),
        VersionKind.REINSTATED: _("Reinstated by the issuer"),
    }[change.kind]
    if change.fields == BY_ITS_HOLDER:
        return _("Changed by you: how your e-mail address is written in the file")
    if change.kind == VersionKind.CORRECTED:
        happened = f"{happened}: {', '.join(_names()[field] for field in change.fields)}"
    return f"{happened}. {_('Reason given: %(reason)s') % {'reason': change.reason}}" if change.reason else happened


def _names() -> dict[str, str]:
    return {
        "recipient_name": _("name"),
        "issued_on": _("issue date"),
        "expires_on": _("expiry date"),
        "narrative": _("what you did"),
        "evidence": _("evidence"),
    }
