import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse

TOKEN = "aG9zdGlsZQ:1vM0xQ:Qm-9_secret"


def names_with_a_token(resolver: URLResolver) -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLResolver):
            yield from (f"{entry.namespace}:{name}" if entry.namespace else name for name in names_with_a_token(entry))
        elif isinstance(entry, URLPattern) and "token" in entry.pattern.converters:
            yield str(entry.name)


@pytest.fixture
def lines(caplog):
    """What stands in the log, as the settings write it."""
    described = settings.LOGGING["formatters"]["json"]
    formatter = structlog.stdlib.ProcessorFormatter(**{name: part for name, part in described.items() if name != "()"})
    return lambda: [formatter.format(record) for record in caplog.records]


def test_every_address_with_a_token_is_logged_without_it(lines):
    names = list(names_with_a_token(get_resolver()))
    for name in names:
        logging.getLogger("django.request").warning("Not Found: %s", reverse(name, args=[TOKEN]))

    written = lines()

    assert {"certificates:share_link", "earners:claim_link", "password_link", "notifications:stop_mails"} <= set(names)
    assert len(written) == len(names)
    assert [line for line in written if "secret" in line or "***" not in json.loads(line)["event"]] == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "logged"),
    [
        (f"/s/{TOKEN}/nothing.png", "Not Found: /s/***/nothing.png"),
        (f"/claim/{TOKEN}/", "Not Found: /claim/***/"),
        ("/v/NOTHING/s", "Not Found: /v/NOTHING/s"),
    ],
)
def test_page_that_is_not_there_is_logged_without_its_token(client, lines, address, logged):
    client.get(address)

    assert logged in [json.loads(line)["event"] for line in lines()]


def test_traceback_and_what_one_was_going_to_are_logged_without_tokens(lines):
    try:
        raise ValueError(f"http://host/claim/{TOKEN}?next=%2Fs%2F{TOKEN}")
    except ValueError:
        structlog.get_logger(__name__).exception("A page failed", path=f"/log-in/link/{TOKEN}/")

    [line] = lines()

    assert "secret" not in line
    assert json.loads(line)["path"] == "/log-in/link/***/"
