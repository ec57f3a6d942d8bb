"""Is it still good? What both standards ask alike."""

from datetime import UTC, datetime

from badgecert.core.sentences import Sentence
from badgecert.core.sentences import sentence as _
from certificates.openbadges.findings import Check, CheckEndedError, Question, Verdict, failed, passed
from certificates.openbadges.world import Record, Standing

_STANDINGS = {
    Standing.SUPERSEDED: (Verdict.SUPERSEDED, _("The issuer has changed it since")),
    Standing.SUSPENDED: (Verdict.SUSPENDED, _("It is suspended")),
    Standing.REVOKED: (Verdict.REVOKED, _("It has been revoked")),
    Standing.REMOVED: (Verdict.REMOVED, _("It was removed")),
}


def dates_check(starts: datetime | None, ends: datetime | None, now: datetime) -> Check:
    if starts and starts > now:
        title, sentence = _("It is not valid yet"), _("It begins on %(day)s.", day=written(starts))
        return failed("dates", Question.STANDING, Verdict.NOT_YET_VALID, title, sentence)
    if ends and ends < now:
        title, sentence = _("It has expired"), _("It ended on %(day)s.", day=written(ends))
        return failed("dates", Question.STANDING, Verdict.EXPIRED, title, sentence)
    sentence = _("It ends on %(day)s.", day=written(ends)) if ends else _("It does not expire.")
    return passed("dates", Question.STANDING, _("It is in date"), sentence)


def record_check(record: Record | None) -> Check:
    """Of our own the register itself answers, not a list made from it."""
    if record is None:
        return failed(
            "record",
            Question.STANDING,
            Verdict.NOT_IN_REGISTER,
            _("The register does not hold it"),
            _("It bears the name of an issuer of this site, and was never issued here in this form."),
        )
    if record.standing == Standing.GOOD:
        return passed("record", Question.STANDING, _("The issuer stands by it"), record.sentence)
    verdict, title = _STANDINGS[record.standing]
    return failed("record", Question.STANDING, verdict, title, record.sentence)


def instant(value: object) -> datetime:
    """Raises CheckEndedError: what has no readable date cannot be in date."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise CheckEndedError(
            failed(
                "dates",
                Question.STANDING,
                Verdict.NOT_VALID,
                _("Its dates cannot be read"),
                _("One of them is no instant with a time zone."),
            )
        )
    return moment


def written(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    # Django has the months of every language.
    month = Sentence(f"{moment:%B}")
    return _(
        "%(day)d %(month)s %(year)d, %(time)s UTC",
        day=moment.day,
        month=month,
        year=moment.year,
        time=f"{moment:%H:%M}",
    )
