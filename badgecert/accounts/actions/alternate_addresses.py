"""The addresses of an account: added, proven, made the primary one, removed; and two accounts of one person made one.

An address becomes a way in only when somebody reads its mail and, in the same browser, holds the account (decision
020). Whether another account has it already is never told to whoever types it: that is said in its own mail only.
"""

import uuid
from datetime import timedelta
from enum import StrEnum

from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Q

from badgecert.accounts.actions.merging import merge_accounts
from badgecert.accounts.exceptions import (
    AccountLockedError,
    AddressNotYoursError,
    AddressYoursAlreadyError,
    ChangedMeanwhileError,
    LastAddressError,
    MergeRefusedError,
    NotConfirmedError,
    ProofExpiredError,
    ReasonMissingError,
    TooManyAddressesError,
)
from badgecert.accounts.models import AddressProof, User
from badgecert.accounts.secrets import keyed_hash, new_link_token
from badgecert.accounts.signals import address_added, address_changed, merge_proof_wanted
from badgecert.accounts.tries import forget_tries
from badgecert.core import audit, clock
from badgecert.core.text import canonical_email

ADDRESSES_LIMIT = 10
PROOF_LASTS = timedelta(hours=24)
PROOFS_PER_HOUR = 10
PROOFS_PER_ADDRESS_AND_HOUR = 3


class AddressChange(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    MADE_PRIMARY = "made primary"


def holds_address(user: User, address: str) -> bool:
    """Whether its mail reaches this account: it is verified there, or the one that the account was opened with."""
    return _held(user).filter(email=canonical_email(address)).exists()


def held_addresses(user: User) -> list[str]:
    return list(_held(user).order_by("-primary", "email").values_list("email", flat=True))


def has_been_used(user: User) -> bool:
    """Somebody has shown that it is theirs. Until then it only stands for an address that an issuer wrote down."""
    return (
        user.last_login is not None
        or user.has_usable_password()
        or user.is_staff
        or EmailAddress.objects.filter(user=user, verified=True).exists()
    )


# --- adding --------------------------------------------------------------------------------------


@transaction.atomic
def add_address(user: User, *, address: str) -> None:
    """Ask the mailbox of this address whether it belongs to the account; asking once more sends another link.

    The same for every address: whether another account holds it, only its own mail says. Beyond the limit for one
    address nothing is sent and nothing said. Raises AccountLockedError, AddressYoursAlreadyError, TooManyAddressesError.
    """
    address = canonical_email(address)
    user = _locked_users(user.pk)[user.pk]
    if user.is_locked:
        raise AccountLockedError
    entry, _created = EmailAddress.objects.get_or_create(user=user, email=address)
    if entry.verified:
        raise AddressYoursAlreadyError
    an_hour_ago = clock.now() - timedelta(hours=1)
    recent = AddressProof.objects.filter(created_at__gt=an_hour_ago)
    if (
        EmailAddress.objects.filter(user=user).count() > ADDRESSES_LIMIT
        or recent.filter(user=user).count() >= PROOFS_PER_HOUR
    ):
        raise TooManyAddressesError(limit=ADDRESSES_LIMIT)
    if recent.filter(address=address).count() >= PROOFS_PER_ADDRESS_AND_HOUR:
        return
    AddressProof.objects.create(user=user, address=address, expires_at=clock.now() + PROOF_LASTS)
    owner = _owner_of(address, besides=user)
    wanted = merge_proof_wanted if owner is not None and has_been_used(owner) else address_added
    wanted.send(sender=User, user=user, address=address)


@transaction.atomic
def make_proof_token(user: User, *, address: str) -> str | None:
    """The token of the link in the mail that this address gets, in clear: only the sealed body may keep it.

    None when there is nothing left to prove. To be called once for each mail, in the transaction that seals it.
    """
    proof = (
        AddressProof.objects.select_for_update()
        .usable(clock.now())
        .filter(user=user, address=canonical_email(address), token_hash=None)
        .order_by("created_at")
        .first()
    )
    if proof is None:
        return None
    token = new_link_token()
    proof.token_hash = keyed_hash("address proof", token)
    proof.save(update_fields=["token_hash"])
    return token


def find_proof(token: str) -> AddressProof | None:
    """What this link proves, while it still can."""
    return (
        AddressProof.objects.usable(clock.now())
        .filter(token_hash=keyed_hash("address proof", token), user__is_active=True)
        .select_related("user")
        .first()
    )


def account_to_merge(proof: AddressProof) -> User | None:
    """The account that confirming this address closes; None when it only adds an address."""
    owner = _owner_of(proof.address, besides=proof.user)
    return owner if owner is not None and has_been_used(owner) else None


@transaction.atomic
def confirm_proof(proof: AddressProof) -> User:
    """The address is this account's from now on, and so is whatever was issued to it.

    An account that only stood for the address, or that the person used beside this one, becomes part of this one and
    closes. The caller has seen both the link from the mail and the account's own session. Confirming twice is refused.

    Raises AccountLockedError, ProofExpiredError, ChangedMeanwhileError, MergeRefusedError.
    """
    user, address = proof.user, proof.address
    owner = _owner_of(address, besides=user)
    locked = _locked_users(user.pk, *([owner.pk] if owner else []))
    user = locked[user.pk]
    # Whoever opens an account for this address at this moment waits for this row too (ensure_users).
    pending = EmailAddress.objects.select_for_update().filter(user=user, email=address, verified=False)
    if not pending.exists():
        raise ProofExpiredError
    if _owner_of(address, besides=user) != owner:
        raise ChangedMeanwhileError
    if user.is_locked:
        raise AccountLockedError
    used = AddressProof.objects.filter(pk=proof.pk, spent_at=None, expires_at__gt=clock.now())
    if not user.is_active or not used.update(spent_at=clock.now()):
        raise ProofExpiredError
    told = held_addresses(user)
    if owner is not None:
        merge_accounts(kept=user, closed=locked[owner.pk], by=user)
    _take(user, address, by=user, told=told)
    return user


@transaction.atomic
def vouch_for_address(user: User, *, address: str, reason: str, by: User) -> User:
    """The operator says that this address is the person's: it becomes a login without its mail being asked.

    Raises PermissionDenied, ReasonMissingError, AddressYoursAlreadyError, MergeRefusedError when somebody uses it.
    """
    if not by.is_superuser or not by.is_active:
        raise PermissionDenied
    if not reason.strip():
        raise ReasonMissingError
    address = canonical_email(address)
    owner = _owner_of(address, besides=user)
    locked = _locked_users(user.pk, *([owner.pk] if owner else []))
    user = locked[user.pk]
    if EmailAddress.objects.filter(user=user, email=address, verified=True).exists():
        raise AddressYoursAlreadyError
    if owner is not None:
        if has_been_used(locked[owner.pk]):
            raise MergeRefusedError.in_use()
        merge_accounts(kept=user, closed=locked[owner.pk], by=by)
    _take(user, address, by=by, told=held_addresses(user), reason=reason.strip())
    return user


# --- primary, remove -----------------------------------------------------------------------------


@transaction.atomic
def make_primary(user: User, *, address: str) -> User:
    """Mail about the account goes to this one of its addresses. Raises AddressNotYoursError, NotConfirmedError."""
    user = _locked_users(user.pk)[user.pk]
    entry = _own(user, address)
    if not entry.verified:
        raise NotConfirmedError
    if entry.primary:
        return user
    told = held_addresses(user)
    EmailAddress.objects.filter(user=user, primary=True).update(primary=False)
    EmailAddress.objects.filter(pk=entry.pk).update(primary=True)
    user.email = entry.email
    user.save(update_fields=["email"])
    audit.record("primary address changed", user, by=user)
    _announce(user, AddressChange.MADE_PRIMARY, entry.email, told=told, by=user)
    return user


@transaction.atomic
def remove_address(user: User, *, address: str) -> User:
    """It logs in to this account no longer; what was issued to it stays. Raises AddressNotYoursError, LastAddressError."""
    user = _locked_users(user.pk)[user.pk]
    entry = _own(user, address)
    if entry.primary:
        raise LastAddressError
    told = held_addresses(user)
    entry.delete()
    AddressProof.objects.filter(user=user, address=entry.email).delete()
    # What was mailed there opens nothing any more.
    user.temporary_passwords.filter(sent_to=entry.email, spent_at=None).update(spent_at=clock.now())
    if entry.verified:
        forget_tries([entry.email])
        audit.record("address removed", user, by=user)
        _announce(user, AddressChange.REMOVED, entry.email, told=told, by=user)
    return user


# --- inside --------------------------------------------------------------------------------------


def _take(user: User, address: str, *, by: User, told: list[str], reason: str = "") -> None:
    EmailAddress.objects.update_or_create(
        user=user, email=address, defaults={"verified": True, "primary": address == user.email}
    )
    AddressProof.objects.filter(user=user, address=address, spent_at=None).update(spent_at=clock.now())
    audit.record("address added", user, by=by, reason=reason)
    _announce(user, AddressChange.ADDED, address, told=told, by=by)


def _announce(user: User, change: AddressChange, address: str, *, told: list[str], by: User) -> None:
    address_changed.send(sender=User, user=user, change=change, address=address, told=told, by=by)


def _held(user: User) -> "models.QuerySet[EmailAddress]":
    held: models.QuerySet[EmailAddress] = EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), user=user)
    return held


def _own(user: User, address: str) -> EmailAddress:
    entry = EmailAddress.objects.filter(user=user, email=canonical_email(address)).first()
    if entry is None:
        raise AddressNotYoursError
    return entry


def _owner_of(address: str, *, besides: User) -> User | None:
    """The other account that this address logs in to or was opened for."""
    entry = (
        EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email=address)
        .exclude(user=besides)
        .select_related("user")
        .order_by("-verified")
        .first()
    )
    return entry.user if entry else None


def _locked_users(*ids: uuid.UUID) -> dict[uuid.UUID, User]:
    """In the order of their ids: two merges that meet wait for each other instead of for ever.

    Rows that only refer to an account can be written meanwhile: whoever writes them may hold a badge that we want next.
    """
    return {user.pk: user for user in User.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk")}
