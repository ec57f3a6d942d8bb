from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from badgecert.accounts.mfa import has_second_factor
from badgecert.accounts.models import User
from badgecert.core import audit
from issuers.exceptions import OwnSecondFactorMissingError
from issuers.models import Issuer, StaffMember, StaffRole
from issuers.permissions import can_own


@transaction.atomic
def register_issuer(*, owner: User, by: User | None, **fields: Any) -> Issuer:
    """Open an organisation with its first owner. Operators do this; nobody else can."""
    issuer = Issuer(**fields)
    issuer.full_clean()
    issuer.save()
    audit.record("organisation registered", issuer, by=by, issuer_id=issuer.pk)
    add_staff(issuer, user=owner, role=StaffRole.OWNER, by=by)
    return issuer


@transaction.atomic
def add_staff(issuer: Issuer, *, user: User, role: StaffRole | str, by: User | None) -> StaffMember:
    """Let somebody work for an organisation, or change what they may do there. `by` None is the system itself.

    Raises PermissionDenied when `by` is no owner.
    """
    if by is not None and not can_own(by, issuer):
        raise PermissionDenied
    member, _created = StaffMember.objects.update_or_create(issuer=issuer, user=user, defaults={"role": role})
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    audit.record("staff role given", member, by=by, issuer_id=issuer.pk, role=str(role))
    return member


@transaction.atomic
def update_issuer(issuer: Issuer, *, by: User, changed: list[str]) -> Issuer:
    """Keep a changed organisation. What was issued keeps its old name and logo.

    Raises PermissionDenied, OwnSecondFactorMissingError.
    """
    if not can_own(by, issuer):
        raise PermissionDenied
    if issuer.requires_second_factor and "requires_second_factor" in changed and not has_second_factor(by):
        raise OwnSecondFactorMissingError
    issuer.save()
    audit.record("organisation changed", issuer, by=by, issuer_id=issuer.pk, fields=changed)
    return issuer
