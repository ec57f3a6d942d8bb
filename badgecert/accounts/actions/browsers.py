"""Browsers in which somebody logged in: where they are logged in now, and who is no stranger to the lock."""

import uuid
from collections.abc import Iterable

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, F, OuterRef

from badgecert.accounts.models import KnownBrowser, User
from badgecert.accounts.secrets import keyed_hash, new_link_token
from badgecert.accounts.session_store import session_hash
from badgecert.core import audit, clock


def find_known_browser(user: User, tokens: Iterable[str]) -> KnownBrowser | None:
    """The browser that holds one of these tokens, if this account was logged in to there before."""
    return KnownBrowser.objects.filter(user=user.pk, token_hash__in=[_hash(token) for token in tokens]).first()


@transaction.atomic
def remember_browser(
    user: User, *, name: str, session_key: str, tokens: Iterable[str]
) -> tuple[KnownBrowser, list[str]]:
    """Somebody has just logged in here: the browser's row and its tokens from now on, in clear, for its cookie only."""
    tokens = list(tokens)
    token = new_link_token()
    seen = {
        "token_hash": _hash(token),
        "name": name,
        "failed_logins": 0,
        "session_hash": session_hash(session_key),
        "logged_in_at": clock.now(),
    }
    browser = find_known_browser(user, tokens)
    if browser is None:
        return KnownBrowser.objects.create(user=user, **seen), [token, *tokens]
    # The token is new at each log-in: a copied cookie is worth nothing after the owner's next one.
    others = [other for other in tokens if _hash(other) != browser.token_hash]
    for column, value in seen.items():
        setattr(browser, column, value)
    browser.save(update_fields=list(seen))
    return browser, [token, *others]


def browsers_logged_in(user: User) -> list[KnownBrowser]:
    """Where this account is logged in now, newest first."""
    live = Session.objects.filter(session_key=OuterRef("session_hash"), expire_date__gt=clock.now())
    return list(KnownBrowser.objects.filter(Exists(live), user=user).order_by("-logged_in_at"))


def follow_browser_session(browser: KnownBrowser, *, session_key: str) -> None:
    """The browser's session goes on under another key."""
    KnownBrowser.objects.filter(pk=browser.pk).update(session_hash=session_hash(session_key))


def log_out_browser(user: User, *, browser_id: uuid.UUID) -> bool:
    """End one browser's session and forget the browser. False when it is none of this person's."""
    browser = KnownBrowser.objects.filter(user=user, pk=browser_id).first()
    if browser is None:
        return False
    with transaction.atomic():
        Session.objects.filter(session_key=browser.session_hash).delete()
        browser.delete()
        audit.record("browser logged out", user, by=user)
    return True


@transaction.atomic
def log_out_everywhere(user: User, *, by: User) -> None:
    """Every session of the account ends, this one too, and every browser is a stranger again."""
    end_sessions(user)
    audit.record("logged out everywhere", user, by=by)


def end_sessions(user: User, *, keep: uuid.UUID | None = None) -> None:
    """Sessions carry the account's epoch: a new one ends them all at once. `keep` is a browser that stays known.

    Its session ends like the others; the page that keeps it renews it.
    """
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    forgotten = KnownBrowser.objects.filter(user=user)
    if keep is not None:
        forgotten = forgotten.exclude(pk=keep)
    forgotten.delete()


def _hash(token: str) -> str:
    return keyed_hash("known browser", token)
