"""What a check found: three questions kept apart, each line with its reason, and one verdict."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from badgecert.core.sentences import sentence as _


class Question(StrEnum):
    UNALTERED = "unaltered"
    ISSUER = "issuer"
    STANDING = "standing"


class Outcome(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    COULD_NOT_CHECK = "could_not_check"


class Verdict(StrEnum):
    """The worst first: of several findings the first in this order is the verdict."""

    ALTERED = "altered"
    WRONG_ISSUER = "wrong_issuer"
    NOT_VALID = "not_valid"
    KEY_COMPROMISED = "key_compromised"
    KEY_RETIRED = "key_retired"
    NOT_IN_REGISTER = "not_in_register"
    REMOVED = "removed"
    REVOKED = "revoked"
    SUSPENDED = "suspended"
    SUPERSEDED = "superseded"
    NOT_YET_VALID = "not_yet_valid"
    EXPIRED = "expired"
    UNKNOWN_ISSUER = "unknown_issuer"
    COULD_NOT_CHECK = "could_not_check"
    VALID = "valid"


# Nothing that such a credential says is shown: it may all be made up.
_SHOWS_NOTHING = {
    Verdict.ALTERED,
    Verdict.WRONG_ISSUER,
    Verdict.NOT_VALID,
    Verdict.KEY_COMPROMISED,
    Verdict.KEY_RETIRED,
    Verdict.NOT_IN_REGISTER,
    Verdict.REMOVED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    name: str
    question: Question
    leads_to: Verdict
    outcome: Outcome
    title: str
    sentence: str


def passed(name: str, question: Question, title: str, sentence: str) -> Check:
    return Check(
        name=name, question=question, leads_to=Verdict.VALID, outcome=Outcome.PASSED, title=title, sentence=sentence
    )


def failed(name: str, question: Question, leads_to: Verdict, title: str, sentence: str) -> Check:
    return Check(
        name=name, question=question, leads_to=leads_to, outcome=Outcome.FAILED, title=title, sentence=sentence
    )


def unchecked(
    name: str, question: Question, title: str, sentence: str, *, leads_to: Verdict = Verdict.COULD_NOT_CHECK
) -> Check:
    return Check(
        name=name, question=question, leads_to=leads_to, outcome=Outcome.COULD_NOT_CHECK, title=title, sentence=sentence
    )


class CheckEndedError(Exception):
    """Nothing further can be checked after this finding."""

    def __init__(self, finding: Check) -> None:
        super().__init__(finding.sentence)
        self.finding = finding


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the verified bytes say. Pictures and links in them are left out on purpose: they can borrow anybody's logo."""

    badge: str
    issuer: str
    issuer_id: str
    holder: str
    awarded_at: datetime | None
    valid_from: datetime | None
    valid_until: datetime | None
    description: str
    credential_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    verdict: Verdict
    checks: tuple[Check, ...]
    # None when nothing is proven to be as it was signed.
    facts: Facts | None = None
    # Our own page of the badge.
    page: str = ""

    @property
    def is_valid(self) -> bool:
        return self.verdict == Verdict.VALID


_UNANSWERED = {
    Question.UNALTERED: _("Whether it was altered"),
    Question.ISSUER: _("Who issued it"),
    Question.STANDING: _("Whether it is still good"),
}


def conclude(checks: Iterable[Check], *, facts: Facts | None = None, page: str = "") -> Result:
    """One verdict from all findings. A question without a finding counts as not checked."""
    found = list(checks)
    answered = {check.question for check in found}
    found += [
        unchecked(question.value, question, title, _("This was not checked, because an earlier check did not pass."))
        for question, title in _UNANSWERED.items()
        if question not in answered
    ]
    order = list(Verdict)
    verdict = min((check.leads_to for check in found), key=order.index)
    return Result(
        verdict=verdict,
        checks=tuple(sorted(found, key=lambda check: list(Question).index(check.question))),
        facts=None if verdict in _SHOWS_NOTHING else facts,
        page=page,
    )
