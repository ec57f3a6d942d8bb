"""Whose account an address and a password open."""

from collections.abc import Iterable
from typing import NamedTuple

from django.contrib.auth.hashers import make_password
from django.db.models import Case, Exists, F, Q, Value, When

from badgecert.accounts import brakes
from badgecert.accounts.actions.addresses import addresses_of, find_user
from badgecert.accounts.actions.browsers import find_known_browser
from badgecert.accounts.actions.lock import count_failed_login
from badgecert.accounts.exceptions import TemporaryPasswordExpiredError, TooManyTriesError, WrongPasswordError
from badgecert.accounts.mfa import second_factors_of
from badgecert.accounts.models import KnownBrowser, TemporaryPassword, User
from badgecert.accounts.secrets import hash_temporary_password, keyed_hash
from badgecert.accounts.tries import count_try, forget_tries
from badgecert.core import clock


class Proof(NamedTuple):
    """Whose account it is and, when a temporary password showed it, which one: that leads only to choosing another."""

    user: User
    temporary_password: TemporaryPassword | None


def prove_identity(*, address: str, password: str, tokens: Iterable[str] = (), network: str = "") -> Proof:
    """Whose account an address and a password open; what stands against it is counted here.

    An unknown address, a closed or a locked account and a wrong password are the same to the caller, take the same
    statements and one comparison each. `tokens` are those of the browser's cookie; `network` is where it is asked from.
    Raises WrongPasswordError, TooManyTriesError, and TemporaryPasswordExpiredError only to somebody who holds that very
    password.
    """
    tokens = list(tokens)
    user = find_user(address) or _nobody(address)
    browser = find_known_browser(user, tokens)
    # Known browsers are not held up; their tries count for no network.
    braked = "" if browser else network
    if not brakes.may_try(braked):
        raise TooManyTriesError
    if not user.is_active or (user.is_locked and browser is None):
        # It never comes to the comparison with a closed or locked account's own password.
        user = _nobody(address)
    given = (
        TemporaryPassword.objects.filter(
            user=user.pk, user__locked_at=None, secret_hash=hash_temporary_password(password)
        )
        .select_related("user")
        .first()
    )
    if given is not None:
        brakes.take_back_try(braked)
        if not given.is_usable(clock.now()):
            raise TemporaryPasswordExpiredError
        return Proof(user, given)
    if not user.check_password(password):
        count_failed_login(user, browser=browser)
        raise WrongPasswordError(tries_left=count_try(address, browser=_name(browser)))
    if not _start_counting_again(user, browser):
        # Others locked it while this one compared.
        raise WrongPasswordError(tries_left=count_try(address, browser=_name(browser)))
    brakes.take_back_try(braked)
    return Proof(user, None)


def may_enter(user: User, tokens: Iterable[str]) -> bool:
    """What every way in asks last: is the account open, to everybody or at least to the browser with these tokens?"""
    hashes = [keyed_hash("known browser", token) for token in tokens]
    return (
        User.objects.filter(pk=user.pk, is_active=True)
        .filter(Q(locked_at=None) | Q(known_browsers__token_hash__in=hashes))
        .exists()
    )


def _nobody(address: str) -> User:
    """An account that is not there, so that an unknown address costs what a known one does."""
    return User(email=address, password=make_password(None))


def _start_counting_again(user: User, browser: KnownBrowser | None) -> bool:
    # Where a second factor is still to come, wrong codes go on counting: the password alone starts nothing anew.
    waits_for_more = Exists(second_factors_of(user))
    anew = Case(When(waits_for_more, then=F("failed_logins")), default=Value(0))
    is_open = bool(User.objects.filter(pk=user.pk, locked_at=None).update(failed_logins=anew))
    if is_open:
        forget_tries(addresses_of(user))
    if browser is not None:
        forget_tries(addresses_of(user), browser=_name(browser))
        return bool(KnownBrowser.objects.filter(pk=browser.pk).update(failed_logins=anew))
    return is_open


def _name(browser: KnownBrowser | None) -> str:
    return str(browser.pk) if browser else ""
