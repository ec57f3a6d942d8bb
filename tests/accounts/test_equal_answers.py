"""Nobody can tell from outside whether an address is known: same bytes, same headers, same statements."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.db import connection
from django.test import Client

from badgecert.accounts.actions import answer_password_requests
from issuers.models import Issuer
from notifications.models import Message, MessageKind
from tests.accounts.kinds import KINDS, address_of, make_kinds

WRONG = "not-the-password-at-all"
ASKED = {
    "log in": ("/log-in/", {"password": WRONG}),
    "request on the log-in page": ("/log-in/", {"password": "", "new_password": "1"}),
    "request": ("/log-in/new-password/", {}),
    "first time": ("/log-in/first-time/", {}),
}


@pytest.fixture
def kinds(issuer: Issuer, settings: Any) -> None:
    make_kinds(issuer)
    # Six kinds come from one machine here.
    settings.FAILED_LOGINS_PER_NETWORK_HOUR = 1000
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000000/m/ip"}


@contextmanager
def statements() -> Iterator[list[str]]:
    """What is said to the database, without its values."""
    said: list[str] = []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001  # Django's own
        said.append(re.sub(r'"s\d+_x\d+"', "savepoint", sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield said


def whole_answer(response: Any, address: str) -> str:
    """Status, headers, cookies' names and bytes, without what was typed and the tokens of this very request."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return repr((response.status_code, sorted(response.headers.items()), sorted(response.cookies), page)).replace(
        address, "…"
    )


@pytest.mark.parametrize("asked", ASKED)
def test_answers_are_the_same_for_every_kind_of_address(kinds: None, asked: str) -> None:
    path, typed = ASKED[asked]

    answers = set()
    for kind in KINDS:
        address = address_of(kind)
        answers.add(whole_answer(Client().post(path, {"email": address, **typed}), address))

    assert len(answers) == 1


@pytest.mark.parametrize("asked", ASKED)
def test_statements_are_the_same_for_every_kind_of_address(kinds: None, asked: str) -> None:
    path, typed = ASKED[asked]

    said_for = {}
    for kind in KINDS:
        client = Client()
        with statements() as said:
            client.post(path, {"email": address_of(kind), **typed})
        said_for[kind] = said

    assert said_for["known"] != []
    assert [kind for kind in KINDS if said_for[kind] != said_for["unknown"]] == []


def test_one_password_is_hashed_for_every_kind_of_address(issuer: Issuer, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.test_equal_answers.CountingHasher", *settings.PASSWORD_HASHERS]
    make_kinds(issuer)
    hashed = {}
    for kind in KINDS:
        CountingHasher.count = 0
        Client().post("/log-in/", {"email": address_of(kind), "password": WRONG})
        hashed[kind] = CountingHasher.count

    assert set(hashed.values()) == {1}


class CountingHasher(PBKDF2PasswordHasher):
    algorithm = "counting"
    iterations = 1
    count = 0

    def encode(self, *args: Any, **kwargs: Any) -> str:
        CountingHasher.count += 1
        return super().encode(*args, **kwargs)


def test_countdown_is_the_same_for_every_kind_of_address(kinds: None) -> None:
    pages = {}
    for kind in KINDS:
        address = address_of(kind)
        pages[kind] = [
            whole_answer(Client().post("/log-in/", {"email": address, "password": WRONG}), address) for _ in range(11)
        ]

    assert [kind for kind in KINDS if pages[kind] != pages["unknown"]] == []
    assert "3 tries left before the account locks" in pages["unknown"][6]
    assert "This account is locked" in pages["unknown"][9]


def test_mail_goes_only_to_who_can_use_it_and_not_within_the_request(kinds: None) -> None:
    mails = Message.objects.filter(kind=MessageKind.PASSWORD)
    for kind in KINDS:
        Client().post("/log-in/new-password/", {"email": address_of(kind)})
    in_the_request = mails.count()

    answer_password_requests()

    assert in_the_request == 0
    assert set(mails.values_list("to_address", flat=True)) == {
        address_of(kind) for kind in ("known", "unclaimed", "staff")
    }
