"""How fast one machine may try. It slows a machine down and locks nobody: what locks is counted for each account."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

import structlog
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

P = ParamSpec("P")

log = structlog.get_logger(__name__)


def braked(
    view: Callable[Concatenate[HttpRequest, P], HttpResponse],
) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
    """The view answers 429 to a machine that posts more often than ACCOUNT_RATE_LIMITS["login"] allows."""

    @wraps(view)
    def slowed(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if request.method == "POST" and _is_too_fast(request):
            return render(request, "429.html", status=429)
        return view(request, *args, **kwargs)

    return slowed


def _is_too_fast(request: HttpRequest) -> bool:
    try:
        return not ratelimit.consume(request, action="login")
    except RedisError as error:
        # People can log in without Redis; the account's own counter is in the database.
        log.warning("the brake on log-ins does not work", error=repr(error))
        return False
