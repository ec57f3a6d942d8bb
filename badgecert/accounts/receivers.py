"""What allauth tells of passkeys and codes: it is remembered, and wrong codes count like wrong passwords."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import (
    authentication_failed,
    authenticator_added,
    authenticator_removed,
    authenticator_reset,
    authenticator_used,
)
from django.dispatch import receiver
from django.http import HttpRequest

from badgecert.accounts.actions import count_failed_login
from badgecert.accounts.actions.browsers import find_known_browser
from badgecert.accounts.known_browsers import tokens_of
from badgecert.accounts.mfa import kind_of
from badgecert.accounts.models import User
from badgecert.accounts.personal_data import personal_data_of
from badgecert.accounts.signals import personal_data_wanted
from badgecert.core import audit


@receiver(authenticator_added)
def note_what_was_added(user: User, authenticator: Authenticator, **kwargs: object) -> None:
    audit.record("second factor added", user, by=user, kind=kind_of(authenticator))


@receiver(authenticator_removed)
def note_what_was_removed(user: User, authenticator: Authenticator, **kwargs: object) -> None:
    audit.record("second factor removed", user, by=user, kind=kind_of(authenticator))


@receiver(authenticator_reset)
def note_new_recovery_codes(user: User, **kwargs: object) -> None:
    audit.record("recovery codes renewed", user, by=user)


@receiver(authentication_failed)
def count_the_wrong_code(request: HttpRequest, user: User, **kwargs: object) -> None:
    """Whoever comes so far knows the password: they have no more tries at the code than others have at that."""
    count_failed_login(user, browser=find_known_browser(user, tokens_of(request)))


@receiver(authenticator_used)
def start_counting_again(user: User, **kwargs: object) -> None:
    User.objects.filter(pk=user.pk, locked_at=None).update(failed_logins=0)


@receiver(personal_data_wanted)
def tell_what_is_held(user: User, **kwargs: object) -> dict[str, Any]:
    return personal_data_of(user)
