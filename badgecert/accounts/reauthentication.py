"""Before something that could take an account away from its owner, the password is asked for once more.

A log-in counts for PROVEN_FOR; after that a session found open on somebody's desk can look and not take.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast
from urllib.parse import urlencode

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from badgecert.accounts.actions import count_failed_login
from badgecert.accounts.exceptions import AccountLockedError, WrongCurrentPasswordError
from badgecert.accounts.known_browsers import this_browser
from badgecert.accounts.models import User
from badgecert.core import clock

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)

PROVEN_FOR = timedelta(minutes=15)
_KEY = "proven_at"


def is_recently_proven(request: HttpRequest) -> bool:
    """Whoever sits here has logged in, or shown the password again, a short while ago."""
    proven_at: float = request.session.get(_KEY, 0)
    return clock.now().timestamp() - proven_at < PROVEN_FOR.total_seconds()


def recently_proven(
    view: Callable[Concatenate[R, P], HttpResponseBase],
) -> Callable[Concatenate[R, P], HttpResponseBase]:
    """The view asks for the password first when the log-in is some time ago; then the page it stood on comes back."""

    @wraps(view)
    def guarded(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if is_recently_proven(request):
            return view(request, *args, **kwargs)
        # What was typed into a form is typed again: a password page that repeats posts would be a weapon.
        back = request.path if request.method in {"GET", "HEAD"} else reverse("earners:profile")
        return redirect(f"{reverse('account_reauthenticate')}?{urlencode({'next': back})}")

    return guarded


def prove_again(request: HttpRequest, *, password: str) -> None:
    """A wrong password counts like a failed log-in. Raises AccountLockedError, WrongCurrentPasswordError."""
    user = User.objects.get(pk=cast(User, request.user).pk)
    browser = this_browser(request)
    if user.is_locked and browser is None:
        raise AccountLockedError
    if not user.check_password(password):
        count_failed_login(user, browser=browser)
        raise WrongCurrentPasswordError
    _note(request)
    # allauth's own pages, such as those for passkeys, ask its record.
    reauthenticate_by_password(request)


@receiver(user_logged_in)
def note_the_log_in(request: HttpRequest, **kwargs: Any) -> None:
    _note(request)


def _note(request: HttpRequest) -> None:
    request.session[_KEY] = clock.now().timestamp()
