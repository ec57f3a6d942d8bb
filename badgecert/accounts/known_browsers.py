"""The cookie by which a browser shows that somebody logged in there before.

It opens nothing: a browser that has it is judged apart when an account locks (actions.lock). It holds a random token
for each account that logged in here last, newest first, and is signed, so that only what we set is looked up.
"""

import uuid

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from badgecert.accounts.actions.browsers import follow_browser_session, remember_browser
from badgecert.accounts.devices import browser_name
from badgecert.accounts.models import KnownBrowser, User

COOKIE = "known_browser"
_SALT = "badgecert.accounts.known_browsers"
# A family's computer, not a library's.
_ACCOUNTS_IN_A_BROWSER = 5
_SESSION_KEY = "known_browser"


def tokens_of(request: HttpRequest) -> list[str]:
    value = request.get_signed_cookie(COOKIE, default="", salt=_SALT, max_age=_lasts())
    return value.split(".")[:_ACCOUNTS_IN_A_BROWSER] if value else []


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Whoever has just logged in here is known here from now on; the token is new each time."""
    if request.session.session_key is None:
        request.session.save()
    browser, tokens = remember_browser(
        user,
        name=browser_name(request.headers.get("User-Agent", "")),
        session_key=str(request.session.session_key),
        tokens=tokens_of(request),
    )
    request.session[_SESSION_KEY] = str(browser.pk)
    response.set_signed_cookie(
        COOKIE,
        ".".join(tokens[:_ACCOUNTS_IN_A_BROWSER]),
        salt=_SALT,
        max_age=_lasts(),
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def this_browser(request: HttpRequest) -> KnownBrowser | None:
    """The known browser of this session: where its person logged in."""
    known = request.session.get(_SESSION_KEY)
    if known is None or not request.user.is_authenticated:
        return None
    return KnownBrowser.objects.filter(pk=uuid.UUID(known), user=request.user).first()


def follow_session(request: HttpRequest) -> None:
    """The session here has got a new key, as it does when a password changes."""
    browser = this_browser(request)
    if browser is not None:
        follow_browser_session(browser, session_key=str(request.session.session_key))


def _lasts() -> int:
    return int(settings.KNOWN_BROWSER_DAYS) * 24 * 60 * 60
