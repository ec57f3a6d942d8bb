"""Whether what was issued counts: suspend and restore, revoke and reinstate. As many at once as the caller brings.

All or none, in one transaction and a constant number of statements. `notify`: the earners get a mail about it. `by` None:
only tried out, to be taken back.
"""

import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.issuances.locking import agreed, locked_for_staff, problem_with_changing
from badges.actions.issuances.versions import make_versions
from badges.exceptions import AlreadyHoldsError, WrongStateError
from badges.models import ChangeKind, Issuance, VersionKind
from badges.signals import issuances_revoked, issuances_suspended


def suspend_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    return suspend_issuances([issuance], reason=reason, by=by, notify=notify)[0]


def restore_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    return restore_issuances([issuance], reason=reason, by=by, notify=notify)[0]


def revoke_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    return revoke_issuances([issuance], reason=reason, by=by, notify=notify)[0]


def reinstate_issuance(issuance: Issuance, *, reason: str, by: User, notify: bool = False) -> Issuance:
    return reinstate_issuances([issuance], reason=reason, by=by, notify=notify)[0]


@transaction.atomic
def suspend_issuances(
    issuances: Sequence[Issuance], *, reason: str, by: User | None, second: User | None = None, notify: bool = False
) -> list[Issuance]:
    """Put them under review: their pages say so until they are restored. Raises PermissionDenied, WrongStateError."""
    rows = locked_for_staff(issuances, by=by, to=ChangeKind.SUSPEND, second=second)
    for issuance in rows:
        if problem := problem_with_suspending(issuance):
            raise WrongStateError(problem)
    _set(rows, suspended_at=clock.now())
    audit.record_each("badge suspended", [(row, row.issuer_id, agreed(second)) for row in rows], by=by, reason=reason)
    issuances_suspended.send(sender=Issuance, issuance_ids=[row.pk for row in rows], notify=notify)
    return rows


def problem_with_suspending(issuance: Issuance) -> str:
    if problem := problem_with_changing(issuance):
        return problem
    return _("This badge is under review already.") if issuance.suspended_at else ""


@transaction.atomic
def restore_issuances(
    issuances: Sequence[Issuance], *, reason: str, by: User | None, second: User | None = None, notify: bool = False
) -> list[Issuance]:
    """End the review: new versions, because the suspended ones stay marked. Raises as suspend_issuances()."""
    rows = locked_for_staff(issuances, by=by, to=ChangeKind.RESTORE, second=second)
    for issuance in rows:
        if problem := problem_with_restoring(issuance):
            raise WrongStateError(problem)
    _set(rows, suspended_at=None)
    return make_versions(
        [(row, {}) for row in rows], kind=VersionKind.RESTORED, by=by, second=second, reason=reason, notify=notify
    )


def problem_with_restoring(issuance: Issuance) -> str:
    if problem := problem_with_changing(issuance):
        return problem
    return "" if issuance.suspended_at else _("This badge is not under review.")


@transaction.atomic
def revoke_issuances(
    issuances: Sequence[Issuance], *, reason: str, by: User | None, second: User | None = None, notify: bool = False
) -> list[Issuance]:
    """Withdraw them; their pages keep answering and say so, with the reason. Raises as suspend_issuances().

    Revoking twice is refused, so that the second person meets the first one's reason.
    """
    reason = reason.strip()
    if not reason:
        raise WrongStateError(_("Give a reason; the public page shows it."))
    rows = locked_for_staff(issuances, by=by, to=ChangeKind.REVOKE, second=second)
    for issuance in rows:
        if problem := problem_with_changing(issuance):
            raise WrongStateError(problem)
    _set(rows, revoked_at=clock.now(), revocation_reason=reason)
    audit.record_each("badge revoked", [(row, row.issuer_id, agreed(second)) for row in rows], by=by, reason=reason)
    issuances_revoked.send(sender=Issuance, issuance_ids=[row.pk for row in rows], notify=notify)
    return rows


@transaction.atomic
def reinstate_issuances(
    issuances: Sequence[Issuance], *, reason: str, by: User | None, second: User | None = None, notify: bool = False
) -> list[Issuance]:
    """Take revocations back: new versions. Raises PermissionDenied, WrongStateError, AlreadyHoldsError."""
    rows = locked_for_staff(issuances, by=by, to=ChangeKind.REINSTATE, second=second)
    held = held_anew(rows)
    for issuance in rows:
        if issuance.pk in held:
            raise AlreadyHoldsError([issuance.recipient_email])
        if problem := problem_with_reinstating(issuance):
            raise WrongStateError(problem)
    _set(rows, revoked_at=None, revocation_reason="")
    return make_versions(
        [(row, {}) for row in rows], kind=VersionKind.REINSTATED, by=by, second=second, reason=reason, notify=notify
    )


def problem_with_reinstating(issuance: Issuance) -> str:
    if issuance.erased_at:
        return problem_with_changing(issuance)
    return "" if issuance.revoked_at else _("This badge is not revoked.")


def held_anew(issuances: Sequence[Issuance]) -> set[uuid.UUID]:
    """Which of these revoked ones cannot count again, because their earners hold the same badge under another code.

    Of two here that were the same badge of one person, the second is such a one. One query.
    """
    revoked = [issuance for issuance in issuances if issuance.revoked_at]
    taken = set(
        Issuance.objects.standing()
        .filter(
            badge__in={issuance.badge_id for issuance in revoked},
            recipient_key__in={issuance.recipient_key for issuance in revoked},
        )
        .values_list("badge_id", "recipient_key")
    )
    found = set()
    for issuance in revoked:
        place = (issuance.badge_id, issuance.recipient_key)
        if place in taken:
            found.add(issuance.pk)
        taken.add(place)
    return found


def _set(issuances: Sequence[Issuance], **fields: object) -> None:
    Issuance.objects.filter(pk__in=[issuance.pk for issuance in issuances]).update(**fields, updated_at=clock.now())
    for issuance in issuances:
        for name, value in fields.items():
            setattr(issuance, name, value)
