"""What would become of each proposed change: said in the preview, and again at the moment it is made."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from badgecert.core import clock
from badges.actions.issuances.locking import problem_with_changing
from badges.actions.issuances.standing import (
    held_anew,
    problem_with_reinstating,
    problem_with_restoring,
    problem_with_suspending,
)
from badges.actions.issuances.versions import differing, problem_with_renewing
from badges.models import ChangeKind, Issuance, ProposedChange
from badges.row_checks import doubt_about_name, problem_with_dates, problem_with_letters

_OF_STANDING = {
    ChangeKind.SUSPEND: problem_with_suspending,
    ChangeKind.RESTORE: problem_with_restoring,
    ChangeKind.REVOKE: problem_with_changing,
    ChangeKind.REINSTATE: problem_with_reinstating,
}


def note_problems(changes: Sequence[ProposedChange], *, kind: ChangeKind) -> None:
    """Write into each of these why it cannot be made, if it cannot. At most one query."""
    found = [change.issuance for change in changes if change.issuance and not change.problem]
    held = held_anew(found) if kind == ChangeKind.REINSTATE else set()
    for change in changes:
        issuance = change.issuance
        if change.problem or issuance is None:
            continue
        if change.seen_version_id != issuance.current_version_id:
            change.problem = _("Somebody changed this badge meanwhile.")
        elif issuance.pk in held:
            change.problem = _("They hold this badge under another code.")
        else:
            change.problem = _problem(kind, issuance, change.says_anew)[:300]
        if kind == ChangeKind.CORRECT and not change.problem:
            change.warning = _doubt(issuance, differing(issuance, change.says_anew))


def note_repeated(changes: Sequence[ProposedChange], first_lines: dict[UUID | None, int]) -> None:
    """Of two lines that change the same badge the first one counts. `first_lines` says which that is; it grows."""
    for change in changes:
        if not change.problem:
            first = first_lines.setdefault(change.issuance_id, change.line)
            if first != change.line:
                change.problem = _("The same badge as row %(line)d. Leave one out.") % {"line": first}


def _problem(kind: ChangeKind, issuance: Issuance, stated: dict[str, Any]) -> str:
    if kind == ChangeKind.CORRECT:
        return problem_with_changing(issuance) or _problem_with_words(issuance, differing(issuance, stated))
    if kind == ChangeKind.RENEW:
        return problem_with_renewing(issuance, stated.get("expires_on")) or _problem_with_words(issuance, stated)
    return _OF_STANDING[kind](issuance)


def _doubt(issuance: Issuance, stated: dict[str, Any]) -> str:
    name = stated.get("recipient_name")
    doubt = doubt_about_name(name, issuance.current_version.badge_version) if name else None
    return doubt.words[:300] if doubt else ""


def _problem_with_words(issuance: Issuance, stated: dict[str, Any]) -> str:
    if not stated:
        return _("Nothing differs from what the badge says now.")
    says = issuance.current_version
    days: dict[str, date | None] = {"issued_on": says.issued_on, "expires_on": says.expires_on}
    days |= {name: stated[name] for name in days if name in stated}
    if days["issued_on"] is None:
        return _("Every badge has an issue date.")
    today = clock.today(issuance.issuer.time_zone)
    if (days.keys() & stated.keys()) and (
        problem := problem_with_dates(days["issued_on"], days["expires_on"], today=today)
    ):
        return problem
    return problem_with_letters(stated.get("recipient_name", ""), says.badge_version)
