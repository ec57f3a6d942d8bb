"""How a verdict on a presented badge is said: its word, its colour, its headline."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from certificates.openbadges.findings import Question, Result, Verdict
from certificates.verdicts import Look

_NOT_GENUINE = Look("danger", "circle-x", _("Not genuine"))
_LOOKS = {
    Verdict.ALTERED: _NOT_GENUINE,
    Verdict.WRONG_ISSUER: _NOT_GENUINE,
    Verdict.NOT_VALID: _NOT_GENUINE,
    Verdict.KEY_COMPROMISED: _NOT_GENUINE,
    Verdict.KEY_RETIRED: _NOT_GENUINE,
    Verdict.NOT_IN_REGISTER: _NOT_GENUINE,
    Verdict.REMOVED: Look("calm", "circle-x", _("Removed")),
    Verdict.REVOKED: Look("danger", "circle-x", _("Revoked")),
    Verdict.SUSPENDED: Look("calm", "pause", _("Under review")),
    Verdict.SUPERSEDED: Look("warn", "history", _("Older version")),
    Verdict.NOT_YET_VALID: Look("warn", "clock", _("Not valid yet")),
    Verdict.EXPIRED: Look("warn", "clock", _("Expired")),
    Verdict.UNKNOWN_ISSUER: Look("calm", "circle-question-mark", _("Unknown issuer")),
    Verdict.COULD_NOT_CHECK: Look("calm", "circle-question-mark", _("Could not check")),
    Verdict.VALID: Look("valid", "circle-check", _("Valid")),
}
_HEADLINES: dict[Verdict, str | Promise] = {
    Verdict.ALTERED: _("This badge was altered"),
    Verdict.WRONG_ISSUER: _("This badge is not from the issuer it names"),
    Verdict.NOT_VALID: _("This is not a valid badge"),
    Verdict.KEY_COMPROMISED: _("Somebody else may have made this badge"),
    Verdict.KEY_RETIRED: _("This badge was signed with an old key"),
    Verdict.NOT_IN_REGISTER: _("This badge was never issued here"),
    Verdict.REMOVED: _("This badge was removed"),
    Verdict.REVOKED: _("Do not rely on this badge"),
    Verdict.UNKNOWN_ISSUER: _("Nobody here knows who made this badge"),
    Verdict.COULD_NOT_CHECK: _("We could not complete the check"),
}
_QUESTIONS = {
    Question.UNALTERED: _("Is it unaltered?"),
    Question.ISSUER: _("Who issued it?"),
    Question.STANDING: _("Is it still good?"),
}


def result_context(result: Result) -> dict[str, Any]:
    """All that certificates/verify_result.html needs besides the result itself."""
    holder = result.facts.holder if result.facts else ""
    return {
        "result": result,
        "look": _LOOKS[result.verdict],
        # A name in the headline reads as vouched for: only where the issuer is known to have given it.
        "headline": _HEADLINES.get(result.verdict, "") or holder or _("A badge without a name"),
        "questions": [
            (heading, [check for check in result.checks if check.question == question])
            for question, heading in _QUESTIONS.items()
        ],
    }
