"""Many links and codes at once: one line with its verdict and its reason for each."""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic

from django.db import connection
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core import codes
from badgecert.core.safe_csv import written_csv
from badgecert.core.translating import translated
from badges.disclosure import Disclosure, State, can_see_many
from certificates.checks import Outcome, checks_of
from certificates.codes_typed import code_in
from certificates.fetching import GuardedClient
from certificates.openbadges.exceptions import UnreadableError
from certificates.openbadges.findings import Outcome as FoundOutcome
from certificates.openbadges.findings import Result
from certificates.records import Records, records_of_many
from certificates.results import result_context
from certificates.verdicts import Look, verdict_on
from certificates.verifying import verdict_on_content

MOST_LINES = 50
_LONGEST_LINE = 2_000
# Together: what others have not answered by then is left open.
SECONDS = 15.0
_AT_ONCE = 8

_UNREADABLE = Look("calm", "circle-x", gettext_lazy("Not a link or code"))
_OPEN = Look("calm", "circle-question-mark", gettext_lazy("Could not check"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    number: int
    typed: str
    look: Look
    reason: str
    holder: str = ""
    badge: str = ""
    issuer: str = ""
    issued_on: date | None = None
    expires_on: date | None = None
    code: str = ""
    page: str = ""


def lines_in(text: str) -> list[str]:
    """What was pasted, one link or code a line; empty lines do not count."""
    return [line[:_LONGEST_LINE] for line in map(str.strip, text.splitlines()) if line]


def check_lines(typed: Sequence[str], *, client: GuardedClient | None = None) -> list[Line]:
    """In their order. Three queries for all that are ours; whoever else is asked has SECONDS for all of them."""
    ours: dict[int, str] = {}
    elsewhere: dict[int, str] = {}
    checked: dict[int, Line] = {}
    for number, line in enumerate(typed, start=1):
        try:
            ours[number] = code_in(line)
        except codes.NotACodeError as error:
            if line.casefold().startswith("https://"):
                elsewhere[number] = line
            else:
                checked[number] = Line(number=number, typed=line, look=_UNREADABLE, reason=translated(str(error)))
    checked |= _of_ours(ours, typed)
    checked |= _of_others(elsewhere, client or GuardedClient())
    return [checked[number] for number in sorted(checked)]


def _of_ours(found: dict[int, str], typed: Sequence[str]) -> dict[int, Line]:
    seen = {one.code: one for one in can_see_many(sorted(set(found.values())))}
    versions = {code: one.version_id for code, one in seen.items() if one.version_id}
    records = records_of_many(list(versions.values()))

    def record_of(code: str) -> Records:
        return records[versions[code]] if code in versions else Records()

    return {number: _line_of(seen[code], record_of(code), number, typed[number - 1]) for number, code in found.items()}


def _line_of(seen: Disclosure, records: Records, number: int, typed: str) -> Line:
    checks = checks_of(seen, records)
    verdict = verdict_on(seen, is_confirmed=not any(check.breaks_the_seal for check in checks))
    not_passed = [f"{check.title}. {check.sentence}" for check in checks if check.outcome != Outcome.PASSED]
    return Line(
        number=number,
        typed=typed,
        look=verdict.look,
        reason=" ".join(not_passed) or (_("Every check passed.") if checks else f"{verdict.headline}."),
        holder=seen.holder,
        badge=seen.badge.name if seen.badge else "",
        issuer=seen.issuer.name if seen.issuer else "",
        issued_on=seen.issued_on,
        expires_on=seen.expires_on,
        code=seen.code,
        page="" if seen.state == State.NOT_FOUND else seen.url,
    )


def _of_others(addresses: dict[int, str], client: GuardedClient) -> dict[int, Line]:
    """Asked side by side, since any of them may be slow or silent."""
    if not addresses:
        return {}
    client = replace(client, ends=client.clock() + SECONDS)
    language = translation.get_language()

    def asked(number: int) -> Line:
        try:
            with translation.override(language):
                return _line_of_others(number, addresses[number], client)
        finally:
            # Of this thread.
            connection.close()

    pool = ThreadPoolExecutor(_AT_ONCE)
    until = monotonic() + SECONDS
    futures = {number: pool.submit(asked, number) for number in addresses}
    wait(futures.values(), timeout=max(0, until - monotonic()))
    # A name that nobody resolves can hold a thread longer than any reader waits.
    pool.shutdown(wait=False, cancel_futures=True)
    return {
        number: future.result() if future.done() and not future.cancelled() else _unanswered(number, addresses[number])
        for number, future in futures.items()
    }


def _line_of_others(number: int, address: str, client: GuardedClient) -> Line:
    try:
        result = verdict_on_content(address.encode(), client=client)
    except UnreadableError as error:
        return Line(number=number, typed=address, look=_UNREADABLE, reason=str(error))
    context = result_context(result)
    facts = result.facts
    return Line(
        number=number,
        typed=address,
        look=context["look"],
        reason=_reason(result),
        holder=facts.holder if facts else "",
        badge=facts.badge if facts else "",
        issuer=facts.issuer if facts else "",
        issued_on=facts.awarded_at.date() if facts and facts.awarded_at else None,
        expires_on=facts.valid_until.date() if facts and facts.valid_until else None,
        page=address,
    )


def _reason(result: Result) -> str:
    not_passed = [f"{check.title}. {check.sentence}" for check in result.checks if check.outcome != FoundOutcome.PASSED]
    # What follows from the first is no news.
    return not_passed[0] if not_passed else _("Every check passed.")


def _unanswered(number: int, address: str) -> Line:
    reason = _("The other site did not answer in time. Check this one by itself.")
    return Line(number=number, typed=address, look=_OPEN, reason=reason, page=address)


def csv_of(lines: Iterable[Line]) -> bytes:
    header = [
        _("Line"),
        _("What was given"),
        _("Result"),
        _("Reason"),
        _("Holder"),
        _("Badge"),
        _("Issuer"),
        _("Issued"),
        _("Valid until"),
        _("Code"),
        _("Page"),
    ]
    rows = [
        [
            str(line.number),
            line.typed,
            str(line.look.word),
            line.reason,
            line.holder,
            line.badge,
            line.issuer,
            line.issued_on.isoformat() if line.issued_on else "",
            line.expires_on.isoformat() if line.expires_on else "",
            codes.grouped(line.code),
            line.page,
        ]
        for line in lines
    ]
    return written_csv([header, *rows])
