"""What happens to accounts. Nobody makes one for themselves: being issued a badge opens it."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import models, transaction
from django.db.models import Case, F, Q, Value, When

from badgecert.accounts.exceptions import (
    AccountLockedError,
    NotLockedError,
    PasswordAlreadyChosenError,
    ReasonMissingError,
    TemporaryPasswordExpiredError,
    WrongCurrentPasswordError,
    WrongPasswordError,
)
from badgecert.accounts.models import PasswordRequest, TemporaryPassword, User
from badgecert.accounts.secrets import hash_temporary_password, keyed_hash, new_link_token, new_temporary_password
from badgecert.accounts.signals import account_locked, password_requested
from badgecert.accounts.tries import count_try, forget_tries
from badgecert.core import audit, clock
from badgecert.core.models import new_id
from badgecert.core.text import canonical_email


@transaction.atomic
def ensure_users(addresses: Iterable[str]) -> dict[str, User]:
    """The account of each address, opened where there is none. Keys are canonical addresses.

    A constant number of queries for any number of addresses. An address belongs to an account when it is verified
    there or is its primary one; an address that somebody merely typed into a profile catches nothing.
    """
    wanted = {canonical_email(address) for address in addresses}
    found = _owners(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        users = [User(id=new_id(), email=address, password=make_password(None)) for address in missing]
        # Two batches may meet the same newcomer at the same moment: the second one finds the first one's row.
        User.objects.bulk_create(users, ignore_conflicts=True)
        made = User.objects.in_bulk(missing, field_name="email")
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=made[address], email=address, primary=True, verified=False) for address in missing],
            ignore_conflicts=True,
        )
        found |= made
    return found


def _owners(addresses: set[str]) -> dict[str, User]:
    held = (
        EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email__in=addresses)
        .select_related("user")
        # A proven address wins over one that an issuer merely used.
        .order_by("verified")
    )
    return {entry.email: entry.user for entry in held}


def find_user(address: str) -> User | None:
    """The account that this address, in any spelling, logs in to."""
    canonical = canonical_email(address)
    return _owners({canonical}).get(canonical)


def make_temporary_password(
    user: User, *, lasts: timedelta, with_link: bool = False, sent_to: str = ""
) -> tuple[str, str]:
    """A new temporary password for the account and, if asked, its one-time link's token (else ""), both in clear.

    Only the sealed body of a mail may keep what this returns. Using it proves the address it was sent to; without one
    that is the account's own.
    """
    password, token = new_temporary_password(), new_link_token() if with_link else ""
    TemporaryPassword.objects.create(
        user=user,
        sent_to=canonical_email(sent_to or user.email),
        secret_hash=hash_temporary_password(password),
        link_hash=keyed_hash("password link", token) if token else None,
        expires_at=clock.now() + lasts,
    )
    return password, token


def issuance_password_lasts() -> timedelta:
    return timedelta(days=settings.TEMPORARY_PASSWORD_ISSUANCE_DAYS)


def spend_temporary_passwords(user: User, *, at: datetime | None = None) -> None:
    """Choosing a password spends all of them: two mails to a newcomer are one way in."""
    TemporaryPassword.objects.filter(user=user, spent_at=None).update(spent_at=at or clock.now())


def confirm_address(user: User, *, address: str) -> None:
    """The person has shown that this address of the account is theirs: by its mail's link or password."""
    address = canonical_email(address)
    EmailAddress.objects.update_or_create(
        user=user, email=address, defaults={"verified": True, "primary": address == user.email}
    )


# --- logging in ----------------------------------------------------------------------------------


class Proof(NamedTuple):
    """Whose account it is and, when a temporary password showed it, which one: that leads only to choosing another."""

    user: User
    temporary_password: TemporaryPassword | None


def prove_identity(*, address: str, password: str) -> Proof:
    """Whose account an address and a password open; what stands against it is counted here.

    An unknown address, a closed or a locked account and a wrong password are the same to the caller and take the same
    time. Raises WrongPasswordError, and TemporaryPasswordExpiredError only to somebody who holds that very password.
    """
    user = find_user(address)
    if user is None or not user.is_active or user.is_locked:
        # A locked account never comes to the comparison; this is only the time that one takes.
        make_password(password)
        raise WrongPasswordError(tries_left=count_try(address))
    given = user.temporary_passwords.filter(secret_hash=hash_temporary_password(password)).first()
    if given is not None:
        if not given.is_usable(clock.now()):
            raise TemporaryPasswordExpiredError
        return Proof(user, given)
    if not user.check_password(password):
        count_failed_login(user)
        raise WrongPasswordError(tries_left=count_try(address))
    # Others may have locked it while this one compared.
    if not User.objects.filter(pk=user.pk, locked_at=None).update(failed_logins=0):
        raise WrongPasswordError(tries_left=count_try(address))
    forget_tries(_addresses(user))
    return Proof(user, None)


@transaction.atomic
def count_failed_login(user: User) -> None:
    """One more failure in a row; the one that reaches the limit locks the account, once.

    Counting and locking are one statement, so however many try at the same time, none slips between the two.
    """
    counted = User.objects.filter(pk=user.pk, locked_at=None).update(
        failed_logins=F("failed_logins") + 1,
        locked_at=Case(
            When(failed_logins__gte=settings.FAILED_LOGINS_BEFORE_LOCK - 1, then=Value(clock.now())),
            output_field=models.DateTimeField(),
        ),
    )
    user.refresh_from_db(fields=["failed_logins", "locked_at"])
    if counted and user.is_locked:
        audit.record("account locked", user, by=None)
        account_locked.send(sender=User, user=user)


@transaction.atomic
def unlock_account(user: User, *, reason: str, by: User | None, issuer_id: uuid.UUID | None = None) -> User:
    """Open a locked account again. Its passwords no longer count: the person requests a new one.

    Who may unlock whom is decided by the caller, who knows the organisations; `issuer_id` is the one in whose name it
    is done. `by` None is the operator at the command line. Raises NotLockedError and ReasonMissingError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_locked:
        raise NotLockedError
    if not reason.strip():
        raise ReasonMissingError
    user.failed_logins, user.locked_at = 0, None
    # Whoever filled the counter may have been close: what they were guessing at is gone.
    user.set_unusable_password()
    user.save(update_fields=["failed_logins", "locked_at", "password"])
    spend_temporary_passwords(user)
    forget_tries(_addresses(user))
    audit.record("account unlocked", user, by=by, issuer_id=issuer_id, reason=reason.strip())
    return user


def _addresses(user: User) -> list[str]:
    return [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]


# --- passwords -----------------------------------------------------------------------------------


@transaction.atomic
def request_password(address: str) -> None:
    """Somebody at this address wants a new password. What happens is told by mail only, and the old one stays."""
    canonical = canonical_email(address)
    user = find_user(canonical)
    if user is not None:
        # Requests for one account wait for each other, or a burst of them would all be the first.
        user = User.objects.select_for_update().get(pk=user.pk)
    address_hash = keyed_hash("password request", canonical)
    PasswordRequest.objects.create(address_hash=address_hash)
    an_hour_ago = clock.now() - timedelta(hours=1)
    asked = PasswordRequest.objects.filter(address_hash=address_hash, created_at__gt=an_hour_ago).count()
    if user is None or not user.is_active or user.is_locked or asked > settings.PASSWORD_REQUESTS_PER_HOUR:
        return
    password_requested.send(sender=User, user=user, address=canonical)


def find_password_link(token: str) -> TemporaryPassword | None:
    """The temporary password whose one-time link this is, while it can still be used."""
    return (
        TemporaryPassword.objects.usable(clock.now())
        .filter(link_hash=keyed_hash("password link", token), user__is_active=True, user__locked_at=None)
        .select_related("user")
        .first()
    )


@transaction.atomic
def choose_password(user: User, *, password: str, address: str, temporary_password_id: uuid.UUID | None = None) -> User:
    """Give the account its own password, by right of a temporary one or, while it has none at all, of a claim link.

    The right is looked at again under a lock: of two browsers with the same temporary password one chooses. Every
    session of the account ends. Raises AccountLockedError, TemporaryPasswordExpiredError, PasswordAlreadyChosenError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    check_right_to_choose_password(user, temporary_password_id=temporary_password_id)
    user.set_password(password)
    user.failed_logins = 0
    user.save(update_fields=["password", "failed_logins"])
    spend_temporary_passwords(user)
    confirm_address(user, address=address)
    forget_tries(_addresses(user))
    audit.record("password chosen", user, by=user)
    return user


def check_right_to_choose_password(user: User, *, temporary_password_id: uuid.UUID | None) -> None:
    """What choose_password() asks first. Raises as it does."""
    if user.is_locked:
        raise AccountLockedError
    if temporary_password_id is None:
        if user.has_usable_password():
            raise PasswordAlreadyChosenError
    elif not user.temporary_passwords.usable(clock.now()).filter(pk=temporary_password_id).exists():
        raise TemporaryPasswordExpiredError


def change_password(user: User, *, current: str, new: str) -> User:
    """Replace one's password; every session of the account ends. A wrong current one counts like a failed log-in.

    Raises AccountLockedError and WrongCurrentPasswordError.
    """
    user = User.objects.get(pk=user.pk)
    if user.is_locked:
        raise AccountLockedError
    if not user.check_password(current):
        count_failed_login(user)
        raise WrongCurrentPasswordError
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        spend_temporary_passwords(user)
        audit.record("password changed", user, by=user)
    return user
