"""Making the certificate of an issuance, once."""

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.core.dates import long_date
from badgecert.core.models import Picture
from badges.disclosure import BadgeFacts, CertificateSpec, Disclosure, IssuerFacts, State
from certificates.credentials import credential_of
from certificates.exceptions import CertificateImpossibleError
from certificates.models import Document

PAPERS = ("a4", "letter")
WORDINGS = ("heading", "awarded_to", "met_requirements")


def certificate_pdf(seen: Disclosure, *, paper: str) -> bytes:
    """The certificate of what is disclosed, with a stamp when it no longer counts.

    Rendered at the first request for its content; two at once wait for one. Raises CertificateImpossibleError.
    """
    content = _content_of(seen, paper=paper)
    stored = Document.objects.filter(key=content.key).values_list("pdf", flat=True).first()
    return bytes(stored) if stored is not None else _made_once(content)


def preview_certificate_pdf(seen: Disclosure, *, paper: str) -> bytes:
    """The certificate as it would be, drawn anew and not kept, because nothing of it was issued.

    Raises CertificateImpossibleError.
    """
    return _rendered(_content_of(seen, paper=paper))


def certificate_key(seen: Disclosure, *, paper: str) -> str:
    """Tells one certificate's content from another's without making it. Raises CertificateImpossibleError."""
    return _content_of(seen, paper=paper).key


@dataclass(frozen=True, slots=True, kw_only=True)
class _Content:
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
    # The signed credential that is attached; empty where there is none to give.
    credential: str

    @property
    def key(self) -> str:
        printed = (
            self.holder,
            self.badge.name,
            self.badge.description,
            self.badge.picture.sha256,
            self.issuer.name,
            self.issuer.logo and self.issuer.logo.sha256,
            self.issuer.language,
            self.spec.design,
            self.spec.wording,
            self.spec.signatories,
            self.issued_on.isoformat(),
            self.expires_on and self.expires_on.isoformat(),
            self.url,
            self.paper,
            self.stamp,
            hashlib.sha256(self.credential.encode()).hexdigest(),
        )
        return hashlib.sha256(json.dumps(printed, sort_keys=True).encode()).hexdigest()


def _content_of(seen: Disclosure, *, paper: str) -> _Content:
    if paper not in PAPERS:
        raise CertificateImpossibleError(_("Certificates are made for two papers: a4 and letter."))
    if not (seen.certificate and seen.badge and seen.issuer and seen.holder and seen.issued_on and seen.subject_id):
        raise CertificateImpossibleError(_("This badge comes without a certificate."))
    credential = credential_of(seen)
    return _Content(
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
        credential=credential.document if credential else "",
    )


def _stamp(seen: Disclosure) -> str:
    if seen.state == State.REVOKED and seen.revoked_on:
        return _("Revoked on %(day)s") % {"day": long_date(seen.revoked_on)}
    if seen.state == State.SUSPENDED and seen.suspended_on:
        return _("Under review since %(day)s") % {"day": long_date(seen.suspended_on)}
    if seen.state == State.EXPIRED and seen.expires_on:
        return _("Expired on %(day)s") % {"day": long_date(seen.expires_on)}
    return ""


@transaction.atomic
def _made_once(content: _Content) -> bytes:
    # Whoever comes second waits at the unique key until the first has committed, and then reads what it made.
    document, is_new = Document.objects.get_or_create(
        key=content.key,
        defaults={
            "issuance_id": content.issuance_id,
            "version": content.version,
            "paper": content.paper,
            "stamp": content.stamp,
            "pdf": b"",
        },
    )
    if is_new:
        document.pdf = _rendered(content)
        document.save(update_fields=["pdf"])
    return bytes(document.pdf)


def _rendered(content: _Content) -> bytes:
    # Drawing text loads large libraries, which most processes never need.
    from certificates.rendering.exceptions import CertificateError  # noqa: PLC0415
    from certificates.rendering.pdf import CertificateFacts, Signatory, Wording, render_certificate  # noqa: PLC0415

    picture = Picture.objects.get(sha256=content.badge.picture.sha256)
    logo = content.issuer.logo and Picture.objects.get(sha256=content.issuer.logo.sha256)
    facts = CertificateFacts(
        recipient_name=content.holder,
        badge_name=content.badge.name,
        issuer_name=content.issuer.name,
        description=content.badge.description,
        issued_on=content.issued_on,
        expires_on=content.expires_on,
        code=content.code,
        verify_url=content.url,
        badge_png=bytes(picture.png),
        badge_svg=bytes(picture.svg) or None,
        issuer_logo=(logo and (bytes(logo.svg) or bytes(logo.png))) or None,
        signatories=tuple(
            Signatory(name=person.get("name", ""), title=person.get("title", "")) for person in content.spec.signatories
        ),
        wording=Wording(
            **{name: content.spec.wording[name] for name in WORDINGS if content.spec.wording.get(name)},
            check=_("Check this certificate"),
        ),
        design=content.spec.design,
        paper=content.paper,
        stamp=content.stamp or None,
        language=content.issuer.language,
        credential=content.credential.encode(),
    )
    try:
        return render_certificate(facts)
    except CertificateError as error:
        raise CertificateImpossibleError(str(error)) from error
