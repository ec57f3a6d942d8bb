"""Issuances that nobody else changes until the transaction ends."""

from collections.abc import Sequence

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.dates import day_in, long_date
from badges.models import Issuance
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


def locked_for_staff(issuances: Sequence[Issuance], *, by: User | None) -> list[Issuance]:
    """`by` None is a rule of the organisation itself. Raises PermissionDenied if one of them is of a foreign one."""
    rows = locked_all(issuances)
    issuer_ids = {row.issuer_id for row in rows}
    if by is not None and issuers_to_issue_for(by).filter(pk__in=issuer_ids).distinct().count() != len(issuer_ids):
        raise PermissionDenied
    return rows


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
