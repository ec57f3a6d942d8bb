"""What the earner alone decides about what they were given."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badges.actions.issuances.locking import locked
from badges.actions.issuances.versions import make_versions
from badges.exceptions import TooLateError, WrongStateError
from badges.models import Issuance, VersionKind, Visibility
from badges.permissions import is_earner_of
from badges.signals import issuances_claimed, issuances_declined

DECLINE_UNDO_DAYS = 30


@transaction.atomic
def claim_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """The earner accepts it. Claiming twice changes nothing: people press twice. Raises PermissionDenied."""
    issuance = locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.claimed_at:
        return issuance
    if issuance.revoked_at:
        raise WrongStateError(_("This badge was withdrawn by its issuer, so it cannot be claimed."))
    if issuance.declined_at:
        raise WrongStateError(_("You said that this badge is not yours. Take it back first."))
    issuance.claimed_at = clock.now()
    issuance.save(update_fields=["claimed_at", "updated_at"])
    audit.record("badge claimed", issuance, by=by, issuer_id=issuance.issuer_id)
    issuances_claimed.send(sender=Issuance, issuance_ids=[issuance.pk])
    return issuance


@transaction.atomic
def decline_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """ "Not mine": it answers *private* and gets no more mail; the earner can take it back. Raises PermissionDenied."""
    issuance = locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.declined_at:
        return issuance
    issuance.declined_at, issuance.claimed_at = clock.now(), None
    issuance.save(update_fields=["declined_at", "claimed_at", "updated_at"])
    audit.record("badge declined", issuance, by=by, issuer_id=issuance.issuer_id)
    issuances_declined.send(sender=Issuance, issuance_ids=[issuance.pk])
    return issuance


@transaction.atomic
def take_back_issuance(issuance: Issuance, *, by: User) -> Issuance:
    """Undo *Not mine*, within 30 days. Raises PermissionDenied, TooLateError."""
    issuance = locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.declined_at is None:
        return issuance
    if clock.now() > issuance.declined_at + timedelta(days=DECLINE_UNDO_DAYS):
        raise TooLateError(_("You declined this badge more than 30 days ago. Ask its issuer."))
    issuance.declined_at = None
    issuance.save(update_fields=["declined_at", "updated_at"])
    audit.record("badge taken back", issuance, by=by, issuer_id=issuance.issuer_id)
    return issuance


@transaction.atomic
def set_visibility(issuance: Issuance, *, visibility: Visibility | str, by: User) -> Issuance:
    """Who can see it, from the very next request on. The earner alone decides. Raises PermissionDenied."""
    issuance = locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    visibility = Visibility(visibility)
    if issuance.visibility != visibility:
        audit.record(
            "visibility changed",
            issuance,
            by=by,
            issuer_id=issuance.issuer_id,
            before=issuance.visibility,
            after=visibility.value,
        )
        issuance.visibility = visibility
        issuance.save(update_fields=["visibility", "updated_at"])
    return issuance


@transaction.atomic
def name_address(issuance: Issuance, *, names_address: bool, by: User) -> Issuance:
    """Write the earner's address itself into the credential, or its salted hash only. The earner alone decides.

    What is signed is not changed, so this makes a version. Raises PermissionDenied; WrongStateError when revoked.
    """
    issuance = locked(issuance)
    if not is_earner_of(by, issuance):
        raise PermissionDenied
    if issuance.revoked_at:
        raise WrongStateError(_("This badge was revoked, so its file is not written anew."))
    if issuance.current_version.names_address == names_address:
        return issuance
    fields = {"changed_fields": ["names_address"], "names_address": names_address}
    make_versions([(issuance, fields)], kind=VersionKind.CORRECTED, by=by, reason="", notify=False)
    return issuance
