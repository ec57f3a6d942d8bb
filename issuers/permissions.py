"""Who may do what for an organisation. One place for the admin, pages, files and exports."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Q

from badgecert.accounts.mfa import second_factors_of
from issuers.models import Issuer, IssuerQuerySet, StaffMember, StaffRole

if TYPE_CHECKING:
    from badgecert.accounts.models import User

_VIEW = {StaffRole.OWNER, StaffRole.MANAGER, StaffRole.DESIGNER, StaffRole.VIEWER}
_ISSUE = {StaffRole.OWNER, StaffRole.MANAGER}
_DESIGN = {StaffRole.OWNER, StaffRole.MANAGER, StaffRole.DESIGNER}
_OWN = {StaffRole.OWNER}


def can_view(user: "User | AnonymousUser", issuer: Issuer) -> bool:
    """See the organisation's badges, issuances, people and mail."""
    return _has_role(user, issuer, _VIEW)


def can_issue(user: "User | AnonymousUser", issuer: Issuer) -> bool:
    """Issue, correct, renew, suspend, revoke and unlock."""
    return _has_role(user, issuer, _ISSUE)


def can_design(user: "User | AnonymousUser", issuer: Issuer) -> bool:
    """Make and change badges and certificates."""
    return _has_role(user, issuer, _DESIGN)


def can_own(user: "User | AnonymousUser", issuer: Issuer) -> bool:
    """Change the organisation itself and its staff."""
    return _has_role(user, issuer, _OWN)


def may_unlock(user: "User | AnonymousUser", member: StaffMember) -> bool:
    """Staff are unlocked by an owner of their organisation, an owner by another one. Operators by the command line."""
    return member.user_id != user.pk and not member.user.is_superuser and can_own(user, member.issuer)


def of_own_issuers(user: "User | AnonymousUser", field: str = "issuer") -> Q:
    """Rows of the organisations whose desk this person may open.

    One that is alone is named, so that an index gives its newest rows in their order.
    """
    own = Issuer.objects.managed_by(user)
    first = list(own.values_list("pk", flat=True)[:2])
    return Q(**{field: first[0]}) if len(first) == 1 else Q(**{f"{field}__in": own.values("pk")})


def issuers_to_issue_for(user: "User | AnonymousUser") -> IssuerQuerySet:
    """For which this person may issue: the list that goes with can_issue."""
    return _with_role(user, _ISSUE)


def issuers_to_design_for(user: "User | AnonymousUser") -> IssuerQuerySet:
    """Whose badges this person may make and change: the list that goes with can_design."""
    return _with_role(user, _DESIGN)


def issuers_owned_by(user: "User | AnonymousUser") -> IssuerQuerySet:
    """The list that goes with can_own."""
    return _with_role(user, _OWN)


def may_reset_second_factor(user: "User | AnonymousUser", member: StaffMember) -> bool:
    """An owner of every organisation that this person works for: one of several must not weaken the others."""
    if member.user_id == user.pk or member.user.is_superuser:
        return False
    works_for = Issuer.objects.filter(staff_members__user=member.user_id)
    return not works_for.exclude(pk__in=issuers_owned_by(user)).exists()


def issuers_shut_to(user: "User | AnonymousUser") -> IssuerQuerySet:
    """Whose desk this person may not open before they have a passkey or an authenticator app."""
    if not user.is_authenticated:
        return Issuer.objects.none()
    return Issuer.objects.filter(requires_second_factor=True, staff_members__user=user).exclude(
        Exists(second_factors_of(user))
    )


def issuers_owned_alone_by(user: "User") -> IssuerQuerySet:
    """Who would be without an owner if this person left."""
    others = StaffMember.objects.filter(issuer=OuterRef("pk"), role__in=_OWN).exclude(user=user)
    return Issuer.objects.filter(staff_members__user=user, staff_members__role__in=_OWN).exclude(Exists(others))


def _with_role(user: "User | AnonymousUser", roles: set[StaffRole]) -> IssuerQuerySet:
    if not user.is_authenticated or not user.is_active:
        return Issuer.objects.none()
    if user.is_superuser:
        return Issuer.objects.all()
    return Issuer.objects.filter(staff_members__user=user, staff_members__role__in=roles)


def _has_role(user: "User | AnonymousUser", issuer: Issuer, roles: set[StaffRole]) -> bool:
    """Costs one query; lists use the managed_by() querysets instead."""
    if not user.is_authenticated or not user.is_active:
        return False
    return user.is_superuser or StaffMember.objects.filter(issuer=issuer, user=user, role__in=roles).exists()
