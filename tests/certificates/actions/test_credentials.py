"""What was issued is signed, in the transaction of the fact, whatever it says."""

import hashlib
import json
from datetime import UTC, date, datetime

import jsonschema
import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.seal import SealError
from badges.actions.issuances import (
    NewIssuance,
    correct_issuance,
    issue_badges,
    reinstate_issuance,
    renew_issuance,
    restore_issuance,
    revoke_issuance,
    suspend_issuance,
)
from badges.exceptions import IssuingImpossibleError
from badges.models import Badge, Issuance, IssuanceVersion
from certificates.actions.keys import open_ed25519
from certificates.models import Credential, StatusList
from certificates.openbadges.canonical import refuse_unsafe
from certificates.openbadges.keys import from_multikey
from certificates.openbadges.proofs import add_proof, check_proof, single_proof
from tests.certificates.openbadges.test_documents import SCHEMAS
from tests.factories import issue

SIGNED_AT = datetime(2026, 11, 22, 14, 32, 7, tzinfo=UTC)
HARD_NAMES = ["Amara Okafor-Lindqvist", "王小明", "محمد بن سلمان", 'Ana "Nan" O’Neil\\', "A\u200dB", "_:Zoë"]


def people(*names: str, **fields) -> list[NewIssuance]:
    return [
        NewIssuance(
            recipient_name=name, recipient_email=f"p{n}@example.org", issued_on=date(2026, 11, 1 + n % 28), **fields
        )
        for n, name in enumerate(names)
    ]


def signed(issuance: Issuance) -> Credential:
    return Credential.objects.select_related("key").get(version_id=issuance.current_version_id)


def assert_verifies(credential: Credential) -> None:
    document = json.loads(credential.document)
    refuse_unsafe(document)
    check_proof(document, single_proof(document), key=from_multikey(credential.key.public))
    digest = hashlib.sha256(credential.document.encode())
    assert credential.sha256 == digest.hexdigest()
    from_multikey(credential.key.public).verify(bytes(credential.sha256_signature), digest.digest())


def test_everything_issued_at_once_is_signed_and_verifies(badge: Badge, staff: User) -> None:
    issued = issue_badges(people(*HARD_NAMES), badge_version=badge.current_version, by=staff)

    for issuance in issued:
        assert_verifies(signed(issuance))
    names = [json.loads(signed(i).document)["credentialSubject"]["identifier"][1]["identityHash"] for i in issued]
    assert names == [name.removeprefix("_:") for name in HARD_NAMES]


@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"expires_on": date(2028, 1, 1)},
        {"narrative": 'Led an "audit".\n\tTwice\\'},
        {"evidence": [{"name": "Audit", "url": "https://a.example/1"}, {"name": "", "url": "https://a.example/a b"}]},
        # The same address twice, and an address that stands elsewhere in the document too.
        {"evidence": [{"name": "A", "url": "https://a.example/1"}, {"name": "B", "url": "https://a.example/1"}]},
        {"evidence": [{"name": "A", "url": "https://northgate.example"}]},
    ],
    ids=lambda fields: "-".join(fields) or "plain",
)
def test_every_shape_is_signed_as_the_plain_way_would(badge: Badge, staff: User, fields) -> None:
    with clock.at(SIGNED_AT):
        issued = issue_badges(people("Ana Ruiz", "Bo Li", **fields), badge_version=badge.current_version, by=staff)

    for issuance in issued:
        credential = signed(issuance)
        document = json.loads(credential.document)
        proof = document.pop("proof")[0]
        private = open_ed25519(credential.key)
        method = f"did:web:testserver:issuers:{badge.issuer.slug}#key-1"
        assert {**document, "proof": [proof]} == add_proof(
            document, key=private, verification_method=method, created=SIGNED_AT
        )
        assert proof["created"] == document["validFrom"] == "2026-11-22T14:32:07Z"


@pytest.mark.parametrize("schema", sorted(SCHEMAS.glob("*.json")), ids=lambda path: path.stem.rpartition(".")[2])
def test_signed_bytes_are_what_the_schemas_ask_for(badge: Badge, schema) -> None:
    issuance = issue(
        badge,
        narrative="Led an audit.",
        evidence=[{"name": "Audit", "url": "https://a.example/1"}],
        expires_on=date(2028, 1, 1),
    )

    validator = jsonschema.Draft201909Validator(
        json.loads(schema.read_text()), format_checker=jsonschema.Draft201909Validator.FORMAT_CHECKER
    )
    assert [error.message for error in validator.iter_errors(json.loads(signed(issuance).document))] == []


def test_signing_many_costs_as_many_statements_as_signing_one(badge: Badge, staff: User) -> None:
    def statements(*names: str) -> int:
        with CaptureQueriesContext(connection) as captured:
            issue_badges(people(*names), badge_version=badge.current_version, by=staff)
        Issuance.objects.update(revoked_at=clock.now(), revocation_reason="so that it can be issued again")
        return len(captured)

    # The first time their accounts are made.
    statements(*HARD_NAMES)

    assert statements("Ana Ruiz") == statements(*HARD_NAMES)


def test_each_version_has_a_place_of_its_own(badge: Badge, staff: User) -> None:
    issuance = issue(badge, expires_on=date(2027, 1, 1))
    renew_issuance(issuance, expires_on=date(2028, 1, 1), by=staff)
    issue(badge)

    places = list(Credential.objects.values_list("status_list__number", "status_index"))

    assert len(set(places)) == len(places) == 3
    assert {number for number, _index in places} == {1}
    assert StatusList.objects.get().used == 3


def test_a_full_list_is_followed_by_a_new_one(badge: Badge, staff: User) -> None:
    issue(badge)
    StatusList.objects.update(used=131_071)

    issued = issue_badges(people("Ana Ruiz", "Bo Li", "Cy Tran"), badge_version=badge.current_version, by=staff)

    assert [signed(issuance).status_list.number for issuance in issued] == [1, 2, 2]
    assert list(StatusList.objects.order_by("number").values_list("used", flat=True)) == [131_072, 2]
    for issuance in issued:
        assert_verifies(signed(issuance))


def bits(issuance: Issuance) -> dict[int, str]:
    versions = IssuanceVersion.objects.filter(issuance=issuance).order_by("number")
    return {version.number: getattr(getattr(version.credential, "status_bit", None), "why", "") for version in versions}


def test_each_change_marks_the_version_that_no_longer_counts(badge: Badge, staff: User) -> None:
    issuance = issue(badge, expires_on=date(2027, 1, 1))
    assert bits(issuance) == {1: ""}

    correct_issuance(issuance, by=staff, reason="slip", recipient_name="Amara Okafor")
    assert bits(issuance) == {1: "superseded", 2: ""}

    suspend_issuance(issuance, reason="review", by=staff)
    assert bits(issuance) == {1: "superseded", 2: "suspended"}

    restore_issuance(issuance, reason="fine", by=staff)
    assert bits(issuance) == {1: "superseded", 2: "suspended", 3: ""}

    revoke_issuance(issuance, reason="issued in error", by=staff)
    assert bits(issuance) == {1: "superseded", 2: "suspended", 3: "revoked"}

    reinstate_issuance(issuance, reason="it was right", by=staff)
    assert bits(issuance) == {1: "superseded", 2: "suspended", 3: "revoked", 4: ""}
    for version in IssuanceVersion.objects.filter(issuance=issuance):
        assert_verifies(version.credential)


def test_a_suspended_badge_that_is_revoked_keeps_its_bit(badge: Badge, staff: User) -> None:
    issuance = issue(badge)
    suspend_issuance(issuance, reason="review", by=staff)

    revoke_issuance(issuance, reason="issued in error", by=staff)

    assert bits(issuance) == {1: "suspended"}


def test_versions_keep_the_award_and_say_since_when_they_hold(badge: Badge, staff: User) -> None:
    with clock.at(SIGNED_AT):
        issuance = issue(badge, issued_on=date(2026, 11, 1), expires_on=date(2027, 1, 1))
    with clock.at(datetime(2026, 12, 1, 8, tzinfo=UTC)):
        issuance = renew_issuance(issuance, expires_on=date(2028, 1, 1), by=staff)

    first, second = (
        json.loads(version.credential.document)
        for version in IssuanceVersion.objects.filter(issuance=issuance).order_by("number")
    )
    assert first["id"] == second["id"]
    assert first["awardedDate"] == second["awardedDate"] == "2026-11-01T00:00:00Z"
    assert (first["validFrom"], second["validFrom"]) == ("2026-11-22T14:32:07Z", "2026-12-01T08:00:00Z")
    assert (first["validUntil"], second["validUntil"]) == ("2027-01-01T23:59:59Z", "2028-01-01T23:59:59Z")


@pytest.mark.parametrize(
    "statement",
    [
        "update certificates_credential set document = replace(document, 'Amara', 'Amora')",
        "delete from certificates_credential",
        "update certificates_statusbit set why = 'superseded'",
        "delete from certificates_statusbit",
    ],
)
def test_the_database_refuses_to_change_what_was_signed(badge: Badge, staff: User, statement: str) -> None:
    revoke_issuance(issue(badge), reason="issued in error", by=staff)

    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_without_a_sealing_key_nothing_is_made_and_nothing_is_half_done(badge: Badge, staff: User, settings) -> None:
    issuance = issue(badge, expires_on=date(2027, 1, 1))
    settings.SEALING_KEYS = []

    with pytest.raises(IssuingImpossibleError):
        renew_issuance(issuance, expires_on=date(2028, 1, 1), by=staff)

    issuance.refresh_from_db()
    assert bits(issuance) == {1: ""}
    assert issuance.current_version.number == 1


def test_without_a_sealing_key_a_badge_can_still_be_revoked(badge: Badge, staff: User, settings) -> None:
    issuance = issue(badge)
    settings.SEALING_KEYS = []

    revoke_issuance(issuance, reason="issued in error", by=staff)

    assert bits(issuance) == {1: "revoked"}


def test_with_another_sealing_key_nothing_is_issued(badge: Badge, staff: User, settings) -> None:
    issue(badge)
    settings.SEALING_KEYS = ["YW5vdGhlci1rZXktYW5vdGhlci1rZXktYW5vdGhlci0="]

    with pytest.raises(SealError, match="None of the SEALING_KEYS opens this"):
        issue(badge)

    assert Issuance.objects.count() == Credential.objects.count() == 1
