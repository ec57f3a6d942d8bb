"""What a receipt of a check says. It is made of what was shown just then, and nothing of it is kept here."""

import hashlib
import json
import unicodedata
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from badgecert.core import clock, codes, seal
from badgecert.core.dates import long_date
from badgecert.core.glyphs import unrenderable
from badges.disclosure import Disclosure
from certificates.actions.receipt_keys import receipt_signing
from certificates.exceptions import CertificateImpossibleError
from certificates.openbadges.findings import Result, Verdict
from certificates.openbadges.public_log import SignedHead
from certificates.presentation import verification_page_context
from certificates.printing import printed
from certificates.public_log import newest_head_text
from certificates.rendering.jobs import PrintReceipt
from certificates.rendering.receipts import ReceiptFacts, ReceiptLine, ReceiptSection
from certificates.results import result_context

# A form cannot ask again by itself, as a page can.
_PATIENCE = 3
# Others' badges may say whatever they like.
_LONGEST = 400
_SALT = "receipt of a check"
# For so long after a check its receipt can be had.
TICKET_SECONDS = 3600
# Why it is signed, in the signature: that is read again when somebody brings the receipt.
REASON, REASON_ELSEWHERE = "Record of a check of {code}", "Record of a check"


class Ticket(NamedTuple):
    """What was found about a badge that somebody brought, for a receipt of it. Signed, since it is kept with them."""

    checked_at: float
    sha256: str
    size: int
    tone: str
    word: str
    headline: str
    facts: list[tuple[str, str]]
    # Outcome, title and sentence of each.
    checks: list[tuple[str, str, str]]
    code: str


# --- a badge of ours -----------------------------------------------------------------------------


def receipt_of(seen: Disclosure) -> bytes:
    """The page of a code as it is now, to the line. Raises CertificateBusyError, CertificateImpossibleError."""
    context: dict[str, Any] = verification_page_context(seen)
    verdict = context["verdict"]
    facts = ReceiptFacts(
        **_frame(seen.asked_at),
        tone=verdict.look.tone,
        word=verdict.word,
        headline=verdict.headline,
        summary=seen.badge.name if seen.badge else "",
        facts=tuple(_said_by(seen)),
        checks=tuple(_line(check.outcome.value, check.title, check.sentence) for check in context["checks"]),
        check=_("Check this badge now"),
        address=seen.url,
        code=seen.grouped_code,
    )
    return _printed(facts, seen.code, patience=0)


def _said_by(seen: Disclosure) -> Iterable[tuple[str, str]]:
    yield _("Code"), seen.grouped_code
    yield _("Link"), seen.url
    if seen.badge and seen.issuer:
        if seen.holder:
            yield _("Holder"), seen.holder
        yield _("Badge"), seen.badge.name
        yield _("Issued by"), seen.issuer.name
    if seen.issued_on:
        yield _("Issued"), long_date(seen.issued_on)
        yield _("Valid until"), long_date(seen.expires_on) if seen.expires_on else _("Does not expire")
    if seen.version:
        yield _("Version"), f"{seen.version} / {seen.current_version}"


# --- any badge that was brought ------------------------------------------------------------------


def ticket_for(result: Result, content: bytes, *, checked_at: datetime) -> str:
    """A text that receipt_for_ticket() takes for an hour."""
    context = result_context(result)
    ticket = Ticket(
        checked_at=checked_at.timestamp(),
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        tone=context["look"].tone,
        word=str(context["look"].word),
        headline=_cut(str(context["headline"])),
        facts=list(_said_in(result)),
        checks=[(check.outcome.value, _cut(check.title), _cut(check.sentence)) for check in result.checks],
        code=_code_of(result.page),
    )
    return signing.dumps(ticket, salt=_SALT, compress=True)


def receipt_for_ticket(text: str) -> bytes:
    """Raises CertificateBusyError, CertificateImpossibleError, also for a ticket that is not ours or too old."""
    try:
        ticket = Ticket(*signing.loads(text, salt=_SALT))
    except signing.BadSignature:
        ticket = None
    if ticket is None or clock.now().timestamp() - ticket.checked_at > TICKET_SECONDS:
        raise CertificateImpossibleError(_("A receipt can be had within an hour of the check. Check the badge again."))
    facts = ReceiptFacts(
        tone=ticket.tone,
        word=ticket.word,
        headline=ticket.headline,
        summary="",
        facts=tuple((label, value) for label, value in ticket.facts),
        checks=tuple(_line(*check) for check in ticket.checks),
        **_frame(datetime.fromtimestamp(ticket.checked_at, UTC), _file_section(ticket)),
        check=_("Check this badge now") if ticket.code else _("Check a badge"),
        address=settings.BASE_URL
        + (reverse("certificates:verification", args=[ticket.code]) if ticket.code else reverse("certificates:verify")),
        code=codes.grouped(ticket.code),
    )
    return _printed(facts, ticket.code, patience=_PATIENCE)


def _said_in(result: Result) -> Iterable[tuple[str, str]]:
    facts = result.facts
    if facts is None:
        return
    is_unknown = result.verdict == Verdict.UNKNOWN_ISSUER
    said = (
        (_("Holder"), facts.holder),
        (_("Badge"), facts.badge),
        (_("Says it is from") if is_unknown else _("Issued by"), facts.issuer),
        (_("Address of the issuer"), facts.issuer_id),
        (_("Issued"), long_date(facts.awarded_at.date()) if facts.awarded_at else ""),
        (_("Valid until"), long_date(facts.valid_until.date()) if facts.valid_until else ""),
        (_("Its id"), facts.credential_id),
    )
    yield from ((label, _cut(value)) for label, value in said if value)


def _file_section(ticket: Ticket) -> ReceiptSection:
    rows = ((_("Size"), _("%(size)d bytes") % {"size": ticket.size}), ("SHA-256", ticket.sha256))
    return ReceiptSection(_("What was brought"), rows)


def _code_of(page: str) -> str:
    start = f"{settings.BASE_URL}/v/"
    return page.removeprefix(start) if page.startswith(start) else ""


# --- alike in both -------------------------------------------------------------------------------


def _frame(checked_at: datetime, *sections: ReceiptSection) -> dict[str, Any]:
    moment, log_head = checked_at.astimezone(UTC), newest_head_text()
    return {
        "title": _("Record of a check"),
        "site": settings.SITE_NAME,
        "host": urlsplit(settings.BASE_URL).netloc,
        "checked_at": moment,
        "checked": _("Checked on %(day)s at %(time)s UTC")
        % {"day": long_date(moment.date()), "time": f"{moment:%H:%M:%S}"},
        "checks_heading": _("What we checked"),
        "language": get_language() or settings.LANGUAGE_CODE,
        "sections": (*sections, *_log_section(log_head)),
        "notes": _notes(),
        "log_head": log_head,
    }


def _line(outcome: str, title: str, sentence: str) -> ReceiptLine:
    words = {"passed": _("Passed"), "failed": _("Failed"), "could_not_check": _("Could not check")}
    return ReceiptLine(outcome, words[outcome], title, sentence)


def _log_section(log_head: str) -> tuple[ReceiptSection, ...]:
    if not log_head:
        return ()
    head = SignedHead.from_json(json.loads(log_head))
    rows = (
        (_("Entries"), str(head.size)),
        (_("Signed"), head.signed_at),
        (_("Root"), head.root.hex()),
        (_("Signing key"), head.key),
        (_("Signature"), head.signature.hex()),
    )
    return (ReceiptSection(_("The public log at that moment"), rows),)


def _notes() -> tuple[str, ...]:
    host = urlsplit(settings.BASE_URL).netloc
    return (
        _("This says what was so at that moment. A badge can be corrected, suspended or revoked at any time."),
        _("Only the data was checked. Compare the name with an identity document."),
        _(
            "This file is signed: bring it to %(address)s to see whether it is as %(host)s made it. We keep no copy of it."
        )
        % {"address": settings.BASE_URL + reverse("certificates:verify"), "host": host},
    )


def _printed(facts: ReceiptFacts, code: str, *, patience: float) -> bytes:
    reason = REASON.format(code=codes.grouped(code)) if code else REASON_ELSEWHERE
    try:
        wanted = receipt_signing(reason)
    except seal.SealError as error:
        raise CertificateImpossibleError(_("The receipt cannot be signed just now. Please try again later.")) from error
    return printed(PrintReceipt(_printable(facts), wanted), patience=patience)


def _printable(facts: ReceiptFacts) -> ReceiptFacts:
    """A receipt of somebody else's badge must not fail for a letter that no font here has."""
    return replace(
        facts,
        headline=_with_letters(facts.headline),
        summary=_with_letters(facts.summary),
        facts=tuple((label, _with_letters(value)) for label, value in facts.facts),
        checks=tuple(
            line._replace(title=_with_letters(line.title), sentence=_with_letters(line.sentence))
            for line in facts.checks
        ),
    )


def _with_letters(text: str) -> str:
    """Each character that cannot be printed by its number: [U+1F642]."""
    strange = set(unrenderable(text)) | {c for c in text if unicodedata.category(c) in {"Cc", "Cs"}}
    return "".join(f"[U+{ord(character):04X}]" if character in strange else character for character in text)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
