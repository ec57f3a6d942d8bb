"""Every route of the site, with what its address needs."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from django.urls import URLPattern, URLResolver, get_resolver, reverse


class Route(NamedTuple):
    name: str
    parameters: frozenset[str]
    is_public: bool

    def url(self, values: dict[str, Any]) -> str:
        return reverse(self.name, kwargs={name: values[name] for name in self.parameters})


def routes() -> list[Route]:
    """Those with a name; the few without one are Django's redirects inside the admin."""
    return list(_walk(get_resolver(), namespace="", parameters=frozenset()))


def _walk(resolver: URLResolver, *, namespace: str, parameters: frozenset[str]) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        here = parameters | _parameters(entry)
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from _walk(entry, namespace=inner, parameters=here)
        elif entry.name:
            yield Route(namespace + entry.name, here, not getattr(entry.callback, "login_required", True))


def _parameters(entry: URLPattern | URLResolver) -> frozenset[str]:
    return (
        frozenset(entry.pattern.regex.groupindex) - entry.default_args.keys()
        if isinstance(entry, URLPattern)
        else frozenset(entry.pattern.regex.groupindex)
    )
