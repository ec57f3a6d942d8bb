"""The certificate of an issuance as PDF: made once for each version, design, paper and state, and kept."""

import hashlib
import json
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from badgecert.core import clock, codes, seal
from badgecert.core.dates import long_date
from badgecert.core.models import Picture
from badges.certificate_wording import WORDINGS, filled
from badges.disclosure import BadgeFacts, CertificateSpec, Disclosure, IssuerFacts, State
from certificates.actions.document_keys import document_key_for, open_document_key
from certificates.credentials import credential_of
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.integrity import fault_in, record_of
from certificates.models import CertificateNumber, Document, DocumentKind
from certificates.printing import printed
from certificates.public_log import newest_head_text
from certificates.rendering.design import Wording
from certificates.rendering.jobs import PrintCertificate, Signing
from certificates.rendering.pdf import CertificateFacts, Signatory
from issuers.models import Issuer

PAPERS = ("a4", "letter")

_PREVIEW_PATIENCE = 10
# Whoever was making a document and has not finished by now has been ended.
_CLAIM = timedelta(seconds=2 * settings.PDF_SECONDS + 10)
_LOOKS_AGAIN_SECONDS = 0.05
# So many requests of this process wait for a page that another one prints. More would leave nobody to answer.
_waiting = threading.BoundedSemaphore(settings.PDF_PROCESSES)


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateContent:
    """All that is printed and attached, with pictures by their digest."""

    issuance_id: uuid.UUID
    version: int
    holder: str
    badge: BadgeFacts
    issuer: IssuerFacts
    spec: CertificateSpec
    issued_on: date
    expires_on: date | None
    code: str
    url: str
    paper: str
    stamp: str
    number: str
    # The signed credential that is attached; empty where there is none to give.
    credential: str

    @property
    def key(self) -> str:
        """Another one for whatever would print another page."""
        said = (
            self.holder,
            self.badge.name,
            self.badge.description,
            self.badge.picture.sha256,
            self.issuer.name,
            self.issuer.logo and self.issuer.logo.sha256,
            self.issuer.language,
            self.spec.design,
            self.spec.colour,
            self.spec.wording,
            self.spec.signatories,
            self.issued_on.isoformat(),
            self.expires_on and self.expires_on.isoformat(),
            self.url,
            self.paper,
            self.stamp,
            self.number,
            hashlib.sha256(self.credential.encode()).hexdigest(),
        )
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


def certificate_content(seen: Disclosure, *, paper: str) -> CertificateContent:
    """What the certificate of a disclosure says, with a stamp when it no longer counts.

    Raises CertificateImpossibleError, also when the register says something else than what was signed.
    """
    if paper not in PAPERS:
        raise CertificateImpossibleError(_("Certificates are made for two papers: a4 and letter."))
    if not (seen.certificate and seen.badge and seen.issuer and seen.holder and seen.issued_on and seen.subject_id):
        raise CertificateImpossibleError(_("This badge comes without a certificate."))
    is_issued = seen.version_id is not None
    if is_issued and fault_in(seen, record_of(seen)):
        raise CertificateImpossibleError(
            _("What the register says is not what %(issuer)s signed, so no certificate is made of it. Ask %(issuer)s.")
            % {"issuer": seen.issuer.name}
        )
    credential = credential_of(seen)
    return CertificateContent(
        issuance_id=seen.subject_id,
        version=seen.version,
        holder=seen.holder,
        badge=seen.badge,
        issuer=seen.issuer,
        spec=seen.certificate,
        issued_on=seen.issued_on,
        expires_on=seen.expires_on,
        code=seen.code,
        url=seen.url,
        paper=paper,
        stamp=_stamp(seen),
        number=_number(seen.subject_id) if is_issued else "",
        credential=credential.document if credential else "",
    )


def certificate_pdf(content: CertificateContent, *, patience: float = 0) -> bytes:
    """The signed certificate. Made at the first request for its content; two at once wait for one.

    Waits for a free process `patience` seconds at most. Raises CertificateBusyError, CertificateImpossibleError.
    """
    return bytes(certificate_document(content, patience=patience).pdf)


def certificate_document(content: CertificateContent, *, patience: float = 0) -> Document:
    """As certificate_pdf(), with what is kept beside it."""

    def make() -> bytes:
        facts = replace(_facts(content), log_head=newest_head_text())
        job = PrintCertificate(facts, signing_of(content.issuer.slug))
        return printed(job, patience=patience)

    return made_once(
        content.key,
        make,
        kind=DocumentKind.CERTIFICATE,
        issuance_id=content.issuance_id,
        version=content.version,
        paper=content.paper,
        stamp=content.stamp,
    )


def preview_certificate_pdf(content: CertificateContent) -> bytes:
    """The certificate as it would be, with a mark across it: not signed and not kept, because nothing was issued.

    The credential of a change that is only tried out stays here: it is signed, and never came to be.
    Raises CertificateBusyError, CertificateImpossibleError.
    """
    facts = _facts(replace(content, credential=""), mark=_("Preview"))
    return printed(PrintCertificate(facts), patience=_PREVIEW_PATIENCE)


def signing_of(issuer_slug: str) -> Signing:
    """What the issuer signs documents with, now. Raises CertificateImpossibleError."""
    issuer = Issuer.objects.only("name").get(slug=issuer_slug)
    try:
        key = open_document_key(document_key_for(issuer))
    except seal.SealError as error:
        raise CertificateImpossibleError(
            _("The certificate cannot be signed just now. Please try again later.")
        ) from error
    return Signing(key=key, name=issuer.name, at=clock.now())


def made_once(key: str, make: Callable[[], bytes], **about: Any) -> Document:
    """The document with this key. Whoever asks first makes it; whoever asks meanwhile waits for that one.

    Raises CertificateBusyError when too many wait, and whatever `make` raises.
    """
    document, is_new = Document.objects.get_or_create(key=key, defaults={**about, "claimed_at": clock.now()})
    if document.pdf:
        return document
    if is_new or _took_over(document):
        return _made(document, make)
    if not _waiting.acquire(blocking=False):
        raise CertificateBusyError(_("Other certificates are being made. This one follows in a moment."))
    try:
        return _awaited(document)
    finally:
        _waiting.release()


def _made(document: Document, make: Callable[[], bytes]) -> Document:
    try:
        document.pdf = make()
    except BaseException:
        document.delete()
        raise
    document.sha256 = hashlib.sha256(document.pdf).hexdigest()
    document.save(update_fields=["pdf", "sha256"])
    return document


def _took_over(document: Document) -> bool:
    """Whoever claimed it has been silent for so long that it is free again, and nobody else was quicker."""
    now = clock.now()
    if now - document.claimed_at < _CLAIM:
        return False
    unclaimed = Document.objects.filter(pk=document.pk, sha256="", claimed_at=document.claimed_at)
    return unclaimed.update(claimed_at=now) == 1


def _awaited(document: Document) -> Document:
    deadline = time.monotonic() + settings.PDF_SECONDS
    while time.monotonic() < deadline:
        time.sleep(_LOOKS_AGAIN_SECONDS)
        # Its maker deletes the row when it fails.
        made = Document.objects.filter(pk=document.pk).first()
        if made is None:
            break
        if made.pdf:
            return made
    raise CertificateBusyError(_("The certificate is still being made. It follows in a moment."))


def _stamp(seen: Disclosure) -> str:
    if seen.state == State.REVOKED and seen.revoked_on:
        return _("Revoked on %(day)s") % {"day": long_date(seen.revoked_on)}
    if seen.state == State.SUSPENDED and seen.suspended_on:
        return _("Under review since %(day)s") % {"day": long_date(seen.suspended_on)}
    if seen.state == State.EXPIRED and seen.expires_on:
        return _("Expired on %(day)s") % {"day": long_date(seen.expires_on)}
    return ""


def _number(issuance_id: uuid.UUID) -> str:
    return CertificateNumber.objects.filter(issuance_id=issuance_id).values_list("text", flat=True).first() or ""


def _facts(content: CertificateContent, *, mark: str = "") -> CertificateFacts:
    badge, issuer, spec = content.badge, content.issuer, content.spec
    wanted = [badge.picture.sha256, *(person["signature"] for person in spec.signatories if person.get("signature"))]
    if issuer.logo:
        wanted.append(issuer.logo.sha256)
    pictures = {picture.sha256: picture for picture in Picture.objects.filter(sha256__in=wanted)}
    badge_picture = pictures[badge.picture.sha256]
    logo = pictures[issuer.logo.sha256] if issuer.logo else None
    return CertificateFacts(
        recipient_name=content.holder,
        badge_name=badge.name,
        issuer_name=issuer.name,
        description=badge.description,
        issued_on=content.issued_on,
        expires_on=content.expires_on,
        code=content.code,
        verify_url=content.url,
        badge_png=bytes(badge_picture.png),
        badge_svg=bytes(badge_picture.svg) or None,
        issuer_logo=(logo and (bytes(logo.svg) or bytes(logo.png))) or None,
        signatories=tuple(
            Signatory(
                name=person.get("name", ""),
                title=person.get("title", ""),
                signature_png=bytes(pictures[person["signature"]].png) if person.get("signature") else None,
            )
            for person in spec.signatories
        ),
        wording=Wording(**_wording(content), check=_("Check this certificate")),
        design=spec.design,
        colour=spec.colour,
        paper=content.paper,
        stamp=content.stamp or None,
        mark=mark,
        number=content.number,
        language=issuer.language,
        credential=content.credential.encode(),
    )


def _wording(content: CertificateContent) -> dict[str, str]:
    facts = {
        "name": content.holder,
        "badge": content.badge.name,
        "issuer": content.issuer.name,
        "issued_on": long_date(content.issued_on),
        "expires_on": long_date(content.expires_on) if content.expires_on else "",
        "code": codes.grouped(content.code),
        "number": content.number,
    }
    return {name: filled(content.spec.wording[name], facts) for name in WORDINGS if content.spec.wording.get(name)}
