"""Each line is broken in the database, alone, and is then the only one that changes."""

import hashlib
import json
import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from badgecert.core import clock
from badges.actions.issuances import NewIssuance, correct_issuance, revoke_issuance
from badges.disclosure import can_see, preview_disclosure
from badges.models import Issuance
from certificates.actions.keys import mark_key_compromised, open_ed25519, rotate_key
from certificates.actions.log import sequence_entries
from certificates.checks import Check, Outcome, checks_of, checks_without_an_answer
from certificates.models import Credential, SigningKey
from certificates.openbadges import merkle
from certificates.records import Records, records_of
from issuers.models import Issuer
from tests.certificates.tampering import tamper
from tests.factories import issue


@pytest.fixture
def issuance(badge) -> Issuance:
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())
    return logged(issue(badge, issued_on=date(2024, 1, 1), expires_on=date(2100, 1, 1)))


def logged(issuance: Issuance) -> Issuance:
    # Not on commit here: the test's own transaction never ends.
    sequence_entries()
    return issuance


def outcomes(issuance: Issuance, *, version: int | None = None) -> dict[str, str]:
    return {check.name: check.outcome for check in lines(issuance, version=version)}


def lines(issuance: Issuance, *, version: int | None = None) -> list[Check]:
    seen = can_see(issuance.code, version=version)
    return checks_of(seen, records_of(seen.version_id))


ALL_PASSED = dict.fromkeys(("record", "signature", "log", "revocation", "suspension", "dates", "domain"), "passed")


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


VERSION = "update badges_issuanceversion set {}"
BADGE = "update badges_badgeversion set {}"
CREDENTIAL = "update certificates_credential set {}"
ONE_LETTER = {
    "name": VERSION.format("recipient_name = 'Amara Okafor-Lindquist'"),
    "issue date": VERSION.format("issued_on = '2024-01-02'"),
    "expiry date": VERSION.format("expires_on = '2100-01-02'"),
    "expiry date gone": VERSION.format("expires_on = null"),
    "narrative": VERSION.format("narrative = 'Led two audits.'"),
    "evidence": VERSION.format("""evidence = '[{"name": "Audit", "url": "https://a.example/2"}]'"""),
    "issuer": VERSION.format("issuer_name = issuer_name || '.'"),
    "badge": BADGE.format("name = 'Infection Control Practitoner'"),
    "description": BADGE.format("description = description || '!'"),
    "criteria": BADGE.format("criteria_to_earn = 'Pass the examination.'"),
    "skills": BADGE.format("""skills = '[{"name": "Surgery", "url": ""}]'"""),
    "skill's address": BADGE.format("""skills = '[{"name": "Asepsis", "url": "https://a.example/other"}]'"""),
    "signed words": CREDENTIAL.format("document = replace(document, 'Amara', 'Amora')"),
    "signed space": CREDENTIAL.format("document = document || ' '"),
    "no document": CREDENTIAL.format("document = 'null'"),
    "digest": CREDENTIAL.format("sha256 = repeat('0', 64)"),
    "signature": CREDENTIAL.format("sha256_signature = sha256_signature || '\\x00'::bytea"),
    "key": "update certificates_signingkey set public = 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'",
}


@pytest.fixture
def told(badge) -> Issuance:
    """An issuance that says all that one can."""
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())
    return logged(
        issue(
            badge,
            issued_on=date(2024, 1, 1),
            expires_on=date(2100, 1, 1),
            narrative="Led an audit.",
            evidence=[{"name": "Audit", "url": "https://a.example/1"}],
        )
    )


@pytest.mark.parametrize("statement", ONE_LETTER.values(), ids=ONE_LETTER)
def test_one_letter_changed_in_the_database_changes_the_line_of_the_signature_alone(
    told: Issuance, statement: str
) -> None:
    assert outcomes(told) == ALL_PASSED
    page = Client().get(f"/v/{told.code}")
    assert "The record has not been altered" in page.content.decode()

    tamper(statement)

    assert outcomes(told) == {**ALL_PASSED, "signature": "failed"}
    [line] = [check for check in lines(told) if check.name == "signature"]
    assert line.title == "The record has been altered"
    # The page that was made a moment ago is not shown again, not even to whoever has it.
    again = Client(headers={"if-none-match": page["ETag"]}).get(f"/v/{told.code}")
    assert "The record has been altered" in again.content.decode()
    assert "The record has not been altered" not in again.content.decode()


ENTRY = "update certificates_logentry set {}"
PROOF = "update certificates_logproof set {}"
HEAD = "update certificates_treehead set {}"
ONE_BYTE = {
    "kind": ENTRY.format("kind = 'corrected'"),
    "issuance": ENTRY.format("issuance_id = id"),
    "version": ENTRY.format("version = 2"),
    "words": ENTRY.format("says = set_byte(says, 0, get_byte(says, 0) # 1)"),
    "badge": ENTRY.format("badge = set_byte(badge, 0, get_byte(badge, 0) # 1)"),
    "document": ENTRY.format("document = set_byte(document, 0, get_byte(document, 0) # 1)"),
    "time": ENTRY.format("recorded_at = recorded_at - interval '1 day'"),
    "salt": ENTRY.format("salt = set_byte(salt, 0, get_byte(salt, 0) # 1)"),
    "leaf": ENTRY.format("leaf_hash = set_byte(leaf_hash, 0, get_byte(leaf_hash, 0) # 1)"),
    "number": ENTRY.format("index = 7"),
    "path": PROOF.format(r"path = path || '\x00'::bytea"),
    "root": HEAD.format("root = set_byte(root, 0, get_byte(root, 0) # 1)"),
    "size": HEAD.format("size = 2"),
    "head's time": HEAD.format("signed_at = signed_at - interval '1 second'"),
    "head's signature": HEAD.format("signature = set_byte(signature, 0, get_byte(signature, 0) # 1)"),
    "key": "update certificates_logkey set public = 'z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK'",
}


@pytest.mark.parametrize("statement", ONE_BYTE.values(), ids=ONE_BYTE)
def test_one_byte_changed_in_the_log_changes_its_line_alone(issuance: Issuance, statement: str) -> None:
    assert outcomes(issuance) == ALL_PASSED
    page = Client().get(f"/v/{issuance.code}")

    tamper(statement)

    assert outcomes(issuance) == {**ALL_PASSED, "log": "failed"}
    again = Client(headers={"if-none-match": page["ETag"]}).get(f"/v/{issuance.code}").content.decode()
    assert "The public log says something else" in again
    assert "<title>Not confirmed: " in " ".join(again.split())


def test_record_that_was_signed_anew_is_not_what_was_logged(issuance: Issuance) -> None:
    """Somebody has the database and the key: the signature fits, and the log does not."""
    [credential] = Credential.objects.all()
    document = json.loads(credential.document) | {"extra": "word"}
    text = json.dumps(document)
    digest = hashlib.sha256(text.encode())
    signature = open_ed25519(credential.key).sign(digest.digest())

    tamper(CREDENTIAL.format("document = %s, sha256 = %s, sha256_signature = %s"), text, digest.hexdigest(), signature)

    assert outcomes(issuance) == {**ALL_PASSED, "log": "failed"}


def test_line_of_the_log_waits_for_a_number(badge) -> None:
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())
    issuance = issue(badge, issued_on=date(2024, 1, 1))
    page = Client().get(f"/v/{issuance.code}")

    assert outcomes(issuance) == {**ALL_PASSED, "log": "could_not_check"}
    assert "It waits for its place in the public log" in page.content.decode()

    sequence_entries()
    again = Client(headers={"if-none-match": page["ETag"]}).get(f"/v/{issuance.code}").content.decode()

    assert outcomes(issuance) == ALL_PASSED
    assert "It has been in the public log since 22 November 2026" in again


def test_page_shows_the_proof_from_the_log(badge) -> None:
    issued = [issue(badge, name=f"Ana {number}") for number in range(5)]
    sequence_entries()
    proof = issued[2].current_version.log_proof

    page = Client().get(f"/v/{issued[2].code}").content.decode()

    path = [bytes(proof.path)[start : start + 32].hex() for start in range(0, len(proof.path), 32)]
    shown = re.findall("<code>([0-9a-f]+)</code>", page)
    assert shown == [proof.entry.leaf_hash.hex(), *path, proof.head.root.hex(), proof.head.signature.hex()]
    assert merkle.is_included(
        bytes.fromhex(shown[0]), 2, 5, [bytes.fromhex(node) for node in shown[1:-2]], bytes.fromhex(shown[-2])
    )


def test_page_of_an_altered_record_is_not_green(told: Issuance) -> None:
    tamper(ONE_LETTER["name"])

    text = " ".join(Client().get(f"/v/{told.code}").content.decode().split())

    assert "<title>Not confirmed: " in text
    assert "Do not rely on this badge" in text
    assert f"not confirmed by the signature of <bdi>{told.issuer.name}</bdi> and the public log" in text
    assert '<section class="plate" data-tone="danger" data-faded>' in text


def test_revocation_says_more_than_an_altered_record(told: Issuance, staff) -> None:
    revoke_issuance(told, reason="Issued in error", by=staff)
    tamper(ONE_LETTER["badge"])

    assert "<title>Revoked: " in " ".join(Client().get(f"/v/{told.code}").content.decode().split())


def test_signature_line_holds_for_every_version_and_for_one_whose_name_is_hidden(issuance: Issuance, staff) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor", hides_earlier_name=True)

    assert outcomes(issuance)["signature"] == outcomes(issuance, version=1)["signature"] == "passed"


def test_signature_line_holds_while_the_issuer_changes_its_contacts(issuance: Issuance) -> None:
    Issuer.objects.update(name="North Gate", email="new@northgate.example", time_zone="Pacific/Auckland")

    assert outcomes(issuance) == ALL_PASSED


def test_a_record_without_its_credential_is_not_signed(issuance: Issuance) -> None:
    tamper("delete from certificates_credential")

    [line] = [check for check in lines(issuance) if check.name == "signature"]
    assert outcomes(issuance) == {**ALL_PASSED, "signature": "failed"}
    assert line.title == "The record is not signed"


@pytest.mark.parametrize(("days", "outcome"), [(-1, "failed"), (1, "passed")])
def test_a_compromised_key_counts_for_what_was_signed_before(issuance: Issuance, days: int, outcome: str) -> None:
    mark_key_compromised(SigningKey.objects.get(), at=clock.now() + timedelta(days=days), by=None)

    assert outcomes(issuance) == {**ALL_PASSED, "signature": outcome}


def test_a_retired_key_still_counts(issuance: Issuance) -> None:
    rotate_key(issuance.issuer, by=None)

    assert outcomes(issuance) == ALL_PASSED


def test_a_preview_has_no_line_about_a_signature(badge) -> None:
    new = NewIssuance(recipient_name="Ana Ruiz", recipient_email="ana@example.org", issued_on=date(2026, 11, 1))

    shown = checks_of(preview_disclosure(badge.current_version, new), Records())

    assert "signature" not in {check.name for check in shown}


def test_the_dates_line_reads_the_expiry_day(badge) -> None:
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())
    expired = logged(issue(badge, issued_on=date(2024, 1, 1), expires_on=clock.today() - timedelta(days=1)))

    assert outcomes(expired) == {**ALL_PASSED, "dates": "failed"}


def test_the_record_line_tells_an_older_version(issuance: Issuance, staff) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")
    sequence_entries()

    assert outcomes(issuance) == ALL_PASSED
    assert outcomes(issuance, version=1) == {**ALL_PASSED, "record": "failed"}


def test_an_unconfirmed_domain_has_no_line(issuance: Issuance) -> None:
    Issuer.objects.update(domain="", domain_confirmed_at=None)

    assert outcomes(issuance) == {name: "passed" for name in ALL_PASSED if name != "domain"}


def test_the_domain_line_says_when_it_was_confirmed(issuance: Issuance) -> None:
    Issuer.objects.update(domain_confirmed_at="2024-02-03T12:00:00Z")

    [line] = [check for check in lines(issuance) if check.name == "domain"]

    assert line.sentence == f"{issuance.issuer.name} showed on 3 February 2024 that it controls northgate.example."


def test_an_unknown_code_has_no_lines(db: None) -> None:
    assert checks_of(can_see("0" * 12), None) == []


def test_without_an_answer_no_line_passes() -> None:
    assert {check.outcome for check in checks_without_an_answer()} == {Outcome.COULD_NOT_CHECK}


def test_the_page_shows_the_lines_as_they_turned_out(issuance: Issuance) -> None:
    _suspend(issuance)

    text = Client().get(f"/v/{issuance.code}").content.decode()

    assert text.count('data-outcome="passed"') == 6
    assert text.count('data-outcome="failed"') == 1
    assert text.count('data-outcome="note"') == 1
