"""What happened to a badge, as its earner reads it."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from badgecert.core.dates import day_in
from badges.activity import Week, weeks_of
from badges.disclosure import Change, Disclosure
from badges.models import Issuance, VersionKind
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What a version said, as its earner reads it."""

    number: int
    on: date
    name: str
    issued_on: date
    expires_on: date | None
    is_current: bool


def versions_said(issuance: Issuance) -> list[Said]:
    """Newest first."""
    zone = issuance.issuer.time_zone
    return [
        Said(
            number=version.number,
            on=day_in(version.created_at, zone),
            name=version.recipient_name,
            issued_on=version.issued_on,
            expires_on=version.expires_on,
            is_current=version.pk == issuance.current_version_id,
        )
        for version in issuance.versions.order_by("-number")
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadgeActivity:
    """What others did with a badge, and its issuer's staff."""

    weeks: list[Week]
    corrected_on: list[date]

    @property
    def opened(self) -> int:
        return sum(week.opened for week in self.weeks)

    @property
    def checked(self) -> int:
        return sum(week.checked for week in self.weeks)

    @property
    def bars(self) -> list[tuple[Week, int]]:
        """Each week with its height in percent of the highest."""
        highest = max(week.verified for week in self.weeks) or 1
        return [(week, round(100 * week.verified / highest)) for week in self.weeks]


def activity_of(issuance: Issuance, seen: Disclosure) -> BadgeActivity:
    corrected_on = [
        change.on for change in seen.history if change.kind == VersionKind.CORRECTED and change.fields != BY_ITS_HOLDER
    ]
    return BadgeActivity(weeks=weeks_of(issuance), corrected_on=corrected_on)


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
