"""How much one network may try. It stands before the lock, so that one machine cannot lock many people; it locks nobody.

A network is an IPv4 address or an IPv6 /64: whoever has one IPv6 address has the other 2^64 too.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from ipaddress import IPv6Address, IPv6Network, ip_address
from typing import Concatenate, ParamSpec, TypeVar

import structlog
from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

from badgecert.accounts import counters
from badgecert.accounts.secrets import keyed_hash
from badgecert.core import clock

P = ParamSpec("P")
R = TypeVar("R", bound=HttpRequest)

log = structlog.get_logger(__name__)

_AN_HOUR = timedelta(hours=1).total_seconds()


def network_of(request: HttpRequest) -> str:
    """Where a request comes from, behind as many front servers as TRUSTED_PROXIES says."""
    address = ip_address(get_adapter().get_client_ip(request))
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return str(mapped or IPv6Network((address, 64), strict=False))
    return str(address)


def may_try(network: str) -> bool:
    """Counts a try at somebody's password from this network, before it is judged: many at once gain nothing.

    take_back_try() gives back what was no failure.
    """
    if not network:
        return True
    limit: int = settings.FAILED_LOGINS_PER_NETWORK_HOUR
    return counters.count(_key(network), remembered_for=_AN_HOUR) <= limit


def take_back_try(network: str) -> None:
    if network:
        counters.uncount(_key(network), remembered_for=_AN_HOUR)


def _key(network: str) -> str:
    # By the clock's hour, so that every cache forgets it in time.
    return f"failures:{clock.now():%Y%m%d%H}:{keyed_hash('network', network)}"


def braked(
    view: Callable[Concatenate[R, P], HttpResponse],
) -> Callable[Concatenate[R, P], HttpResponse]:
    """The view answers 429 to a network that posts more often than ACCOUNT_RATE_LIMITS["login"] allows."""

    @wraps(view)
    def slowed(request: R, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
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
