"""Asking for a password, choosing one, changing it."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from badgecert.accounts.actions.addresses import addresses_of, confirm_address, find_user
from badgecert.accounts.actions.browsers import end_sessions
from badgecert.accounts.actions.lock import count_failed_login
from badgecert.accounts.actions.temporary_passwords import spend_temporary_passwords
from badgecert.accounts.exceptions import (
    AccountLockedError,
    PasswordAlreadyChosenError,
    TemporaryPasswordExpiredError,
    WrongCurrentPasswordError,
)
from badgecert.accounts.models import KnownBrowser, PasswordRequest, User
from badgecert.accounts.secrets import keyed_hash
from badgecert.accounts.signals import password_requested
from badgecert.accounts.tries import forget_tries
from badgecert.core import audit, clock
from badgecert.core.text import canonical_email

_AN_HOUR = timedelta(hours=1)


def request_password(address: str, *, network: str = "") -> None:
    """Somebody at this address wants a new password; their old one stays.

    Only a row is written, the same for every address: whose it is, and whether it is asked for too often, a worker
    finds out (answer_password_requests). So neither the answer nor the time it takes can tell.
    """
    canonical = canonical_email(address)
    PasswordRequest.objects.create(
        address=canonical,
        address_hash=keyed_hash("password request", canonical),
        network_hash=keyed_hash("password request from", network) if network else "",
    )


def answer_password_requests() -> int:
    """Owe a mail for each request that deserves one; returns how many were looked at. Two at once share the work."""
    answered = 0
    while _answer_next_request():
        answered += 1
    return answered


@transaction.atomic
def _answer_next_request() -> bool:
    request = (
        PasswordRequest.objects.filter(answered_at=None)
        .select_for_update(skip_locked=True)
        .order_by("created_at", "pk")
        .first()
    )
    if request is None:
        return False
    address = request.address
    user = find_user(address)
    request.address, request.answered_at = "", clock.now()
    request.save(update_fields=["address", "answered_at"])
    if user and user.is_active and not user.is_locked and not _is_too_much(request):
        password_requested.send(sender=User, user=user, address=address)
    return True


def _is_too_much(request: PasswordRequest) -> bool:
    """Counts this request and those before it in the hour, so that the order of the answers does not matter."""
    before = PasswordRequest.objects.filter(
        Q(created_at__lt=request.created_at) | Q(created_at=request.created_at, pk__lte=request.pk),
        created_at__gt=request.created_at - _AN_HOUR,
    )
    for_an_address: int = settings.PASSWORD_REQUESTS_PER_HOUR
    for_a_network: int = settings.PASSWORD_REQUESTS_PER_NETWORK_HOUR
    if before.filter(address_hash=request.address_hash).count() > for_an_address:
        return True
    return before.filter(network_hash=request.network_hash).exclude(network_hash="").count() > for_a_network


@transaction.atomic
def choose_password(user: User, *, password: str, address: str, temporary_password_id: uuid.UUID | None = None) -> User:
    """Give the account its own password, by right of a temporary one or, while it has none at all, of a claim link.

    The right is looked at again under a lock: of two browsers with the same temporary password one chooses. Every
    session of the account ends. Raises AccountLockedError, TemporaryPasswordExpiredError, PasswordAlreadyChosenError
    and AddressTakenError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    check_right_to_choose_password(user, temporary_password_id=temporary_password_id)
    user.set_password(password)
    user.failed_logins = 0
    user.save(update_fields=["password", "failed_logins"])
    end_sessions(user)
    spend_temporary_passwords(user)
    confirm_address(user, address=address)
    forget_tries(addresses_of(user))
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


def change_password(user: User, *, current: str, new: str, browser: KnownBrowser | None = None) -> User:
    """Replace one's password; every session of the account ends. A wrong current one counts like a failed log-in.

    `browser` is the known one in which it is done: it stays known, and strangers' lock does not hold there.
    Raises AccountLockedError and WrongCurrentPasswordError.
    """
    user = User.objects.get(pk=user.pk)
    if user.is_locked and browser is None:
        raise AccountLockedError
    if not user.check_password(current):
        count_failed_login(user, browser=browser)
        raise WrongCurrentPasswordError
    with transaction.atomic():
        user.set_password(new)
        user.save(update_fields=["password"])
        end_sessions(user, keep=browser.pk if browser else None)
        spend_temporary_passwords(user)
        audit.record("password changed", user, by=user)
    return user
