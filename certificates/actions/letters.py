"""Letters of support: an organisation confirms in writing, to somebody by name, what the register says."""

import hashlib
import json
from dataclasses import replace

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.dates import day_in, long_date
from badgecert.core.models import Picture
from badges.disclosure import Disclosure, State, can_see
from badges.models import Issuance
from certificates.actions.documents import made_once, signing_of
from certificates.exceptions import CertificateImpossibleError
from certificates.integrity import fault_in, record_of
from certificates.models import Document, DocumentKind
from certificates.printing import printed
from certificates.public_log import newest_head_text
from certificates.rendering.jobs import PrintLetter
from certificates.rendering.letters import LetterFacts
from certificates.rendering.pdf import Signatory
from issuers.permissions import can_issue

_PATIENCE = 10
LONGEST_TEXT = 4000
# Nobody is recommended with a badge that does not count.
_STATES = {State.VALID, State.EXPIRING, State.EXPIRED}


def make_letter(issuance: Issuance, *, addressee: str, text: str = "", paper: str = "a4", by: User) -> Document:
    """A signed letter to this addressee (a line for each part), with what staff write and what the register says.

    Its code leads to the badge's page, and whoever is handed the letter can have it checked at /verify/.
    Raises PermissionDenied, CertificateImpossibleError, CertificateBusyError.
    """
    if not can_issue(by, issuance.issuer):
        raise PermissionDenied
    seen = can_see(issuance.code, viewer=by)
    if seen.state not in _STATES or not seen.holder or seen.issuer is None:
        raise CertificateImpossibleError(_("A letter can be written for a badge that was not revoked or suspended."))
    if fault_in(seen, record_of(seen)):
        raise CertificateImpossibleError(
            _("What the register says is not what was signed, so no letter is made of it.")
        )
    facts = _facts(seen, issuance, addressee=addressee, text=text, paper=paper)
    key = hashlib.sha256(json.dumps(["letter", repr(facts)]).encode()).hexdigest()
    document = made_once(
        key,
        lambda: printed(
            PrintLetter(replace(facts, log_head=newest_head_text()), signing_of(issuance.issuer.slug)),
            patience=_PATIENCE,
        ),
        kind=DocumentKind.LETTER,
        issuance_id=issuance.pk,
        version=seen.version,
        paper=paper,
    )
    audit.record("letter made", issuance, by=by, issuer_id=issuance.issuer_id)
    return document


def _facts(seen: Disclosure, issuance: Issuance, *, addressee: str, text: str, paper: str) -> LetterFacts:
    badge, issuer = seen.badge, seen.issuer
    if badge is None or issuer is None or seen.issued_on is None:
        raise CertificateImpossibleError(_("This badge comes without a certificate."))
    said = {"name": seen.holder, "badge": badge.name, "issuer": issuer.name}
    opening = _("%(issuer)s confirms that %(name)s holds the credential %(badge)s, as set out below.") % said
    rows = [
        (_("Name"), seen.holder),
        (_("Badge"), badge.name),
        (_("Issued"), long_date(seen.issued_on)),
        (_("Valid until"), long_date(seen.expires_on) if seen.expires_on else _("No end")),
    ]
    signatories = seen.certificate.signatories if seen.certificate else ()
    return LetterFacts(
        title=_("Confirmation of a credential"),
        sender=issuer.name,
        sender_lines=(issuer.postal_address, issuer.email, issuer.url),
        addressee=tuple(line.strip() for line in addressee.splitlines() if line.strip()),
        dated=day_in(clock.now(), issuer.time_zone),
        paragraphs=tuple(part.strip() for part in (opening, *text[:LONGEST_TEXT].split("\n\n")) if part.strip()),
        rows=tuple(rows),
        code=seen.code,
        verify_url=seen.url,
        check=_("Check this letter"),
        logo=_picture(issuer.logo.sha256) if issuer.logo else None,
        signatory=_signatory(signatories[0]) if signatories else None,
        paper=paper,
        language=issuer.language,
    )


def _signatory(person: dict[str, str]) -> Signatory:
    signature = person.get("signature")
    return Signatory(
        name=person.get("name", ""),
        title=person.get("title", ""),
        signature_png=bytes(Picture.objects.get(sha256=signature).png) if signature else None,
    )


def _picture(sha256: str) -> bytes:
    picture = Picture.objects.get(sha256=sha256)
    return bytes(picture.svg) or bytes(picture.png)
