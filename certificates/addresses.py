"""The addresses that stand in credentials. They are ids: none of them may ever change."""

from functools import lru_cache

from django.conf import settings
from django.urls import reverse

from certificates.openbadges.keys import did_web


def did_of(issuer_slug: str) -> str:
    return did_web(settings.BASE_URL, "issuers", issuer_slug)


def status_list_address(issuer_slug: str, number: int) -> str:
    return absolute("certificates:status_list", issuer_slug, number)


def picture_address(sha256: str) -> str:
    return absolute("picture", sha256)


def absolute(name: str, *arguments: str | int) -> str:
    return _absolute(settings.BASE_URL, name, arguments)


# Of a thousand credentials most addresses are the same, and finding them takes as long as signing.
@lru_cache(maxsize=256)
def _absolute(base: str, name: str, arguments: tuple[str | int, ...]) -> str:
    return base + reverse(name, args=arguments)
