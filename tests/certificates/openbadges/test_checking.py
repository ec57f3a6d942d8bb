"""Each way in which a credential can fail has its own verdict."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from joserfc import jws
from joserfc.jwk import RSAKey

from certificates.openbadges.checking import check
from certificates.openbadges.findings import Outcome, Question, Result, Verdict
from certificates.openbadges.jwt import sign_jwt
from certificates.openbadges.keys import rsa_jwk
from certificates.openbadges.proofs import add_proof
from certificates.openbadges.reading import read
from certificates.openbadges.status_list import status_list_credential
from certificates.openbadges.world import KnownKey, Record, Standing, Trust
from tests.certificates.openbadges.examples import CREATED, DID, KEY, METHOD, credential, vector
from tests.certificates.openbadges.worlds import SmallWorld

SIGNED = add_proof(credential(7), key=KEY, verification_method=METHOD, created=CREATED)
STATUS = "https://badges.example.org/issuers/northgate/status/1"
RSA = generate_private_key(public_exponent=65537, key_size=2048)
OURS = KnownKey(public=KEY.public_key(), trust=Trust.OURS, issuer_name="Northgate Council")
DOMAIN = replace(OURS, trust=Trust.DOMAIN)
GOOD = Record(standing=Standing.GOOD, sentence="It stands.", page="https://badges.example.org/v/7")
HOURS = timedelta(hours=1)


def verdict(document: dict[str, Any] | str, world: SmallWorld) -> Result:
    text = document if isinstance(document, str) else json.dumps(document)
    return check(read(text.encode()), world)


def ours(key: KnownKey = OURS, record: Record = GOOD, **more: Any) -> SmallWorld:
    return SmallWorld(keys={METHOD: key}, records=[(SIGNED, record)], **more)


def elsewhere(*marked: int, purpose: str = "revocation", **changes: Any) -> SmallWorld:
    """The issuer is another site, which publishes its list."""
    published = status_list_credential(
        address=STATUS, issuer=DID, purpose=purpose, set_indexes=marked, valid_from=CREATED
    )
    signed = add_proof({**published, **changes}, key=KEY, verification_method=METHOD, created=CREATED)
    return SmallWorld(keys={METHOD: DOMAIN}, documents={STATUS: signed})


def outcomes(result: Result, question: Question) -> list[Outcome]:
    return [found.outcome for found in result.checks if found.question == question]


def test_a_credential_of_ours_is_valid_and_nothing_is_fetched() -> None:
    world = ours()

    result = verdict(SIGNED, world)

    assert result.verdict == Verdict.VALID
    assert {found.outcome for found in result.checks} == {Outcome.PASSED}
    assert result.facts is not None
    assert (result.facts.badge, result.facts.holder) == ("Infection Control Practitioner", "Amara Okafor-Lindqvist")
    assert result.page == GOOD.page
    assert world.asked == []


@pytest.mark.parametrize(
    ("standing", "expected"),
    [
        (Standing.REVOKED, Verdict.REVOKED),
        (Standing.SUSPENDED, Verdict.SUSPENDED),
        (Standing.SUPERSEDED, Verdict.SUPERSEDED),
        (Standing.REMOVED, Verdict.REMOVED),
    ],
)
def test_the_register_has_the_last_word_on_ours(standing: Standing, expected: Verdict) -> None:
    result = verdict(SIGNED, ours(record=replace(GOOD, standing=standing)))

    assert result.verdict == expected
    assert outcomes(result, Question.UNALTERED) == [Outcome.PASSED]


def test_what_the_register_does_not_hold_was_never_issued() -> None:
    result = verdict(SIGNED, SmallWorld(keys={METHOD: OURS}))

    assert (result.verdict, result.facts) == (Verdict.NOT_IN_REGISTER, None)


def test_a_wrong_key_shows_nothing_else_as_checked() -> None:
    stranger = replace(OURS, public=Ed25519PrivateKey.generate().public_key())

    result = verdict(SIGNED, ours(stranger))

    assert (result.verdict, result.facts) == (Verdict.ALTERED, None)
    assert outcomes(result, Question.UNALTERED) == [Outcome.FAILED]
    assert outcomes(result, Question.ISSUER) == [Outcome.COULD_NOT_CHECK]
    assert outcomes(result, Question.STANDING) == [Outcome.COULD_NOT_CHECK]


def test_a_key_of_another_kind_signs_nothing() -> None:
    assert verdict(SIGNED, ours(replace(OURS, public=rsa_jwk(RSA)))).verdict == Verdict.ALTERED


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (CREATED - HOURS / 60, Verdict.NOT_YET_VALID),
        (CREATED, Verdict.VALID),
        (datetime(2028, 11, 1, 22, 59, 59, tzinfo=UTC), Verdict.VALID),
        (datetime(2028, 11, 1, 23, 0, tzinfo=UTC), Verdict.EXPIRED),
    ],
)
def test_dates_count_to_the_second(now: datetime, expected: Verdict) -> None:
    assert verdict(SIGNED, ours(now=now)).verdict == expected


@pytest.mark.parametrize(("retired_at", "expected"), [(CREATED, Verdict.VALID), (CREATED - HOURS, Verdict.KEY_RETIRED)])
def test_a_retired_key_is_good_for_what_it_signed_before(retired_at: datetime, expected: Verdict) -> None:
    assert verdict(SIGNED, ours(replace(OURS, retired_at=retired_at))).verdict == expected


@pytest.mark.parametrize(
    ("logged_at", "expected"),
    [
        (None, Verdict.KEY_COMPROMISED),
        (CREATED + 2 * HOURS, Verdict.KEY_COMPROMISED),
        (CREATED, Verdict.VALID),
    ],
)
def test_a_compromised_key_needs_the_log(logged_at: datetime | None, expected: Verdict) -> None:
    key = replace(OURS, retired_at=CREATED + 9 * HOURS, compromised_at=CREATED + HOURS)

    assert verdict(SIGNED, ours(key, logged_at=logged_at)).verdict == expected


def test_an_issuer_at_its_own_address_is_asked_for_its_list() -> None:
    world = elsewhere(8)

    result = verdict(SIGNED, world)

    assert result.verdict == Verdict.VALID
    assert world.asked == [STATUS]


@pytest.mark.parametrize(("purpose", "expected"), [("revocation", Verdict.REVOKED), ("suspension", Verdict.SUSPENDED)])
def test_a_bit_on_the_list_counts(purpose: str, expected: Verdict) -> None:
    document = credential(7)
    document["credentialStatus"]["statusPurpose"] = purpose
    signed = add_proof(document, key=KEY, verification_method=METHOD, created=CREATED)

    assert verdict(signed, elsewhere(7, purpose=purpose)).verdict == expected


def test_a_list_for_another_purpose_does_not_count() -> None:
    assert verdict(SIGNED, elsewhere(purpose="suspension")).verdict == Verdict.NOT_VALID


def test_V62_a_list_of_another_issuer_does_not_count() -> None:  # noqa: N802  # the corpus's own number
    world = elsewhere()
    other = "did:web:elsewhere.example"
    world.keys[f"{other}#key-1"] = DOMAIN
    published = {**world.documents[STATUS], "issuer": other}
    del published["proof"]
    world.documents[STATUS] = add_proof(published, key=KEY, verification_method=f"{other}#key-1", created=CREATED)

    result = verdict(SIGNED, world)

    assert (result.verdict, result.facts) == (Verdict.NOT_VALID, None)
    assert "Its status list is signed by another issuer." in [found.sentence for found in result.checks]


def test_V63_a_list_that_is_out_of_reach_or_of_date_leaves_the_question_open() -> None:  # noqa: N802
    unreachable = SmallWorld(keys={METHOD: DOMAIN})
    stale = elsewhere(validUntil="2026-11-30T00:00:00Z")

    assert verdict(SIGNED, unreachable).verdict == Verdict.COULD_NOT_CHECK
    assert verdict(SIGNED, stale).verdict == Verdict.COULD_NOT_CHECK


def test_a_changed_list_does_not_count() -> None:
    world = elsewhere(7)
    world.documents[STATUS]["credentialSubject"]["encodedList"] = elsewhere().documents[STATUS]["credentialSubject"][
        "encodedList"
    ]

    assert verdict(SIGNED, world).verdict == Verdict.NOT_VALID


def test_nobody_is_asked_about_an_unknown_issuer() -> None:
    world = SmallWorld(now=datetime(2027, 1, 1, tzinfo=UTC))

    result = verdict(vector("1edtech/simple.json"), world)

    assert result.verdict == Verdict.UNKNOWN_ISSUER
    assert world.asked == []


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("complete", Verdict.UNKNOWN_ISSUER),
        ("simple", Verdict.UNKNOWN_ISSUER),
        ("simple-context-version", Verdict.UNKNOWN_ISSUER),
        ("simple-err-context", Verdict.NOT_VALID),
        ("simple-err-credential-subject-type", Verdict.ALTERED),
        ("simple-err-expired", Verdict.EXPIRED),
        ("simple-err-issuer-type", Verdict.ALTERED),
        ("simple-err-proof-value", Verdict.ALTERED),
        ("simple-err-type", Verdict.ALTERED),
        ("simple-noproof", Verdict.COULD_NOT_CHECK),
    ],
)
def test_credentials_of_1edtech_get_their_verdict(name: str, expected: Verdict) -> None:
    assert verdict(vector(f"1edtech/{name}.json"), SmallWorld()).verdict == expected


# --- JWT -----------------------------------------------------------------------------------------


def test_a_jwt_is_valid_under_its_own_key() -> None:
    text = sign_jwt(SIGNED, key=RSA, kid=f"{DID}#rsa-1")
    world = SmallWorld(keys={f"{DID}#rsa-1": replace(OURS, public=rsa_jwk(RSA))}, records=[(SIGNED, GOOD)])

    assert verdict(text, world).verdict == Verdict.VALID


def test_a_jwt_signed_with_another_key_was_altered() -> None:
    stranger = generate_private_key(public_exponent=65537, key_size=2048)
    text = sign_jwt(SIGNED, key=stranger, kid=f"{DID}#rsa-1")
    world = SmallWorld(keys={f"{DID}#rsa-1": replace(OURS, public=rsa_jwk(RSA))}, records=[(SIGNED, GOOD)])

    assert verdict(text, world).verdict == Verdict.ALTERED


# --- Open Badges 2.0 of others -------------------------------------------------------------------

BOARD = "https://board.example.org"
ASSERTION = {
    "@context": "https://w3id.org/openbadges/v2",
    "id": f"{BOARD}/a/1",
    "type": "Assertion",
    "badge": f"{BOARD}/b/1",
    "verification": {"type": "HostedBadge"},
    "issuedOn": "2026-01-01T00:00:00Z",
}
BADGE = {"id": f"{BOARD}/b/1", "type": "BadgeClass", "name": "First aider", "issuer": f"{BOARD}/i"}
PROFILE = {"id": f"{BOARD}/i", "type": "Issuer", "name": "The Board", "publicKey": f"{BOARD}/key"}


def board(**documents: dict[str, Any]) -> SmallWorld:
    published = {"a": ASSERTION, "b": BADGE, "i": PROFILE, **documents}
    return SmallWorld(
        documents={
            f"{BOARD}/{path}": published[name]
            for name, path in {"a": "a/1", "b": "b/1", "i": "i", "key": "key", "revoked": "revoked"}.items()
            if name in published
        }
    )


def test_a_hosted_badge_is_what_its_address_says() -> None:
    result = verdict(ASSERTION, board())

    assert result.verdict == Verdict.VALID
    assert result.facts is not None
    assert (result.facts.badge, result.facts.issuer) == ("First aider", "The Board")
    assert verdict(f"{BOARD}/a/1", board()).verdict == Verdict.VALID


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (board(a={**ASSERTION, "narrative": "other"}), Verdict.ALTERED),
        (board(a={"id": ASSERTION["id"], "revoked": True, "revocationReason": "Error"}), Verdict.REVOKED),
        (board(b={**BADGE, "id": f"{BOARD}/b/2"}), Verdict.NOT_VALID),
        (SmallWorld(), Verdict.COULD_NOT_CHECK),
    ],
)
def test_a_hosted_badge_that_differs_is_not_good(world: SmallWorld, expected: Verdict) -> None:
    assert verdict(ASSERTION, world).verdict == expected


def test_a_hosted_badge_ends_with_its_day() -> None:
    assertion = {**ASSERTION, "expires": "2026-11-30T23:59:59Z"}

    assert verdict(assertion, board(a=assertion)).verdict == Verdict.EXPIRED


def test_a_hosted_badge_cannot_name_an_issuer_elsewhere() -> None:
    other = "https://famous.example"
    world = board(b={**BADGE, "issuer": f"{other}/i"})
    world.documents[f"{other}/i"] = {**PROFILE, "id": f"{other}/i"}

    result = verdict(ASSERTION, world)

    assert (result.verdict, result.facts) == (Verdict.WRONG_ISSUER, None)


SIGNED_ASSERTION = {**ASSERTION, "verification": {"type": "SignedBadge", "creator": f"{BOARD}/key"}}
PUBLIC_KEY = {
    "id": f"{BOARD}/key",
    "type": "CryptographicKey",
    "owner": f"{BOARD}/i",
    "publicKeyPem": RSA.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode(),
}


def signed_assertion(key: Any = RSA) -> str:
    content = json.dumps(SIGNED_ASSERTION).encode()
    return jws.serialize_compact({"alg": "RS256"}, content, RSAKey.import_key(key), algorithms=["RS256"])


REVOCATIONS = {**PROFILE, "revocationList": f"{BOARD}/revoked"}


@pytest.mark.parametrize(
    ("world", "expected"),
    [
        (board(key=PUBLIC_KEY), Verdict.VALID),
        (board(key={**PUBLIC_KEY, "owner": "https://famous.example"}), Verdict.WRONG_ISSUER),
        (board(key=PUBLIC_KEY, i={**PROFILE, "publicKey": f"{BOARD}/other"}), Verdict.WRONG_ISSUER),
        (board(), Verdict.COULD_NOT_CHECK),
        (board(key=PUBLIC_KEY, i=REVOCATIONS), Verdict.COULD_NOT_CHECK),
        (board(key=PUBLIC_KEY, i=REVOCATIONS, revoked={"revokedAssertions": []}), Verdict.VALID),
        (board(key=PUBLIC_KEY, i=REVOCATIONS, revoked={"revokedAssertions": [ASSERTION["id"]]}), Verdict.REVOKED),
        (
            board(key=PUBLIC_KEY, i=REVOCATIONS, revoked={"revokedAssertions": [{"id": ASSERTION["id"]}]}),
            Verdict.REVOKED,
        ),
    ],
)
def test_a_signed_badge_of_the_older_standard_is_held_by_its_issuers_key(world: SmallWorld, expected: Verdict) -> None:
    assert verdict(signed_assertion(), world).verdict == expected


def test_a_signed_badge_of_the_older_standard_under_another_key_was_altered() -> None:
    stranger = generate_private_key(public_exponent=65537, key_size=2048)

    assert verdict(signed_assertion(stranger), board(key=PUBLIC_KEY)).verdict == Verdict.ALTERED
