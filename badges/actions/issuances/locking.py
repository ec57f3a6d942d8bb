"""Issuances that nobody else changes until the transaction ends."""

from collections import Counter
from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.dates import day_in, long_date
from badges.exceptions import SecondPersonNeededError
from badges.models import ChangeKind, Issuance
from badges.permissions import second_person_needed
from issuers.permissions import issuers_to_issue_for


def locked(issuance: Issuance) -> Issuance:
    return locked_all([issuance])[0]


def locked_all(issuances: Sequence[Issuance]) -> list[Issuance]:
    """The same issuances as they are now, in the same order. Locked by key, so that two who overlap wait in turn."""
    rows = (
        Issuance.objects.select_for_update(of=("self",))
        .select_related("current_version__badge_version", "issuer")
        .filter(pk__in=[issuance.pk for issuance in issuances])
        .order_by("pk")
    )
    now = {row.pk: row for row in rows}
    return [now[issuance.pk] for issuance in issuances]


def locked_for_staff(
    issuances: Sequence[Issuance], *, by: User | None, to: ChangeKind, second: User | None = None
) -> list[Issuance]:
    """The same, for a change of this kind by staff; `by` None is a rule of the organisation itself.

    `second` is the other person who agreed. Raises PermissionDenied if one of them may not for one of the organisations;
    SecondPersonNeededError when nobody agreed and somebody has to.
    """
    rows = locked_all(issuances)
    if by is None:
        return rows
    counts = Counter(row.issuer for row in rows)
    for person in (by, *([second] if second else [])):
        if issuers_to_issue_for(person).filter(pk__in=[issuer.pk for issuer in counts]).count() != len(counts):
            raise PermissionDenied
    if second == by:
        raise PermissionDenied
    if second is None and any(second_person_needed(issuer, to, count=count) for issuer, count in counts.items()):
        raise SecondPersonNeededError
    return rows


def agreed(second: User | None) -> dict[str, str]:
    """What the trail keeps of the second person."""
    return {"agreed_by": str(second.pk)} if second else {}


def problem_with_changing(issuance: Issuance) -> str:
    """Why nothing can be changed about it, or nothing."""
    if issuance.erased_at:
        return _("This badge was erased at its earner's request.")
    if issuance.revoked_at:
        return _("This badge was revoked on %(day)s: %(reason)s. Reinstate it first.") % {
            "day": long_date(day_in(issuance.revoked_at, issuance.issuer.time_zone)),
            "reason": issuance.revocation_reason,
        }
    return ""
