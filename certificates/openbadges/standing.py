"""Is it still good? What both standards ask alike."""

from datetime import UTC, datetime

from certificates.openbadges.findings import Check, CheckEndedError, Question, Verdict, failed, passed
from certificates.openbadges.world import Record, Standing

_STANDINGS = {
    Standing.SUPERSEDED: (Verdict.SUPERSEDED, "The issuer has changed it since"),
    Standing.SUSPENDED: (Verdict.SUSPENDED, "It is suspended"),
    Standing.REVOKED: (Verdict.REVOKED, "It has been revoked"),
    Standing.REMOVED: (Verdict.REMOVED, "It was removed"),
}


def dates_check(starts: datetime | None, ends: datetime | None, now: datetime) -> Check:
    if starts and starts > now:
        title, sentence = "It is not valid yet", f"It begins on {written(starts)}."
        return failed("dates", Question.STANDING, Verdict.NOT_YET_VALID, title, sentence)
    if ends and ends < now:
        title, sentence = "It has expired", f"It ended on {written(ends)}."
        return failed("dates", Question.STANDING, Verdict.EXPIRED, title, sentence)
    sentence = f"It ends on {written(ends)}." if ends else "It does not expire."
    return passed("dates", Question.STANDING, "It is in date", sentence)


def record_check(record: Record | None) -> Check:
    """Of our own the register itself answers, not a list made from it."""
    if record is None:
        return failed(
            "record",
            Question.STANDING,
            Verdict.NOT_IN_REGISTER,
            "The register does not hold it",
            "It bears the name of an issuer of this site, and was never issued here in this form.",
        )
    if record.standing == Standing.GOOD:
        return passed("record", Question.STANDING, "The issuer stands by it", record.sentence)
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
                "Its dates cannot be read",
                "One of them is no instant with a time zone.",
            )
        )
    return moment


def written(moment: datetime) -> str:
    moment = moment.astimezone(UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"
