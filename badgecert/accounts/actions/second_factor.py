"""Taking away a second factor that its owner has lost."""

import uuid

from allauth.mfa.models import Authenticator
from django.db import transaction

from badgecert.accounts.actions.browsers import end_sessions
from badgecert.accounts.actions.temporary_passwords import spend_temporary_passwords
from badgecert.accounts.exceptions import NoSecondFactorError, ReasonMissingError
from badgecert.accounts.models import User
from badgecert.accounts.signals import second_factor_reset
from badgecert.core import audit


@transaction.atomic
def reset_second_factor(user: User, *, reason: str, by: User | None, issuer_id: uuid.UUID | None = None) -> User:
    """Remove passkeys, app and recovery codes. The password goes with them: the person requests a new one by mail.

    So whoever talks somebody into this still needs the mailbox. Who may do it for whom is decided by the caller, as for
    unlock_account(). Raises NoSecondFactorError and ReasonMissingError.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if not reason.strip():
        raise ReasonMissingError
    removed, _by_model = Authenticator.objects.filter(user=user).delete()
    if not removed:
        raise NoSecondFactorError
    user.set_unusable_password()
    user.save(update_fields=["password"])
    spend_temporary_passwords(user)
    end_sessions(user)
    audit.record("second factor reset", user, by=by, issuer_id=issuer_id, reason=reason.strip())
    second_factor_reset.send(sender=User, user=user)
    return user
