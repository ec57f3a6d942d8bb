"""How often a wrong password was typed at an address: what the log-in page counts down by.

It counts what was typed, known or not, so the page speaks in the same words to everybody and two addresses never betray
that they are one person's. What locks is another counter, the account's own (`User.failed_logins`). A cache that loses
these costs the countdown, never the lock.
"""

from collections.abc import Iterable
from datetime import timedelta

import structlog
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from badgecert.accounts.secrets import keyed_hash
from badgecert.core.text import canonical_email

_REMEMBERED_FOR = timedelta(days=30).total_seconds()

log = structlog.get_logger(__name__)


def count_try(address: str) -> int:
    """One more wrong password at this address; returns how many tries are left."""
    key = _key(address)
    try:
        cache.add(key, 0, timeout=_REMEMBERED_FOR)
        tries = cache.incr(key)
        # Not every cache keeps the time when it counts.
        cache.touch(key, timeout=_REMEMBERED_FOR)
    except (RedisError, ValueError) as error:
        log.warning("tries at an address are not counted", error=repr(error))
        tries = 1
    limit: int = settings.FAILED_LOGINS_BEFORE_LOCK
    return max(0, limit - tries)


def forget_tries(addresses: Iterable[str]) -> None:
    try:
        cache.delete_many([_key(address) for address in addresses])
    except RedisError as error:
        log.warning("tries at an address are not forgotten", error=repr(error))


def _key(address: str) -> str:
    # A keyed hash: the cache must not become a list of addresses.
    return f"tries:{keyed_hash('tries', canonical_email(address))}"
