"""Being allowed to choose a password is less than being logged in, so it is no log-in: the visitor stays a stranger.

Everything that asks who somebody is (`request.user`, permissions, the admin) sees nobody; ChoosePasswordMiddleware only
saves the detour over the log-in page. The session holds who may choose and by what right; the action that sets the
password looks at that right again.
"""

import uuid
from typing import NamedTuple
from urllib.parse import urlencode

from django.http import HttpRequest
from django.middleware.csrf import rotate_token
from django.urls import reverse

from badgecert.accounts.models import TemporaryPassword, User

_KEY = "choosing_password"
_ADDRESS_KEY = "address_to_log_in_with"


class Choosing(NamedTuple):
    user: User
    # The address of the account that the right was mailed to.
    address: str
    # None: a claim link gave the right, which holds only while the account has no password.
    temporary_password_id: uuid.UUID | None
    # Where the visitor was on the way to.
    next: str


def let_choose_password(request: HttpRequest, given: TemporaryPassword, *, next: str = "") -> None:
    """The holder of a temporary password, or of its link, may choose a password in this browser."""
    _start(request, user=given.user, address=given.sent_to, temporary_password=given, next=next)


def allow_choosing_password(request: HttpRequest, user: User, address: str, *, next: str = "") -> bool:
    """Whoever has just proven an address of an account that has no password yet may choose one in this browser.

    False, and nothing happens, when the account has a password or is locked, or somebody is logged in here.
    """
    if user.has_usable_password() or user.is_locked or not user.is_active or request.user.is_authenticated:
        return False
    _start(request, user=user, address=address, temporary_password=None, next=next)
    return True


def choosing_password(request: HttpRequest) -> Choosing | None:
    """Who may choose a password in this browser. Costs a query only for those few."""
    state = request.session.get(_KEY)
    if state is None:
        return None
    user = User.objects.filter(pk=state["user"], is_active=True).first()
    if user is None:
        return None
    given = state["temporary_password"]
    return Choosing(user, state["address"], uuid.UUID(given) if given else None, state["next"])


def stop_choosing_password(request: HttpRequest, choosing: Choosing) -> str:
    """The right is used or gone: where to log in, with the address filled in."""
    request.session.flush()
    request.session[_ADDRESS_KEY] = choosing.address
    query = f"?{urlencode({'next': choosing.next})}" if choosing.next else ""
    return reverse("account_login") + query


def address_to_log_in_with(request: HttpRequest) -> str:
    """Filled in on the log-in page for somebody who has just chosen a password here."""
    address: str = request.session.get(_ADDRESS_KEY, "")
    return address


def _start(
    request: HttpRequest, *, user: User, address: str, temporary_password: TemporaryPassword | None, next: str
) -> None:
    # A new session under a new key: whoever planted the old one is left with nothing.
    request.session.flush()
    rotate_token(request)
    request.session[_KEY] = {
        "user": str(user.pk),
        "address": address,
        "temporary_password": str(temporary_password.pk) if temporary_password else None,
        "next": next,
    }
