"""What strangers may do only so often: counted for each network."""

import structlog
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

from badgecert.accounts.brakes import network_of

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60


def may_miss_again(request: HttpRequest) -> bool:
    """Counts a miss. Only misses count and only they are refused: whoever shares an address with somebody who guesses
    still gets an answer about a badge that is there, and 55 random bits are not guessed.
    """
    return _is_within("code-misses", settings.CODE_MISSES_PER_MINUTE, request)


def may_verify_again(request: HttpRequest) -> bool:
    """Counts a badge that was brought to be checked: each one costs work."""
    return _is_within("verifications", settings.VERIFICATIONS_PER_MINUTE, request)


def may_check_many_again(request: HttpRequest) -> bool:
    """Counts a list of up to fifty badges."""
    return _is_within("batch-checks", settings.BATCH_CHECKS_PER_MINUTE, request)


def _is_within(what: str, limit: int, request: HttpRequest) -> bool:
    key = f"{what}:{network_of(request)}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        count: int = cache.incr(key)
    except ValueError:
        # It lapsed between the two lines.
        return True
    except RedisError as error:
        log.warning("requests are not counted", what=what, error=repr(error))
        return True
    return count <= limit
