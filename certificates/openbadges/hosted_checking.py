"""Assertions of Open Badges 2.0: what stands at their address is the badge, and whoever runs the address its issuer.

Signed ones are held together by a key that the issuer's address publishes.
"""

from typing import Any
from urllib.parse import urlsplit

from badgecert.core.sentences import sentence as _
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.exceptions import ProofError, UnavailableError
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
from certificates.openbadges.jwt import UncheckedJwt, check_signature
from certificates.openbadges.standing import dates_check, instant, record_check
from certificates.openbadges.world import Record, Standing, World

_TITLE_UNCHECKED = _("Whether it was altered could not be checked")


def check_hosted(
    assertion: JsonObject, world: World, *, signed: UncheckedJwt | None = None, is_only_an_address: bool = False
) -> Result:
    """The verdict on an assertion, or on what stands at an address when that is all there is."""
    address = assertion.get("id")
    try:
        if not isinstance(address, str):
            raise CheckEndedError(_not_valid(_("It does not say where it stands.")))
        if world.is_ours(address):
            return _check_ours(assertion, address, world, is_only_an_address=is_only_an_address)
        if signed:
            return _check_signed(assertion, signed, world)
        return _check_elsewhere(assertion, address, world, is_only_an_address=is_only_an_address)
    except CheckEndedError as end:
        return conclude([end.finding])
    except ProofError as error:
        return conclude([_altered(str(error))])
    except UnavailableError as error:
        return conclude([unchecked("source", Question.UNALTERED, _TITLE_UNCHECKED, str(error))])


# --- ours ----------------------------------------------------------------------------------------


def _check_ours(assertion: JsonObject, address: str, world: World, *, is_only_an_address: bool) -> Result:
    hosted = world.hosted(address)
    if hosted is None:
        return conclude([record_check(None)])
    page, document = hosted.record.page, hosted.document
    if document is None:
        sentence = _("The register does not show this badge to everybody.")
        finding = unchecked("source", Question.UNALTERED, _TITLE_UNCHECKED, sentence)
        return conclude([finding, *_unless_good(hosted.record)], page=page)
    if not is_only_an_address and assertion != document:
        return conclude([_altered(_("It differs from what the register says today."))], page=page)
    return conclude(
        [
            passed("source", Question.UNALTERED, _("It is as the register has it"), _("Both were compared just now.")),
            passed(
                "issuer",
                Question.ISSUER,
                _("%(issuer_name)s issued it", issuer_name=hosted.issuer_name),
                _("The issuer is registered at this site."),
            ),
            record_check(hosted.record),
            _dates(document, world),
        ],
        facts=_facts(document, badge=hosted.badge_name, issuer=hosted.issuer_name, holder=hosted.holder),
        page=page,
    )


def _unless_good(record: Record) -> list[Check]:
    return [] if record.standing == Standing.GOOD else [record_check(record)]


# --- elsewhere -----------------------------------------------------------------------------------


def _check_elsewhere(assertion: JsonObject, address: str, world: World, *, is_only_an_address: bool) -> Result:
    published = world.document_at(address)
    if published.get("revoked") is True:
        return conclude([_revoked(_text(published.get("revocationReason")))])
    if not is_only_an_address and assertion != published:
        return conclude([_altered(_("It differs from what %(host)s publishes.", host=_host(address)))])
    badge, issuer = _badge_and_issuer(published, world)
    if _host(_text(issuer.get("id"))) != _host(address):
        sentence = _(
            "%(host)s publishes a badge of %(other)s.", host=_host(address), other=_host(_text(issuer.get("id")))
        )
        raise CheckEndedError(_wrong_issuer(sentence))
    sentence = _("%(host)s publishes it in this form now.", host=_host(address))
    return conclude(
        [
            passed("source", Question.UNALTERED, _("It is as its issuer publishes it"), sentence),
            _issuer_check(_host(address)),
            passed("status", Question.STANDING, _("It has not been revoked"), sentence),
            _dates(published, world),
        ],
        facts=_facts(published, badge=_text(badge.get("name")), issuer=_text(issuer.get("name"))),
    )


def _check_signed(assertion: JsonObject, signed: UncheckedJwt, world: World) -> Result:
    verification = assertion.get("verification")
    creator = _text(verification.get("creator")) if isinstance(verification, dict) else ""
    badge, issuer = _badge_and_issuer(assertion, world)
    issuer_id = _text(issuer.get("id"))
    published = issuer.get("publicKey", [])
    key = world.document_at(creator)
    if creator not in (published if isinstance(published, list) else [published]) or key.get("owner") != issuer_id:
        raise CheckEndedError(
            _wrong_issuer(_("%(host)s does not name the key with which it is signed.", host=_host(issuer_id)))
        )
    check_signature(signed, pem=_text(key.get("publicKeyPem")))
    return conclude(
        [
            passed(
                "signature", Question.UNALTERED, _("It is as it was signed"), _("The signature covers every letter.")
            ),
            _issuer_check(_host(issuer_id)),
            _revocation_check(_text(assertion.get("id")), issuer, world),
            _dates(assertion, world),
        ],
        facts=_facts(assertion, badge=_text(badge.get("name")), issuer=_text(issuer.get("name"))),
    )


def _badge_and_issuer(assertion: JsonObject, world: World) -> tuple[JsonObject, JsonObject]:
    badge = _followed(assertion.get("badge"), world)
    return badge, _followed(badge.get("issuer"), world)


def _followed(reference: Any, world: World) -> JsonObject:
    """What is referred to, always as its own address has it. Raises UnavailableError, CheckEndedError."""
    address = reference.get("id") if isinstance(reference, dict) else reference
    if not isinstance(address, str):
        raise CheckEndedError(_not_valid(_("It does not say what was earned or who issued it.")))
    document = world.document_at(address)
    if document.get("id") != address:
        raise CheckEndedError(
            _not_valid(_("What stands at %(address)s says that it belongs elsewhere.", address=address))
        )
    return document


def _revocation_check(assertion_id: str, issuer: JsonObject, world: World) -> Check:
    address = issuer.get("revocationList")
    if not isinstance(address, str):
        sentence = _("Its issuer keeps no list of revoked badges.")
        return passed("status", Question.STANDING, _("It was not made to be revoked"), sentence)
    try:
        entries = world.document_at(address).get("revokedAssertions", [])
    except UnavailableError as error:
        title = _("Whether it has been revoked could not be checked")
        return unchecked("status", Question.STANDING, title, str(error))
    for entry in entries if isinstance(entries, list) else []:
        if entry == assertion_id:
            return _revoked("")
        if isinstance(entry, dict) and entry.get("id") == assertion_id:
            return _revoked(_text(entry.get("revocationReason")))
    return passed(
        "status", Question.STANDING, _("It has not been revoked"), _("%(address)s says so now.", address=address)
    )


# --- findings ------------------------------------------------------------------------------------


def _issuer_check(host: str) -> Check:
    sentence = _("The badge stands at that address. Who runs it is for you to know.")
    return passed("issuer", Question.ISSUER, _("Whoever runs %(host)s issued it", host=host), sentence)


def _dates(assertion: JsonObject, world: World) -> Check:
    ends = assertion.get("expires")
    return dates_check(None, instant(ends) if ends is not None else None, world.now)


def _altered(sentence: str) -> Check:
    return failed("source", Question.UNALTERED, Verdict.ALTERED, _("It is not as it was issued"), sentence)


def _not_valid(sentence: str) -> Check:
    return failed("source", Question.UNALTERED, Verdict.NOT_VALID, _("It is not a valid badge"), sentence)


def _wrong_issuer(sentence: str) -> Check:
    title = _("It is not from the issuer it names")
    return failed("issuer", Question.ISSUER, Verdict.WRONG_ISSUER, title, sentence)


def _revoked(reason: str) -> Check:
    sentence = (
        _("Its issuer says so now. Reason given: %(reason)s.", reason=reason.rstrip("."))
        if reason
        else _("Its issuer says so now.")
    )
    return failed("status", Question.STANDING, Verdict.REVOKED, _("It has been revoked"), sentence)


def _facts(assertion: JsonObject, *, badge: str, issuer: str, holder: str = "") -> Facts:
    return Facts(
        badge=badge,
        issuer=issuer,
        issuer_id="",
        holder=holder,
        awarded_at=instant(assertion["issuedOn"]) if "issuedOn" in assertion else None,
        valid_from=None,
        valid_until=instant(assertion["expires"]) if assertion.get("expires") is not None else None,
        description="",
        credential_id=_text(assertion.get("id")),
    )


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return ""


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
