from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction

from badgecert.accounts.mfa import has_second_factor
from badgecert.accounts.models import User
from badgecert.core import audit
from issuers.exceptions import LastOwnerError, NobodyToAgreeError, OwnSecondFactorMissingError
from issuers.models import Issuer, StaffMember, StaffRole
from issuers.permissions import can_own

_APPROVALS = ("corrections_need_approval", "revocations_need_approval", "bulk_changes_need_approval")


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

    Raises PermissionDenied when `by` is no owner; LastOwnerError.
    """
    if by is not None and not can_own(by, issuer):
        raise PermissionDenied
    member, is_new = StaffMember.objects.get_or_create(issuer=issuer, user=user, defaults={"role": role})
    if not is_new and by is not None:
        return change_role(member, role=role, by=by)
    if not user.is_staff:
        user.is_staff = True
        user.save(update_fields=["is_staff"])
    audit.record("staff role given", member, by=by, issuer_id=issuer.pk, role=str(role))
    return member


@transaction.atomic
def update_issuer(issuer: Issuer, *, by: User, changed: list[str]) -> Issuer:
    """Keep a changed organisation. What was issued keeps its old name and logo.

    Raises PermissionDenied, OwnSecondFactorMissingError, NobodyToAgreeError.
    """
    if not can_own(by, issuer):
        raise PermissionDenied
    if issuer.requires_second_factor and "requires_second_factor" in changed and not has_second_factor(by):
        raise OwnSecondFactorMissingError
    wanted = {name for name in _APPROVALS if getattr(issuer, name)} & set(changed)
    if wanted and StaffMember.objects.filter(issuer=issuer, role__in=(StaffRole.OWNER, StaffRole.MANAGER)).count() < 2:
        raise NobodyToAgreeError
    issuer.save()
    audit.record("organisation changed", issuer, by=by, issuer_id=issuer.pk, fields=changed)
    return issuer


@transaction.atomic
def change_role(member: StaffMember, *, role: StaffRole | str, by: User) -> StaffMember:
    """Let somebody do more or less for the organisation. Raises PermissionDenied, LastOwnerError."""
    member = _locked_member(member, by=by)
    before = member.role
    if before == role:
        return member
    if before == StaffRole.OWNER:
        _keep_an_owner(member)
    member.role = StaffRole(role)
    member.save(update_fields=["role", "updated_at"])
    audit.record("staff role changed", member, by=by, issuer_id=member.issuer_id, before=before, after=str(role))
    return member


@transaction.atomic
def remove_staff(member: StaffMember, *, reason: str, by: User) -> None:
    """End somebody's work for the organisation, at once in every browser. What they did stays in the record.

    Raises PermissionDenied, LastOwnerError.
    """
    member = _locked_member(member, by=by)
    if member.role == StaffRole.OWNER:
        _keep_an_owner(member)
    user, role = member.user, member.role
    audit.record(
        "staff removed", member, by=by, issuer_id=member.issuer_id, reason=reason, role=role, person=str(user.pk)
    )
    member.delete()
    if not StaffMember.objects.filter(user=user).exists():
        user.is_staff = False
        user.save(update_fields=["is_staff"])


def _locked_member(member: StaffMember, *, by: User) -> StaffMember:
    """Everybody's row of the organisation is locked, so that two owners cannot remove each other at once."""
    members = {
        row.pk: row
        for row in StaffMember.objects.select_for_update(of=("self",))
        .select_related("issuer", "user")
        .filter(issuer=member.issuer_id)
        .order_by("pk")
    }
    if not can_own(by, member.issuer):
        raise PermissionDenied
    return members[member.pk]


def _keep_an_owner(member: StaffMember) -> None:
    others = StaffMember.objects.filter(issuer=member.issuer_id, role=StaffRole.OWNER).exclude(pk=member.pk)
    if not others.exists():
        raise LastOwnerError(member.issuer.name)
