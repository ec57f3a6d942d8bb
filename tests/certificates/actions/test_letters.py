import io

import pypdf
import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from badgecert.accounts.models import User
from badges.actions.issuances import revoke_issuance
from badges.models import Issuance
from certificates.actions.letters import make_letter
from certificates.exceptions import CertificateImpossibleError
from certificates.models import Document, DocumentKind
from certificates.openbadges.findings import Verdict
from certificates.verifying import verdict_on_content
from tests.certificates.rendering.test_pdf import text_of
from tests.factories import make_issuer, make_staff


def test_a_letter_says_to_whom_what_the_register_says(issuance: Issuance, staff: User) -> None:
    letter = make_letter(
        issuance, addressee="St Mary's Hospital\nHuman resources", text="She led the audit.\n\nAsk us.", by=staff
    )

    words = text_of(bytes(letter.pdf))
    assert letter.kind == DocumentKind.LETTER
    for said in (
        "St Mary's Hospital Human resources",
        f"{issuance.issuer.name} confirms that Amara Okafor-Lindqvist holds the credential Infection Control Practitioner",
        "She led the audit. Ask us.",
        "Issued 1 November 2026",
        f"http://testserver/v/{issuance.code}",
    ):
        assert said in words


def test_a_letter_is_checked_like_a_certificate(issuance: Issuance, staff: User) -> None:
    letter = make_letter(issuance, addressee="St Mary's", by=staff)

    known, changed = (
        verdict_on_content(content) for content in (bytes(letter.pdf), bytes(letter.pdf).replace(b"(en", b"(fr"))
    )

    assert known.verdict == Verdict.VALID
    assert "letter of support that this site made" in known.checks[0].sentence
    assert changed.verdict == Verdict.ALTERED
    assert pypdf.PdfReader(io.BytesIO(letter.pdf)).xmp_metadata is not None


def test_the_same_letter_is_made_once(issuance: Issuance, staff: User) -> None:
    first, again, other = (make_letter(issuance, addressee=to, by=staff) for to in ("St Mary's", "St Mary's", "Guy's"))

    assert first == again != other
    assert Document.objects.count() == 2


def test_no_letter_is_written_for_what_was_revoked(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    with pytest.raises(CertificateImpossibleError):
        make_letter(issuance, addressee="St Mary's", by=staff)


def test_a_letter_is_written_by_those_who_may_issue(issuance: Issuance, stranger: User) -> None:
    for nobody in (stranger, make_staff(issuance.issuer, role="viewer")):
        with pytest.raises(PermissionDenied):
            make_letter(issuance, addressee="St Mary's", by=nobody)


def test_staff_write_a_letter_at_the_desk(issuance: Issuance, staff: User, stranger: User) -> None:
    address, client = f"/admin/certificates/letter/{issuance.pk}/", Client()
    client.force_login(staff)

    page = client.get(address, {"to": "St Mary's Hospital"}).content.decode()
    unfinished = client.post(address, {"addressee": "", "paper": "a4"})
    letter = client.post(address, {"addressee": "St Mary's Hospital", "text": "She led the audit.", "paper": "letter"})

    assert "St Mary&#x27;s Hospital</textarea>" in page
    assert unfinished.status_code == 200
    assert letter["Content-Type"] == "application/pdf"
    assert "She led the audit." in text_of(letter.content)
    client.force_login(make_staff(make_issuer()))
    assert client.get(address).status_code == 404
