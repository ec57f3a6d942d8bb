"""Who may do what with badges and issuances; staff rights come from issuers.permissions."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from badges.models import ChangeKind, Issuance
from issuers import permissions as issuer_permissions
from issuers.models import Issuer

if TYPE_CHECKING:
    from badgecert.accounts.models import User


def is_earner_of(user: "User | AnonymousUser", issuance: Issuance) -> bool:
    """Claim, decline, show and hide: the person it was given to, and nobody for them."""
    return user.is_authenticated and issuance.earner_id == user.pk and issuance.erased_at is None


def can_see_as_insider(user: "User | AnonymousUser", issuance: Issuance) -> bool:
    """See it whatever its visibility: its earner, and staff of the organisation that issued it. Costs one query."""
    return is_earner_of(user, issuance) or issuer_permissions.can_view(user, issuance.issuer)


def second_person_needed(issuer: Issuer, kind: ChangeKind, *, count: int) -> bool:
    """Whether the organisation asks that somebody else agrees before so many of its badges are changed like this.

    A review is for what cannot wait, so one badge is put under review by one person, and restored by one.
    """
    if issuer.bulk_changes_need_approval and count > 1:
        return True
    if kind in {ChangeKind.CORRECT, ChangeKind.RENEW}:
        return issuer.corrections_need_approval
    return issuer.revocations_need_approval and kind in {ChangeKind.REVOKE, ChangeKind.REINSTATE}


def may_decide(user: "User | AnonymousUser", proposer_id: object, issuer: Issuer) -> bool:
    """Be the second person: whoever could have proposed it, and did not."""
    return user.pk != proposer_id and issuer_permissions.can_issue(user, issuer)
