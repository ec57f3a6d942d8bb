"""Checking what somebody brings against this site's register, the pinned issuers, and others' addresses when allowed."""

import json
import re
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext as _

from badgecert.core import clock
from badgecert.core.dates import long_date
from badgecert.core.translating import translated
from badges.disclosure import Disclosure, State, can_see
from certificates.credentials import STATES_WITH_FILES
from certificates.fetching import GuardedClient
from certificates.hosted import assertion_of
from certificates.models import Credential, KeyKind, LogEntry, SigningKey, StatusBit
from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.checking import check
from certificates.openbadges.did_documents import key_in
from certificates.openbadges.exceptions import NoCredentialError, UnavailableError, UnreadableError
from certificates.openbadges.findings import Check, Facts, Question, Result, conclude, passed, unchecked
from certificates.openbadges.keys import did_web, did_web_url, from_multikey
from certificates.openbadges.reading import is_pdf, read
from certificates.openbadges.standing import record_check
from certificates.openbadges.world import HostedRecord, KnownKey, Record, Standing, Trust
from certificates.pdf_findings import Claim, PdfFindings, findings_on_pdf
from certificates.pinned import pinned_keys

_STANDINGS = {
    State.ERASED: Standing.REMOVED,
    State.REVOKED: Standing.REVOKED,
    State.SUSPENDED: Standing.SUSPENDED,
    State.SUPERSEDED: Standing.SUPERSEDED,
}


def verdict_on_content(content: bytes, *, client: GuardedClient | None = None) -> Result:
    """The verdict on a text or a file that somebody brought, in the reader's language. Raises UnreadableError."""
    world = RegisterWorld(client) if client else RegisterWorld()
    try:
        result = _verdict_on_pdf(content) if is_pdf(content) else check(read(content), world)
    except UnreadableError as error:
        raise type(error)(translated(str(error))) from error
    checks = (
        replace(check, title=translated(check.title), sentence=translated(check.sentence)) for check in result.checks
    )
    return replace(result, checks=tuple(checks))


def _verdict_on_pdf(content: bytes) -> Result:
    """Its bytes and its signature first, then the attached credential, and last the words that are printed.

    Raises NoCredentialError for a PDF that is none of ours and carries no credential.
    """
    try:
        presented, no_credential = read(content), None
    except NoCredentialError as error:
        presented, no_credential = None, error
    claim = _claim_of(presented.document) if presented else None
    found = findings_on_pdf(content, claim)
    if presented:
        result = check(presented, RegisterWorld())
        return conclude([*found.checks, *result.checks], facts=result.facts, page=result.page) if claim else result
    if found.seen is None and no_credential and not found.checks:
        raise no_credential
    return _verdict_without_credential(found)


def _claim_of(credential: JsonObject) -> Claim | None:
    code = _code_in(credential.get("id"))
    stored = _stored(credential)
    return Claim(code, stored.version.number if stored else None) if code else None


def _verdict_without_credential(found: PdfFindings) -> Result:
    """A stamped copy, a letter, a receipt, or a certificate that lost what was attached to it."""
    seen = found.seen
    if (seen is None and found.is_proven) or (seen and seen.state == State.PRIVATE):
        return conclude([*found.checks, _standing_unknown()], page=seen.url if seen else "")
    if seen is None or seen.badge is None or seen.issuer is None:
        standing = record_check(_record(seen) if seen else None)
        return conclude([*found.checks, standing], page=seen.url if seen else "")
    checks = [*found.checks, record_check(_record(seen))]
    if found.is_proven:
        checks.append(
            passed(
                "issuer",
                Question.ISSUER,
                _("%(issuer)s issued it") % {"issuer": seen.issuer.name},
                _("The issuer is registered at this site."),
            )
        )
    facts = Facts(
        badge=seen.badge.name,
        issuer=seen.issuer.name,
        issuer_id="",
        holder=seen.holder,
        awarded_at=None,
        valid_from=None,
        valid_until=None,
        description=seen.badge.description,
        credential_id=seen.url,
    )
    return conclude(checks, facts=facts if found.is_proven else None, page=seen.url)


def _standing_unknown() -> Check:
    return unchecked(
        "record",
        Question.STANDING,
        _("Whether the badge is still good could not be checked"),
        _("The file does not carry the badge, or its holder keeps it private. Bring the badge itself."),
    )


@dataclass(frozen=True)
class RegisterWorld:
    """What this site knows. Our own credentials are judged by the register alone: nothing is ever fetched for them."""

    client: GuardedClient = field(default_factory=GuardedClient)

    @cached_property
    def now(self) -> datetime:
        return clock.now()

    def knows_issuer(self, issuer_id: str) -> bool:
        return (
            self.is_ours(issuer_id)
            or issuer_id.startswith(f"{did_web(settings.BASE_URL)}:")
            or any(name.partition("#")[0] == issuer_id for name in pinned_keys())
        )

    def is_ours(self, address: str) -> bool:
        return address.casefold().startswith(f"{settings.BASE_URL}/".casefold())

    def key_for(self, issuer_id: str, verification_method: str) -> KnownKey | None:
        """Raises UnavailableError when only the issuer's own address could say."""
        if pinned := pinned_keys().get(verification_method):
            return KnownKey(public=pinned.public, trust=Trust.PINNED, issuer_name=pinned.issuer_name)
        if self.knows_issuer(issuer_id):
            return _own_key(issuer_id, verification_method)
        if issuer_id.startswith("did:web:"):
            return self._key_at_its_domain(issuer_id, verification_method)
        return None

    def record_of(self, credential: JsonObject) -> Record | None:
        stored = _stored(credential)
        if stored is None:
            # What was erased cannot be compared any more; the key that signed it is ours, so the code is enough.
            seen = can_see(_code_in(credential.get("id")))
            return _record(seen) if seen.state == State.ERASED else None
        version = stored.version
        seen = can_see(version.issuance.code, version=version.number)
        if seen.state == State.PRIVATE:
            return _private_record(stored, seen)
        return _record(seen)

    def signed_before(self, credential: JsonObject, instant: datetime) -> bool:
        stored = _stored(credential)
        return (
            stored is not None
            and LogEntry.objects.filter(
                document=bytes.fromhex(stored.sha256), recorded_at__lt=instant, index__isnull=False
            ).exists()
        )

    def hosted(self, address: str) -> HostedRecord | None:
        code = _code_in(address, r"(?:/ob2\.json)?")
        seen = can_see(code) if code else None
        if seen is None or seen.state == State.NOT_FOUND:
            return None
        if seen.state not in STATES_WITH_FILES or seen.badge is None or seen.issuer is None:
            return HostedRecord(record=_record(seen))
        return HostedRecord(
            record=_record(seen),
            issuer_name=seen.issuer.name,
            badge_name=seen.badge.name,
            holder=seen.holder,
            document=assertion_of(seen),
        )

    def document_at(self, address: str) -> JsonObject:
        """Raises UnavailableError."""
        if not settings.FETCH_FOREIGN_BADGES:
            raise UnavailableError(_("It would have to be asked for elsewhere, and this site does not do that."))
        return self.client.document_at(address)

    def _key_at_its_domain(self, did: str, verification_method: str) -> KnownKey | None:
        try:
            address = did_web_url(did)
            public = key_in(self.document_at(address), did=did, verification_method=verification_method)
        except ValueError as error:
            msg = _("The key of the issuer cannot be read.")
            raise UnavailableError(msg) from error
        return KnownKey(public=public, trust=Trust.DOMAIN, issuer_name=did) if public else None


def _own_key(issuer_id: str, verification_method: str) -> KnownKey | None:
    slug = issuer_id.removeprefix(did_web(settings.BASE_URL, "issuers") + ":")
    fragment = verification_method.partition("#")[2]
    # The key of its PDF documents signs no credentials.
    keys = SigningKey.objects.select_related("issuer").exclude(kind=KeyKind.DOCUMENT)
    key = keys.filter(issuer__slug=slug, fragment=fragment).first()
    if key is None:
        return None
    return KnownKey(
        public=json.loads(key.public) if key.kind == KeyKind.RSA else from_multikey(key.public),
        trust=Trust.OURS,
        issuer_name=key.issuer.name,
        retired_at=key.retired_at,
        compromised_at=key.compromised_at,
    )


def _stored(credential: JsonObject) -> Credential | None:
    """The very credential that we signed: the same members with the same values, in whatever order or spacing."""
    code = _code_in(credential.get("id"))
    candidates = (
        Credential.objects.filter(version__issuance__code=code)
        .exclude(document="")
        .select_related("version__issuance")
        .order_by("version__number")
        if code
        else []
    )
    return next((stored for stored in candidates if json.loads(stored.document) == credential), None)


def _code_in(address: object, rest: str = "") -> str:
    page = re.escape(f"{settings.BASE_URL}/v/")
    match = re.fullmatch(rf"{page}([0-9A-Z]{{12}}){rest}", address) if isinstance(address, str) else None
    return match[1] if match else ""


def _record(seen: Disclosure) -> Record:
    return Record(standing=_STANDINGS.get(seen.state, Standing.GOOD), sentence=_sentence(seen), page=seen.url)


def _sentence(seen: Disclosure) -> str:
    if seen.state == State.REVOKED and seen.revoked_on:
        return _("The issuer revoked it on %(day)s. Reason given: %(reason)s.") % {
            "day": long_date(seen.revoked_on),
            "reason": seen.revocation_reason.rstrip("."),
        }
    if seen.state == State.SUSPENDED and seen.suspended_on:
        return _("The issuer has been reviewing it since %(day)s.") % {"day": long_date(seen.suspended_on)}
    if seen.state == State.SUPERSEDED:
        return _("This is version %(number)d of %(current)d. Its page shows the current one.") % {
            "number": seen.version,
            "current": seen.current_version,
        }
    if seen.state == State.ERASED:
        return _("It was removed from the register, with all that said whose it was.")
    return _("The register was asked just now: it is not revoked, suspended or replaced.")


def _private_record(stored: Credential, seen: Disclosure) -> Record:
    """Whoever holds the file may learn what its public status list says, and nothing more."""
    if StatusBit.objects.filter(credential=stored).exists():
        return Record(
            standing=Standing.REVOKED,
            sentence=_("Its issuer has withdrawn or replaced it. Its holder keeps the details private."),
            page=seen.url,
        )
    return Record(
        standing=Standing.GOOD,
        sentence=_("The register was asked just now: it is not revoked, suspended or replaced."),
        page=seen.url,
    )
