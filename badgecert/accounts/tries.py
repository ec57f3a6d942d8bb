"""How often a wrong password was typed at an address: what the log-in page counts down by.

It counts what was typed, known or not, so the page speaks in the same words to everybody and two addresses never betray
that they are one person's. A browser that logged in before has a count of its own. What locks is another counter, the
account's (`User.failed_logins`, `KnownBrowser.failed_logins`). A cache that loses these costs the countdown, never the
lock.
"""

from collections.abc import Iterable
from datetime import timedelta

from django.conf import settings

from badgecert.accounts import counters
from badgecert.accounts.secrets import keyed_hash
from badgecert.core.text import canonical_email

_REMEMBERED_FOR = timedelta(days=30).total_seconds()


def count_try(address: str, *, browser: str = "") -> int:
    """One more wrong password at this address; returns how many tries are left. `browser` is a known one's id."""
    tries = counters.count(_key(address, browser), remembered_for=_REMEMBERED_FOR)
    limit: int = settings.FAILED_LOGINS_BEFORE_LOCK
    return max(0, limit - tries)


def forget_tries(addresses: Iterable[str], *, browser: str = "") -> None:
    counters.forget([_key(address, browser) for address in addresses])


def _key(address: str, browser: str) -> str:
    # A keyed hash: the cache must not become a list of addresses.
    return f"tries:{keyed_hash('tries', f'{browser} {canonical_email(address)}')}"
