"""Is it as it was signed, by whom, and is it still good? Asked of anybody's credential; believes nothing unproven.

The signature comes first. When it does not hold, or the key is not the issuer's, nothing else is looked at or shown.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from badgecert.core.sentences import sentence as _
from certificates.openbadges.canonical import JsonObject, refuse_unsafe
from certificates.openbadges.contexts import CREDENTIALS_V2, OPEN_BADGES_V2
from certificates.openbadges.exceptions import (
    ProofError,
    UnavailableError,
    UnknownContextError,
    UnsafeDocumentError,
)
from certificates.openbadges.findings import (
    Check,
    CheckEndedError,
    Facts,
    Question,
    Result,
    Verdict,
    conclude,
    failed,
    passed,
    unchecked,
)
from certificates.openbadges.hosted_checking import check_hosted
from certificates.openbadges.jwt import UncheckedJwt, check_jwt, read_jwt, unpack_jwt
from certificates.openbadges.keys import from_multikey
from certificates.openbadges.proofs import check_proof, single_proof
from certificates.openbadges.reading import Form, Presented
from certificates.openbadges.standing import dates_check, instant, record_check, written
from certificates.openbadges.status_list import is_set
from certificates.openbadges.world import KnownKey, Trust, World

_CREDENTIALS_V1 = "https://www.w3.org/2018/credentials/v1"
# Good kinds of proof that other platforms use and that are not checked here: no ground to call a badge bad.
_OTHER_PROOFS = {
    "BbsBlsSignature2020",
    "EcdsaSecp256k1Signature2019",
    "Ed25519Signature2018",
    "Ed25519Signature2020",
    "JsonWebSignature2020",
    "RsaSignature2018",
}
_OTHER_CRYPTOSUITES = {
    "bbs-2023",
    "ecdsa-jcs-2019",
    "ecdsa-rdfc-2019",
    "ecdsa-sd-2023",
    "eddsa-2022",
    "eddsa-jcs-2022",
}
_OTHER_ALGORITHMS = {
    *("ES256", "ES384", "ES512", "ES256K", "EdDSA", "Ed25519"),
    *("PS256", "PS384", "PS512", "RS384", "RS512"),
}
# Other people's clocks.
_CLOCK_LEEWAY = timedelta(minutes=5)
_STATUS_PURPOSES = {"revocation": Verdict.REVOKED, "suspension": Verdict.SUSPENDED}


def check(presented: Presented, world: World) -> Result:
    """The verdict on what somebody brought."""
    if presented.form == Form.ADDRESS:
        return check_hosted({"id": presented.text}, world, is_only_an_address=True)
    try:
        if presented.form == Form.JWT:
            unpacked = unpack_jwt(presented.text)
            if _is_open_badges_2(unpacked.credential):
                return check_hosted(unpacked.credential, world, signed=unpacked)
        elif _is_open_badges_2(presented.document):
            return check_hosted(presented.document, world)
        seal = _jwt_seal(unpacked) if presented.form == Form.JWT else _proof_seal(presented.document, world.now)
    except CheckEndedError as end:
        return conclude([end.finding])
    except ProofError as error:
        return conclude([_not_valid(str(error))])
    return _check_sealed(seal, world)


def _check_sealed(seal: "_Seal", world: World) -> Result:
    try:
        key = _key_of(seal, world)
        _open(seal, key)
    except CheckEndedError as end:
        return conclude([end.finding])
    credential = seal.credential
    record = world.record_of(credential) if key.trust == Trust.OURS else None
    checks = [
        passed(
            "signature", Question.UNALTERED, _("It is as it was signed"), _("Every letter is covered by the signature.")
        ),
        _issuer_check(seal, key),
        *_key_checks(seal, key, world),
    ]
    try:
        checks.append(dates_check(_valid_from(credential), _valid_until(credential), world.now))
        checks += [record_check(record)] if key.trust == Trust.OURS else _status_checks(seal, key, world)
        facts = _facts(credential, seal.issuer_id, key, hides_holder=_is_revoked(checks))
    except CheckEndedError as end:
        return conclude([*checks, end.finding])
    return conclude(checks, facts=facts, page=record.page if record else "")


# --- who is said to have signed ------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seal:
    """What holds a credential together, and what it claims about itself."""

    credential: JsonObject
    issuer_id: str
    verification_method: str
    signed_at: datetime | None
    proof: JsonObject | None = None
    jwt: UncheckedJwt | None = None


def _proof_seal(document: JsonObject, now: datetime) -> _Seal:
    """Raises ProofError, CheckEndedError."""
    try:
        _refuse_other_kinds(document)
        _refuse_no_credential(document)
        refuse_unsafe(document)
    except UnknownContextError as error:
        raise CheckEndedError(_cannot_check(str(error))) from error
    except UnsafeDocumentError as error:
        raise ProofError(str(error)) from error
    proof = single_proof(document)
    created = instant(proof["created"]) if "created" in proof else None
    if created and created > now + _CLOCK_LEEWAY:
        msg = _("Its proof says that it was made in the future.")
        raise ProofError(msg)
    if "expires" in proof and instant(proof["expires"]) <= now:
        msg = _("Its proof has expired.")
        raise ProofError(msg)
    return _Seal(
        credential=document,
        issuer_id=_issuer_id(document),
        verification_method=proof["verificationMethod"],
        signed_at=created or _valid_from(document),
        proof=proof,
    )


def _jwt_seal(unpacked: UncheckedJwt) -> _Seal:
    """Raises ProofError, CheckEndedError."""
    algorithm = unpacked.header.get("alg")
    if isinstance(algorithm, str) and algorithm in _OTHER_ALGORITHMS:
        raise CheckEndedError(
            _cannot_check(_("It is signed with %(algorithm)s; this site checks RS256.", algorithm=algorithm))
        )
    jwt = read_jwt(unpacked.text)
    credential = {
        name: member for name, member in jwt.credential.items() if name not in {"iss", "jti", "sub", "nbf", "exp"}
    }
    if "vc" in credential and "type" not in credential:
        raise CheckEndedError(
            _cannot_check(_("It is in the form of an earlier standard, which this site does not check."))
        )
    try:
        _refuse_no_credential(credential)
        refuse_unsafe(credential)
    except UnknownContextError as error:
        raise CheckEndedError(_cannot_check(str(error))) from error
    except UnsafeDocumentError as error:
        raise ProofError(str(error)) from error
    return _Seal(
        credential=credential,
        issuer_id=_issuer_id(credential),
        verification_method=jwt.header["kid"],
        signed_at=_valid_from(credential),
        jwt=jwt,
    )


def _refuse_other_kinds(document: JsonObject) -> None:
    proofs = document.get("proof")
    for proof in proofs if isinstance(proofs, list) else [proofs]:
        if not isinstance(proof, dict):
            continue
        for kind, others in (
            (proof.get("type"), _OTHER_PROOFS),
            (proof.get("cryptosuite"), _OTHER_CRYPTOSUITES),
        ):
            if isinstance(kind, str) and kind in others:
                raise CheckEndedError(
                    _cannot_check(_("Its proof is a %(kind)s; this site checks eddsa-rdfc-2022.", kind=kind))
                )


def _refuse_no_credential(document: JsonObject) -> None:
    context = document.get("@context")
    first = context[0] if isinstance(context, list) and context else context
    types = document.get("type")
    if first not in (CREDENTIALS_V2, _CREDENTIALS_V1) or "VerifiableCredential" not in (
        types if isinstance(types, list) else [types]
    ):
        msg = _("It is no verifiable credential.")
        raise ProofError(msg)


def _is_open_badges_2(document: JsonObject) -> bool:
    context = document.get("@context")
    return OPEN_BADGES_V2 in (context if isinstance(context, list) else [context])


def _issuer_id(document: JsonObject) -> str:
    issuer = document.get("issuer")
    issuer_id = issuer.get("id") if isinstance(issuer, dict) else issuer
    if not isinstance(issuer_id, str) or not issuer_id:
        msg = _("It does not say who issued it.")
        raise ProofError(msg)
    return issuer_id


# --- unaltered? ----------------------------------------------------------------------------------


def _key_of(seal: _Seal, world: World) -> KnownKey:
    controller = seal.verification_method.partition("#")[0]
    if controller != seal.issuer_id:
        raise CheckEndedError(
            failed(
                "issuer",
                Question.ISSUER,
                Verdict.WRONG_ISSUER,
                _("It is not from the issuer it names"),
                _(
                    "It says it is from %(issuer_id)s, and is signed with a key of %(controller)s.",
                    issuer_id=seal.issuer_id,
                    controller=controller or _("nobody"),
                ),
            )
        )
    try:
        key = world.key_for(seal.issuer_id, seal.verification_method)
    except UnavailableError as error:
        raise CheckEndedError(_cannot_check(str(error))) from error
    if key is not None:
        return key
    if world.knows_issuer(seal.issuer_id):
        raise CheckEndedError(
            failed(
                "issuer",
                Question.ISSUER,
                Verdict.WRONG_ISSUER,
                _("It is not from the issuer it names"),
                _("%(issuer_id)s never had the key with which it is signed.", issuer_id=seal.issuer_id),
            )
        )
    return _key_in_its_own_name(seal.verification_method)


def _key_in_its_own_name(verification_method: str) -> KnownKey:
    """did:key:z6Mk…#z6Mk…, and an issuer's address with #z6Mk…: the name is the key."""
    controller, _hash, fragment = verification_method.partition("#")
    name = fragment or controller.removeprefix("did:key:")
    if not name.startswith("z6Mk") or (controller.startswith("did:key:") and controller != f"did:key:{name}"):
        raise CheckEndedError(
            _cannot_check(
                _("The key %(verification_method)s is not known here.", verification_method=verification_method)
            )
        )
    try:
        return KnownKey(public=from_multikey(name), trust=Trust.UNKNOWN)
    except ValueError as error:
        raise CheckEndedError(_not_valid(str(error))) from error


def _open(seal: _Seal, key: KnownKey) -> None:
    """Nothing but the signed bytes is used from here on."""
    try:
        if seal.proof and isinstance(key.public, Ed25519PublicKey):
            check_proof(seal.credential, seal.proof, key=key.public)
        elif seal.jwt and isinstance(key.public, dict):
            check_jwt(seal.jwt, jwk=key.public)
        else:
            msg = _("The key it names is of another kind than its signature.")
            raise ProofError(msg)
    except (ProofError, UnsafeDocumentError) as error:
        raise CheckEndedError(
            failed("signature", Question.UNALTERED, Verdict.ALTERED, _("The signature does not hold"), str(error))
        ) from error


def _not_valid(sentence: str) -> Check:
    return failed("signature", Question.UNALTERED, Verdict.NOT_VALID, _("It is not a valid credential"), sentence)


def _cannot_check(sentence: str) -> Check:
    return unchecked("signature", Question.UNALTERED, _("The signature could not be checked"), sentence)


# --- from whom? ----------------------------------------------------------------------------------


def _issuer_check(seal: _Seal, key: KnownKey) -> Check:
    name = key.issuer_name or seal.issuer_id
    if key.trust == Trust.OURS:
        return passed(
            "issuer", Question.ISSUER, _("%(name)s issued it", name=name), _("The issuer is registered at this site.")
        )
    if key.trust == Trust.PINNED:
        sentence = _("The operator of this site has compared the key with the issuer.")
        return passed("issuer", Question.ISSUER, _("%(name)s issued it", name=name), sentence)
    if key.trust == Trust.DOMAIN:
        sentence = _("The key is published at that address. Who runs it is for you to know.")
        return passed("issuer", Question.ISSUER, _("Whoever runs %(name)s issued it", name=name), sentence)
    return unchecked(
        "issuer",
        Question.ISSUER,
        _("Who signed it is not known here"),
        _("Anybody can make such a badge and write any name on it. Ask the issuer it names."),
        leads_to=Verdict.UNKNOWN_ISSUER,
    )


def _key_checks(seal: _Seal, key: KnownKey, world: World) -> Iterator[Check]:
    if key.compromised_at:
        if world.signed_before(seal.credential, key.compromised_at):
            yield passed(
                "key",
                Question.ISSUER,
                _("It was signed before its key was compromised"),
                _("The public log shows it before %(day)s.", day=written(key.compromised_at)),
            )
        else:
            yield failed(
                "key",
                Question.ISSUER,
                Verdict.KEY_COMPROMISED,
                _("Somebody else may have signed it"),
                _(
                    "The key is compromised since %(day)s, and no log shows that this is older.",
                    day=written(key.compromised_at),
                ),
            )
    elif key.retired_at and (seal.signed_at is None or seal.signed_at > key.retired_at):
        yield failed(
            "key",
            Question.ISSUER,
            Verdict.KEY_RETIRED,
            _("It is signed with a key that was retired before"),
            _("The issuer has not signed with this key since %(day)s.", day=written(key.retired_at)),
        )


# --- still good? ---------------------------------------------------------------------------------


def _status_checks(seal: _Seal, key: KnownKey, world: World) -> list[Check]:
    entries = seal.credential.get("credentialStatus", [])
    checks = [
        _status_check(entry, seal.issuer_id, key, world)
        for entry in (entries if isinstance(entries, list) else [entries])
    ]
    return checks or [
        passed(
            "status",
            Question.STANDING,
            _("It was not made to be revoked"),
            _("It names no list on which its issuer could have withdrawn it."),
        )
    ]


def _status_check(entry: Any, issuer_id: str, key: KnownKey, world: World) -> Check:
    title = _("Whether it has been revoked could not be checked")
    if not isinstance(entry, dict) or entry.get("type") != "BitstringStatusListEntry":
        return unchecked("status", Question.STANDING, title, _("Its status list is of a kind that is not read here."))
    index, purpose = entry.get("statusListIndex"), entry.get("statusPurpose")
    address = entry.get("statusListCredential")
    if not isinstance(index, str) or not index.isascii() or not index.isdecimal() or len(index) > 12:
        return _bad_status(_("Its place on the status list is no number."))
    if not isinstance(purpose, str) or not isinstance(address, str):
        return _bad_status(_("It does not say which status list it is on."))
    if purpose not in _STATUS_PURPOSES:
        return unchecked(
            "status",
            Question.STANDING,
            title,
            _("Lists of the purpose “%(purpose)s” are not read here.", purpose=purpose),
        )
    if key.trust == Trust.UNKNOWN:
        return unchecked(
            "status", Question.STANDING, title, _("Nobody vouches for the issuer, so its list is not asked.")
        )
    try:
        encoded = _status_list(address, issuer_id, purpose, world)
        is_marked = is_set(encoded, int(index))
    except UnavailableError as error:
        return unchecked("status", Question.STANDING, title, str(error))
    except (ProofError, UnsafeDocumentError) as error:
        return _bad_status(str(error))
    if is_marked:
        title = _("It has been revoked") if purpose == "revocation" else _("It is suspended")
        return failed(
            "status",
            Question.STANDING,
            _STATUS_PURPOSES[purpose],
            title,
            _("%(address)s says so now.", address=address),
        )
    title = _("It has not been revoked") if purpose == "revocation" else _("It is not suspended")
    return passed("status", Question.STANDING, title, _("%(address)s says so now.", address=address))


def _status_list(address: str, issuer_id: str, purpose: str, world: World) -> str:
    """The bits of a signed list. Raises UnavailableError, ProofError, UnsafeDocumentError."""
    try:
        seal = _proof_seal(world.document_at(address), world.now)
        if seal.issuer_id != issuer_id:
            msg = _("Its status list is signed by another issuer.")
            raise ProofError(msg)
        key = _key_of(seal, world)
        _open(seal, key)
    except CheckEndedError as end:
        if end.finding.leads_to == Verdict.COULD_NOT_CHECK:
            raise UnavailableError(end.finding.sentence) from end
        raise ProofError(end.finding.sentence) from end
    subject = seal.credential.get("credentialSubject")
    encoded = subject.get("encodedList") if isinstance(subject, dict) else None
    if (
        not isinstance(subject, dict)
        or subject.get("type") != "BitstringStatusList"
        or subject.get("statusPurpose") != purpose
        or not isinstance(encoded, str)
    ):
        msg = _("What stands at the address of its status list is no such list.")
        raise ProofError(msg)
    ends = _valid_until(seal.credential)
    if ends and ends < world.now:
        msg = _("Its status list is out of date.")
        raise UnavailableError(msg)
    return encoded


def _bad_status(sentence: str) -> Check:
    return failed("status", Question.STANDING, Verdict.NOT_VALID, _("Its status cannot be relied on"), sentence)


def _is_revoked(checks: list[Check]) -> bool:
    return any(check.leads_to == Verdict.REVOKED for check in checks)


# --- what it says --------------------------------------------------------------------------------


def _facts(credential: JsonObject, issuer_id: str, key: KnownKey, *, hides_holder: bool) -> Facts:
    subjects = credential.get("credentialSubject")
    subject = subjects[0] if isinstance(subjects, list) and subjects else subjects
    subject = subject if isinstance(subject, dict) else {}
    achievement = subject.get("achievement")
    achievement = achievement if isinstance(achievement, dict) else {}
    issuer = credential.get("issuer")
    claimed_name = _text(issuer.get("name")) if isinstance(issuer, dict) else ""
    return Facts(
        badge=_text(achievement.get("name")) or _text(credential.get("name")),
        issuer=key.issuer_name or claimed_name,
        issuer_id=issuer_id,
        holder="" if hides_holder else _holder(subject),
        awarded_at=instant(credential["awardedDate"]) if "awardedDate" in credential else None,
        valid_from=_valid_from(credential),
        valid_until=_valid_until(credential),
        description=_text(achievement.get("description")) or _text(credential.get("description")),
        credential_id=_text(credential.get("id")),
    )


def _holder(subject: JsonObject) -> str:
    identifiers = subject.get("identifier", [])
    for identifier in identifiers if isinstance(identifiers, list) else [identifiers]:
        if isinstance(identifier, dict) and identifier.get("identityType") == "name" and not identifier.get("hashed"):
            return _text(identifier.get("identityHash"))
    return _text(subject.get("name"))


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _valid_from(credential: JsonObject) -> datetime | None:
    return _first_instant(credential, "validFrom", "issuanceDate")


def _valid_until(credential: JsonObject) -> datetime | None:
    return _first_instant(credential, "validUntil", "expirationDate")


def _first_instant(credential: JsonObject, *names: str) -> datetime | None:
    return next((instant(credential[name]) for name in names if name in credential), None)
