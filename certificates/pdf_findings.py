"""What a PDF that somebody brings proves by itself: its bytes, its signature, and last the words printed on it.

Words are compared with those of the PDF that was issued, read in the same way: what a text layer says of some scripts
differs from what one sees.
"""

import difflib
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.utils.translation import gettext as _

from badgecert.core import codes
from badgecert.core.dates import day_in, long_date
from badges.disclosure import Disclosure, can_see
from certificates.actions.documents import PAPERS, certificate_content, certificate_pdf
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.models import Document, DocumentKind, KeyKind, ReceiptKey, SigningKey
from certificates.openbadges.findings import Check, Question, Verdict, failed, passed, unchecked
from certificates.openbadges.public_log import SignedHead
from certificates.printing import inspected
from certificates.public_log import still_holds
from certificates.receipts import REASON
from certificates.rendering.inspected import Inspected, Signature

_PRINTED_CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")
_PATIENCE = 5
_LONGEST_QUOTE = 200


@dataclass(frozen=True, slots=True)
class PdfFindings:
    checks: tuple[Check, ...]
    # Whose certificate it is or claims to be, as a stranger may see it; None when it is none of ours.
    seen: Disclosure | None = None
    # The file itself proves what it says.
    is_proven: bool = False


class Claim(NamedTuple):
    """The issuance a PDF speaks of."""

    code: str
    version: int | None = None


def findings_on_pdf(content: bytes, claim: Claim | None) -> PdfFindings:
    """`claim` is what its attached credential names, if it has one; else the code that is printed counts."""
    made = Document.objects.select_related("issuance__issuer").filter(sha256=_sha256(content)).defer("pdf").first()
    if made is not None:
        checks = (_same_bytes(made), *_log_checks(content))
        return PdfFindings(checks, can_see(made.issuance.code, version=made.version), is_proven=True)
    read = inspected(content)
    if read is None:
        return PdfFindings(())
    if receipt := _own_receipt(read.signatures):
        return _receipt_findings(receipt, content)
    check = _signature_check(read.signatures)
    claim = claim or _printed_claim(read)
    seen = can_see(claim.code, version=claim.version) if claim else None
    is_proven = check is not None and check.leads_to == Verdict.VALID
    if check and is_proven:
        return PdfFindings((check, *_log_checks(content)), seen, is_proven=True)
    if seen is None:
        return PdfFindings((check,) if check else ())
    return PdfFindings((*([check] if check else [_no_proof()]), *_word_checks(read, seen)), seen)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


# --- bytes and signature -------------------------------------------------------------------------


def _same_bytes(made: Document) -> Check:
    issuer = made.issuance.issuer
    return passed(
        "document",
        Question.UNALTERED,
        _("It is the file that was issued"),
        _("To the byte it is the %(kind)s that this site made for %(issuer)s on %(day)s.")
        % {
            "kind": made.get_kind_display().lower(),
            "issuer": issuer.name,
            "day": long_date(day_in(made.created_at, issuer.time_zone)),
        },
    )


def _signature_check(signatures: Sequence[Signature]) -> Check | None:
    """None when nobody of ours signed it."""
    keys = _document_keys() if signatures else {}
    for signature in signatures:
        key = keys.get(signature.certificate_sha256)
        if key is None:
            continue
        said = {"issuer": key.issuer.name}
        if not signature.is_whole:
            return failed(
                "document",
                Question.UNALTERED,
                Verdict.ALTERED,
                _("The file was changed after it was signed"),
                _("The signature of %(issuer)s does not cover the file as it is now.") % said,
            )
        if key.compromised_at:
            return failed(
                "document",
                Question.UNALTERED,
                Verdict.KEY_COMPROMISED,
                _("Somebody else may have signed the file"),
                _("The key of %(issuer)s for documents has been in other hands.") % said,
            )
        return passed(
            "document",
            Question.UNALTERED,
            _("The file is as %(issuer)s signed it") % said,
            _("Its digital signature holds and covers every byte."),
        )
    return None


def _log_checks(content: bytes) -> list[Check]:
    """Of a file that is ours: whether the log is still the one whose newest head it carried away from here."""
    try:
        head = SignedHead.from_pdf(content)
    except ValueError:
        return []
    if head is None:
        return []
    said = {"size": head.size, "day": long_date(head.signed_on.date())}
    if still_holds(head):
        return [
            passed(
                "log",
                Question.UNALTERED,
                _("The public log has only grown since"),
                _("It still begins with the %(size)d entries that were signed on %(day)s, as the file says.") % said,
            )
        ]
    return [
        failed(
            "log",
            Question.UNALTERED,
            Verdict.ALTERED,
            _("The public log says something else now"),
            _("It does not begin with the %(size)d entries that were signed on %(day)s, as the file says.") % said,
        )
    ]


def _own_receipt(signatures: Sequence[Signature]) -> Signature | None:
    """Of a check that this site made; whether nobody changed it since is another question."""
    if not signatures:
        return None
    own = {_fingerprint(public) for public in ReceiptKey.objects.values_list("public", flat=True)}
    return next((signature for signature in signatures if signature.certificate_sha256 in own), None)


def _receipt_findings(receipt: Signature, content: bytes) -> PdfFindings:
    """What is written on it was so then. Whose badge it is stands in its signature: others' words stand on the page."""
    if not receipt.is_whole:
        title = _("The record was changed after it was made")
        sentence = _("The signature of this site does not cover the file as it is now.")
        return PdfFindings((failed("document", Question.UNALTERED, Verdict.ALTERED, title, sentence),))
    check = passed(
        "document",
        Question.UNALTERED,
        _("It is the record of a check that this site made"),
        _("Nobody changed it since %(day)s. It says what was so on that day.")
        % {"day": long_date(datetime.fromisoformat(receipt.signed_at).date())},
    )
    code = receipt.reason.rpartition(" ")[2].replace("-", "")
    seen = can_see(code) if receipt.reason == REASON.format(code=codes.grouped(code)) else None
    return PdfFindings((check, *_log_checks(content)), seen, is_proven=True)


def _fingerprint(pem: str) -> str:
    return x509.load_pem_x509_certificates(pem.encode())[0].fingerprint(hashes.SHA256()).hex()


def _document_keys() -> dict[str, SigningKey]:
    """By the digest of their certificate. There are a few for each organisation."""
    keys = SigningKey.objects.filter(kind=KeyKind.DOCUMENT).select_related("issuer").defer("sealed_private")
    return {_fingerprint(key.public): key for key in keys}


def _no_proof() -> Check:
    return unchecked(
        "document",
        Question.UNALTERED,
        _("The file carries no signature of its issuer"),
        _("It is a copy that was saved or printed anew. Rely on the page in the register, not on the file."),
    )


# --- printed words -------------------------------------------------------------------------------


def _printed_claim(read: Inspected) -> Claim | None:
    """The first code of ours that is printed, where the address of this site is printed too."""
    text = "\n".join(read.lines)
    if settings.BASE_URL.partition("//")[2].casefold() not in text.casefold():
        return None
    for spelled in _PRINTED_CODE.findall(text):
        try:
            code = codes.normalise(spelled)
        except codes.NotACodeError:
            continue
        if can_see(code).code and can_see(code).badge:
            return Claim(code)
    return None


def _word_checks(read: Inspected, seen: Disclosure) -> list[Check]:
    """One for each thing that is printed otherwise than it was issued; what strangers may not know is not compared."""
    title = _("What is printed could not be compared")
    if not seen.shows_holder or not seen.certificate:
        sentence = _("The register gives no certificate of this badge to compare it with.")
        return [unchecked("words", Question.UNALTERED, title, sentence)]
    issued = _issued_lines(read, seen)
    if issued is None:
        sentence = _("The certificate could not be read just now. Please try again in a minute.")
        return [unchecked("words", Question.UNALTERED, title, sentence)]
    differences = list(_differences(issued, read.lines, seen))
    if not differences:
        title = _("The printed words are those that were issued")
        return [passed("words", Question.UNALTERED, title, _("Every line agrees with the register."))]
    return [
        failed(
            "words",
            Question.UNALTERED,
            Verdict.ALTERED,
            _("%(what)s was changed") % {"what": what},
            _difference(before, after),
        )
        for what, before, after in differences
    ]


def _difference(issued: str, printed: str) -> str:
    if not printed:
        return _("Issued: “%(issued)s”. In this file it is missing.") % {"issued": issued}
    if not issued:
        return _("In this file: “%(printed)s”. It was never issued.") % {"printed": printed}
    return _("Issued: “%(issued)s”. In this file: “%(printed)s”.") % {"issued": issued, "printed": printed}


def _issued_lines(read: Inspected, seen: Disclosure) -> tuple[str, ...] | None:
    """The words of the issued certificate that is most like the file: it is printed on two papers, and with stamps."""
    made = Document.objects.filter(
        issuance__code=seen.code, version=seen.version, kind=DocumentKind.CERTIFICATE
    ).exclude(sha256="")
    pdfs = [bytes(pdf) for pdf in made.values_list("pdf", flat=True)[:4]]
    if not pdfs:
        try:
            pdfs = [certificate_pdf(certificate_content(seen, paper=PAPERS[0]), patience=_PATIENCE)]
        except (CertificateBusyError, CertificateImpossibleError):
            return None
    candidates = [issued.lines for issued in map(inspected, pdfs) if issued is not None]
    return max(candidates, key=lambda lines: len(set(lines) & set(read.lines)), default=None)


def _differences(issued: Sequence[str], printed: Sequence[str], seen: Disclosure) -> Iterator[tuple[str, str, str]]:
    """What it is about, what was issued, what is printed now."""
    matcher = difflib.SequenceMatcher(None, issued, printed, autojunk=False)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        if kind == "equal":
            continue
        before, after = issued[start:end], printed[begin:stop]
        pairs = zip(before, after, strict=True) if len(before) == len(after) else [(" ".join(before), " ".join(after))]
        for was, now in pairs:
            yield _name_of(was, seen), was[:_LONGEST_QUOTE], now[:_LONGEST_QUOTE]


def _name_of(line: str, seen: Disclosure) -> str:
    """What a line of the certificate is about. A long name stands on two lines."""
    badge = seen.badge.name if seen.badge else ""
    issuer = seen.issuer.name if seen.issuer else ""
    dates = [str(day.year) for day in (seen.issued_on, seen.expires_on) if day]
    if line and line in seen.holder:
        return _("The name")
    if line and line in badge:
        return _("The badge")
    if line and line in issuer:
        return _("The issuer")
    if seen.grouped_code in line or seen.code in line:
        return _("The code")
    if any(year in line for year in dates):
        return _("A date")
    signatories = seen.certificate.signatories if seen.certificate else ()
    if any(line in {person.get("name"), person.get("title")} for person in signatories):
        return _("A signatory")
    return _("A line")
