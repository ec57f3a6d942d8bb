"""Ten failures in a row lock an account, whatever address, spelling or network they came by; so does its issuer by hand.

A browser in which this person logged in before is judged apart: it has ten tries of its own, and while only strangers
filled the account's counter it stays logged in and can log in. When it has used up its own, the lock holds there too.
"""

import uuid

from django.conf import settings
from django.db import models, transaction
from django.db.models import Case, F, Value, When

from badgecert.accounts.actions.addresses import addresses_of
from badgecert.accounts.actions.browsers import end_sessions
from badgecert.accounts.actions.temporary_passwords import spend_temporary_passwords
from badgecert.accounts.exceptions import AlreadyLockedError, NotLockedError, ReasonMissingError
from badgecert.accounts.models import KnownBrowser, User
from badgecert.accounts.signals import account_locked
from badgecert.accounts.tries import forget_tries
from badgecert.core import audit, clock


@transaction.atomic
def count_failed_login(user: User, *, browser: KnownBrowser | None = None) -> None:
    """One more failure in a row; the one that reaches the limit locks the account, once.

    Counting and locking are one statement, so however many try at the same time, none slips between the two.
    """
    limit: int = settings.FAILED_LOGINS_BEFORE_LOCK
    if browser is not None:
        KnownBrowser.objects.filter(pk=browser.pk).update(failed_logins=F("failed_logins") + 1)
        if not KnownBrowser.objects.filter(pk=browser.pk, failed_logins__gte=limit).exists():
            return
        # Now it holds for every browser: none is known any more.
        end_sessions(user)
        has_locked = (
            User.objects.filter(pk=user.pk, locked_at=None).update(failed_logins=limit, locked_at=clock.now()) > 0
        )
    else:
        counted = User.objects.filter(pk=user.pk, locked_at=None).update(
            failed_logins=F("failed_logins") + 1,
            locked_at=Case(
                When(failed_logins__gte=limit - 1, then=Value(clock.now())), output_field=models.DateTimeField()
            ),
        )
        # Asked also where nothing was counted: an account that is not there costs the same.
        is_locked = User.objects.filter(pk=user.pk, locked_at__isnull=False).exists()
        has_locked = counted > 0 and is_locked
    if has_locked:
        user.refresh_from_db(fields=["failed_logins", "locked_at"])
        audit.record("account locked", user, by=None)
        account_locked.send(sender=User, user=user)


@transaction.atomic
def lock_account(user: User, *, reason: str, by: User, issuer_id: uuid.UUID) -> User:
    """Shut an account by hand: somebody else may be in it. It ends everywhere, also in browsers that are known.

    Who may lock whom is decided by the caller, as for unlocking. Raises AlreadyLockedError and ReasonMissingError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if user.is_locked:
        raise AlreadyLockedError
    if not reason.strip():
        raise ReasonMissingError
    user.locked_at = clock.now()
    user.save(update_fields=["locked_at"])
    end_sessions(user)
    audit.record("account locked by hand", user, by=by, issuer_id=issuer_id, reason=reason.strip())
    account_locked.send(sender=User, user=user, issuer_id=issuer_id)
    return user


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
    forget_tries(addresses_of(user))
    audit.record("account unlocked", user, by=by, issuer_id=issuer_id, reason=reason.strip())
    return user
