"""Up to fifty links and codes at once."""

import csv
import io
import socket
import time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from badgecert.accounts.models import User
from badgecert.core.codes import grouped
from badges.actions.issuances import revoke_issuance
from badges.models import Badge, Issuance, Visibility
from certificates import batch_checks
from certificates.actions.log import sequence_entries
from certificates.batch_checks import MOST_LINES, check_lines
from certificates.fetching import GuardedClient
from tests.factories import issue

HOLDER = "Amara Okafor-Lindqvist"


def table_of(lines: str) -> list[list[str]]:
    response = Client().post("/verify/list/", {"lines": lines, "as": "csv"})
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))


def test_every_line_has_its_answer_and_its_reason(badge: Badge, earner: User, staff: User) -> None:
    good, revoked = issue(badge, to=earner, name=HOLDER), issue(badge, name="Bo Lee")
    private = issue(badge, name="Cy Young")
    sequence_entries()
    revoke_issuance(revoked, reason="issued in error", by=staff)
    Issuance.objects.filter(pk=private.pk).update(visibility=Visibility.PRIVATE)

    header, *rows = table_of(
        f"{good.code}\n\n http://testserver/v/{grouped(revoked.code)} \n{private.code}\n000000000000\nhello\n"
    )

    assert header[:5] == ["Line", "What was given", "Result", "Reason", "Holder"]
    assert [(row[0], row[2], row[4]) for row in rows] == [
        ("1", "Valid", HOLDER),
        ("2", "Revoked", ""),
        ("3", "Private", ""),
        ("4", "Not found", ""),
        ("5", "Not a link or code", ""),
    ]
    assert rows[0][3] == "Every check passed."
    assert "Reason given: issued in error." in rows[1][3]
    assert rows[2][3] == "The holder keeps this badge private."
    assert rows[3][3] == "We have no badge with this code."
    assert rows[4][3] == "A code has 12 characters; this has 5."
    assert rows[0][-2:] == [grouped(good.code), f"http://testserver/v/{good.code}"]


def test_page_shows_the_same_as_a_table(issuance: Issuance) -> None:
    sequence_entries()

    response = Client(enforce_csrf_checks=True).post("/verify/list/", {"lines": f"{issuance.code}\nnothing"})

    text = response.content.decode()
    assert (response.status_code, response["Cache-Control"]) == (200, "no-store")
    assert "2 badges checked" in text
    assert f'href="http://testserver/v/{issuance.code}"' in text
    assert HOLDER in text
    assert not response.cookies


def test_fifty_cost_as_many_queries_as_one(badge: Badge, django_assert_num_queries: Any) -> None:
    issued = [issue(badge, name=f"Ana {number}") for number in range(5)]
    sequence_entries()

    for typed in ([issued[0].code], [one.code for one in issued] * 10):
        with django_assert_num_queries(2):
            lines = check_lines(typed)
        assert {line.reason for line in lines} == {"Every check passed."}
        assert len(lines) == len(typed)


def test_what_was_altered_is_not_valid_here_either(issuance: Issuance) -> None:
    sequence_entries()
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("update badges_issuanceversion set recipient_name = 'x'")
        cursor.execute("set local session_replication_role = origin")

    [line] = check_lines([issuance.code])

    assert (line.look.word, line.look.tone) == ("Not confirmed", "danger")
    assert "The record has been altered." in line.reason


def test_more_than_fifty_are_refused_whole(db: None) -> None:
    response = Client().post("/verify/list/", {"lines": "000000000000\n" * (MOST_LINES + 1)})

    assert response.status_code == 400
    assert "These are 51. Check at most 50 at a time; nothing was checked." in response.content.decode()


@pytest.mark.parametrize("lines", ["", " \n \n"])
def test_nothing_is_refused_with_a_sentence(db: None, lines: str) -> None:
    response = Client().post("/verify/list/", {"lines": lines})

    assert response.status_code == 400
    assert "field-error" in response.content.decode()


def test_lists_have_a_limit_of_their_own(db: None, settings: Any) -> None:
    settings.BATCH_CHECKS_PER_MINUTE = 1

    statuses = [Client().post("/verify/list/", {"lines": "000000000000"}).status_code for _ in range(2)]

    assert statuses == [200, 429]
    assert Client().get("/verify/list/").status_code == 200


def test_file_runs_no_formula(badge: Badge) -> None:
    issuance = issue(badge, name="=HYPERLINK(1)")

    _header, *rows = table_of(f"{issuance.code}\n+1+cmd|' /C calc'!A0\n@x\n＝1\n")

    assert rows[0][4] == "'=HYPERLINK(1)"
    assert [row[1][0] for row in rows[1:]] == ["'", "'", "'"]


# --- other platforms -----------------------------------------------------------------------------


def test_other_platforms_are_asked_only_where_the_operator_allows_it(db: None) -> None:
    [row] = table_of("https://badges.elsewhere.example/v/1")[1:]

    assert row[2] == "Could not check"
    assert "this site does not do that" in row[3]


def test_all_others_together_have_a_bounded_time(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.FETCH_FOREIGN_BADGES = True
    monkeypatch.setattr(batch_checks, "SECONDS", 0.3)
    asked = []

    def silent(host: str) -> list[str]:
        asked.append(host)
        time.sleep(1)
        raise socket.gaierror

    lines = check_lines(
        [f"https://silent-{number}.example/b" for number in range(20)], client=GuardedClient(resolver=silent)
    )

    assert {line.reason for line in lines} == {"The other site did not answer in time. Check this one by itself."}
    assert len(asked) <= 8


def test_one_address_that_is_refused_says_so_and_leaves_the_others(db: None, settings: Any, issuance: Issuance) -> None:
    settings.FETCH_FOREIGN_BADGES = True
    sequence_entries()

    refused, ours, plain = check_lines(["https://127.0.0.1/b", issuance.code, "http://elsewhere.example/b"])

    assert (refused.look.word, ours.look.word) == ("Could not check", "Valid")
    assert "https://127.0.0.1/b could not be read." in refused.reason
    assert plain.look.word == "Not a link or code"
