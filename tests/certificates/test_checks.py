"""Each line is broken in the database, alone, and is then the only one that changes."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from badgecert.core import clock
from badges.actions.issuances import correct_issuance
from badges.disclosure import can_see
from badges.models import Issuance
from certificates.checks import Outcome, checks_of, checks_without_an_answer
from issuers.models import Issuer
from tests.factories import issue


@pytest.fixture
def issuance(badge) -> Issuance:
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())
    return issue(badge, issued_on=date(2024, 1, 1), expires_on=date(2100, 1, 1))


def outcomes(issuance: Issuance, *, version: int | None = None) -> dict[str, str]:
    return {check.name: check.outcome for check in checks_of(can_see(issuance.code, version=version))}


ALL_PASSED = dict.fromkeys(("record", "revocation", "suspension", "dates", "domain"), "passed")


def test_all_lines_pass_while_nothing_is_wrong(issuance: Issuance) -> None:
    assert outcomes(issuance) == ALL_PASSED


def _revoke(issuance: Issuance) -> None:
    Issuance.objects.update(revoked_at=clock.now(), revocation_reason="issued in error")


def _suspend(issuance: Issuance) -> None:
    Issuance.objects.update(suspended_at=clock.now())


@pytest.mark.parametrize(("break_it", "name"), [(_revoke, "revocation"), (_suspend, "suspension")])
def test_a_broken_fact_changes_its_line_alone(
    issuance: Issuance, break_it: Callable[[Issuance], None], name: str
) -> None:
    break_it(issuance)

    assert outcomes(issuance) == {**ALL_PASSED, name: "failed"}


def test_the_dates_line_reads_the_expiry_day(badge) -> None:
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())
    expired = issue(badge, issued_on=date(2024, 1, 1), expires_on=clock.today() - timedelta(days=1))

    assert outcomes(expired) == {**ALL_PASSED, "dates": "failed"}


def test_the_record_line_tells_an_older_version(issuance: Issuance, staff) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    assert outcomes(issuance) == ALL_PASSED
    assert outcomes(issuance, version=1) == {**ALL_PASSED, "record": "failed"}


def test_an_unconfirmed_domain_has_no_line(issuance: Issuance) -> None:
    Issuer.objects.update(domain="", domain_confirmed_at=None)

    assert outcomes(issuance) == {name: "passed" for name in ALL_PASSED if name != "domain"}


def test_the_domain_line_says_when_it_was_confirmed(issuance: Issuance) -> None:
    Issuer.objects.update(domain_confirmed_at="2024-02-03T12:00:00Z")

    [line] = [check for check in checks_of(can_see(issuance.code)) if check.name == "domain"]

    assert line.sentence == f"{issuance.issuer.name} showed on 3 February 2024 that it controls northgate.example."


def test_an_unknown_code_has_no_lines(db: None) -> None:
    assert checks_of(can_see("0" * 12)) == []


def test_without_an_answer_no_line_passes() -> None:
    assert {check.outcome for check in checks_without_an_answer()} == {Outcome.COULD_NOT_CHECK}


def test_the_page_shows_the_lines_as_they_turned_out(issuance: Issuance) -> None:
    _suspend(issuance)

    text = Client().get(f"/v/{issuance.code}").content.decode()

    assert text.count('data-outcome="passed"') == 4
    assert text.count('data-outcome="failed"') == 1
    assert text.count('data-outcome="note"') == 1
