"""What was really checked while a page was made, one line each. Nothing that was not checked has a line."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal

from django.utils.translation import gettext as _

from badgecert.core.dates import day_in, long_date
from badges.disclosure import Disclosure, IssuerFacts, SharedPart
from certificates.inclusion import Inclusion, inclusion_of
from certificates.integrity import Fault, SignedRecord, fault_in
from certificates.records import Records


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_CHECK = "could_not_check"


@dataclass(frozen=True, slots=True)
class Check:
    """One question that was asked of the register, and its answer in a sentence."""

    name: str
    outcome: Outcome
    title: str
    sentence: str

    @property
    def breaks_the_seal(self) -> bool:
        """What the page says is not what the issuer signed, or not what was logged then."""
        return self.name in {"signature", "log"} and self.outcome == Outcome.FAILED

    @property
    def shown_as(self) -> Literal["passed", "failed", "unchecked"]:
        """The outcome by which `{% check %}` knows it."""
        if self.outcome == Outcome.COULD_NOT_CHECK:
            return "unchecked"
        return "passed" if self.outcome == Outcome.PASSED else "failed"


def checks_of(seen: Disclosure, records: Records, *, whole: Disclosure | None = None) -> list[Check]:
    """Every answer is read from the disclosure and what is stored with it, hence from the database, in this request.

    `whole` is all that was signed, where not all of it is shown.
    """
    if seen.badge is None or seen.issuer is None:
        return []
    checks = [_record(seen), _revocation(seen), _suspension(seen), _dates(seen, whole or seen)]
    # What is only previewed is not signed.
    if seen.version_id:
        fault = fault_in(whole or seen, records.signed)
        checks[1:1] = [_signature(seen, fault, seen.issuer, records.signed), _log(seen, seen.issuer, records, fault)]
    if seen.issuer.domain_confirmed_at:
        checks.append(_domain(seen.issuer, seen.issuer.domain_confirmed_at))
    return checks


def checks_without_an_answer() -> list[Check]:
    """The register did not answer: nothing was checked, and nothing may look as if it had been."""
    sentence = _("Our register did not answer.")
    return [
        Check(name, Outcome.COULD_NOT_CHECK, title, sentence)
        for name, title in (
            ("record", _("Whether the record is in the register")),
            ("signature", _("Whether the record has been altered")),
            ("log", _("Whether the public log holds it")),
            ("revocation", _("Whether it has been revoked")),
            ("suspension", _("Whether it is suspended")),
            ("dates", _("Whether it is in date")),
        )
    ]


def _record(seen: Disclosure) -> Check:
    if seen.version != seen.current_version:
        return Check(
            "record",
            Outcome.FAILED,
            _("This is not the current record"),
            _("The issuer has changed it since. This is version %(number)d of %(current)d.")
            % {"number": seen.version, "current": seen.current_version},
        )
    if not seen.code:
        return Check(
            "record",
            Outcome.PASSED,
            _("The record is in this register"),
            _("We found it, and what you see is what the issuer says now."),
        )
    return Check(
        "record",
        Outcome.PASSED,
        _("The record is in this register"),
        _("We found the code %(code)s, and this is what the issuer says under it now.") % {"code": seen.grouped_code},
    )


def _signature(seen: Disclosure, fault: Fault | None, issuer: IssuerFacts, record: SignedRecord | None) -> Check:
    said = {"issuer": issuer.name}
    if fault is None and record is not None and SharedPart.DATES in seen.withheld:
        return Check(
            "signature",
            Outcome.PASSED,
            _("The record has not been altered"),
            _("To the letter it is what %(issuer)s signed, also what is not shown here.") % said,
        )
    if fault is None and record is not None:
        said["day"] = long_date(day_in(record.signed_at, issuer.time_zone))
        return Check(
            "signature",
            Outcome.PASSED,
            _("The record has not been altered"),
            _("To the letter it is what %(issuer)s signed on %(day)s.") % said,
        )
    if fault == Fault.KEY_COMPROMISED:
        return Check(
            "signature",
            Outcome.FAILED,
            _("Its signature cannot be trusted"),
            _("Somebody else may have had the key of %(issuer)s when it was signed. Ask %(issuer)s.") % said,
        )
    if fault == Fault.UNSIGNED:
        return Check(
            "signature",
            Outcome.FAILED,
            _("The record is not signed"),
            _("%(issuer)s signs every badge. Do not rely on this one.") % said,
        )
    return Check(
        "signature",
        Outcome.FAILED,
        _("The record has been altered"),
        _("It differs from what %(issuer)s signed. Do not rely on it.") % said,
    )


def _log(seen: Disclosure, issuer: IssuerFacts, records: Records, fault: Fault | None) -> Check:
    # What was altered is the signature's line; whether something was logged is asked all the same.
    is_whole = records.signed is not None and fault in {None, Fault.KEY_COMPROMISED}
    digest = bytes.fromhex(records.signed.sha256) if is_whole and records.signed else None
    inclusion = inclusion_of(records.place, issuance_id=records.issuance_id, version=seen.version, document=digest)
    if inclusion == Inclusion.DISPROVEN:
        return Check(
            "log",
            Outcome.FAILED,
            _("The public log says something else"),
            _("What we show is not what was logged when it was signed. Do not rely on it."),
        )
    if records.place is None:
        return Check(
            "log",
            Outcome.COULD_NOT_CHECK,
            _("It waits for its place in the public log"),
            _("Entries get their place within seconds. Look again in a minute."),
        )
    if SharedPart.DATES in seen.withheld:
        return Check(
            "log",
            Outcome.PASSED,
            _("It is in the public log"),
            _("Its proof leads to a head of the log that was signed."),
        )
    place = records.place
    return Check(
        "log",
        Outcome.PASSED,
        _("It has been in the public log since %(day)s")
        % {"day": long_date(day_in(place.statement.recorded_at, issuer.time_zone))},
        _("Entry %(number)d. Its proof leads to the head of %(size)d entries that was signed on %(day)s.")
        % {
            "number": place.number,
            "size": place.head.size,
            "day": long_date(day_in(place.head.signed_on, issuer.time_zone)),
        },
    )


def _revocation(seen: Disclosure) -> Check:
    if seen.revoked_on:
        return Check(
            "revocation",
            Outcome.FAILED,
            _("It has been revoked"),
            _("The issuer revoked it on %(day)s. Reason given: %(reason)s.")
            % {"day": long_date(seen.revoked_on), "reason": seen.revocation_reason.rstrip(".")},
        )
    return Check(
        "revocation",
        Outcome.PASSED,
        _("It has not been revoked"),
        _("We read the issuer's record when you opened this page."),
    )


def _suspension(seen: Disclosure) -> Check:
    if seen.suspended_on:
        return Check(
            "suspension",
            Outcome.FAILED,
            _("It is suspended"),
            _("The issuer has been reviewing it since %(day)s.") % {"day": long_date(seen.suspended_on)},
        )
    return Check("suspension", Outcome.PASSED, _("It is not suspended"), _("The issuer is not reviewing it."))


def _dates(seen: Disclosure, whole: Disclosure) -> Check:
    if SharedPart.DATES in seen.withheld:
        kept_back = _("Whoever made this link keeps the dates to themselves.")
        if whole.days_left is not None and whole.days_left < 0:
            return Check("dates", Outcome.FAILED, _("It has expired"), kept_back)
        return Check("dates", Outcome.PASSED, _("It is in date"), kept_back)
    if seen.expires_on is None or seen.days_left is None:
        return Check("dates", Outcome.PASSED, _("It is in date"), _("It does not expire."))
    day = long_date(seen.expires_on)
    if seen.days_left < 0:
        return Check("dates", Outcome.FAILED, _("It has expired"), _("Its last day was %(day)s.") % {"day": day})
    return Check(
        "dates",
        Outcome.PASSED,
        _("It is in date"),
        _("It expires after %(day)s unless the issuer renews it.") % {"day": day},
    )


def _domain(issuer: IssuerFacts, confirmed_at: datetime) -> Check:
    return Check(
        "domain",
        Outcome.PASSED,
        _("The issuer's address on the web is confirmed"),
        _("%(issuer)s showed on %(day)s that it controls %(domain)s.")
        % {
            "issuer": issuer.name,
            "day": long_date(day_in(confirmed_at, issuer.time_zone)),
            "domain": issuer.domain,
        },
    )
