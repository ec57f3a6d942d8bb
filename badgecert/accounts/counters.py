"""Counting in the cache: what is lost with it slows nobody down for a while, and opens nothing."""

import structlog
from django.core.cache import cache
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)


def count(key: str, *, remembered_for: float) -> int:
    """One more; returns how many there are. Without a cache there is always one."""
    try:
        cache.add(key, 0, timeout=remembered_for)
        counted: int = cache.incr(key)
        # Not every cache keeps the time when it counts.
        cache.touch(key, timeout=remembered_for)
    except (RedisError, ValueError) as error:
        log.warning("tries are not counted", error=repr(error))
        return 1
    return counted


def uncount(key: str, *, remembered_for: float) -> None:
    try:
        cache.decr(key)
        cache.touch(key, timeout=remembered_for)
    except (RedisError, ValueError) as error:
        log.warning("tries are not counted", error=repr(error))


def forget(keys: list[str]) -> None:
    try:
        cache.delete_many(keys)
    except RedisError as error:
        log.warning("tries are not forgotten", error=repr(error))
