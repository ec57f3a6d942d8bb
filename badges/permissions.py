"""Who may do what with badges and issuances; staff rights come from issuers.permissions."""

from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser

from badges.models import Issuance
from issuers import permissions as issuer_permissions

if TYPE_CHECKING:
    from badgecert.accounts.models import User


def is_earner_of(user: "User | AnonymousUser", issuance: Issuance) -> bool:
    """Claim, decline, show and hide: the person it was given to, and nobody for them."""
    return user.is_authenticated and issuance.earner_id == user.pk and issuance.erased_at is None


def can_see_as_insider(user: "User | AnonymousUser", issuance: Issuance) -> bool:
    """See it whatever its visibility: its earner, and staff of the organisation that issued it. Costs one query."""
    return is_earner_of(user, issuance) or issuer_permissions.can_view(user, issuance.issuer)
