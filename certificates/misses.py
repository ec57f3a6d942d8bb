"""Codes that were not found, counted for each network address, so that nobody tries them through."""

import structlog
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

WINDOW_SECONDS = 60


def may_miss_again(request: HttpRequest) -> bool:
    """Counts a miss. Only misses count and only they are refused: whoever shares an address with somebody who guesses
    still gets an answer about a badge that is there, and 55 random bits are not guessed.
    """
    key = f"code-misses:{get_adapter().get_client_ip(request)}"
    try:
        cache.add(key, 0, WINDOW_SECONDS)
        misses: int = cache.incr(key)
    except ValueError:
        # It lapsed between the two lines.
        return True
    except RedisError as error:
        log.warning("misses are not counted", error=repr(error))
        return True
    return misses <= int(settings.CODE_MISSES_PER_MINUTE)
