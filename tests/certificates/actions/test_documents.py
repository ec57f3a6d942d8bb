import hashlib
import io
import subprocess
import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.db import connection
from django.test import Client
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import correct_issuance
from badges.disclosure import can_see
from badges.models import Badge, Issuance
from certificates.actions import documents
from certificates.actions.document_keys import certificates_of, document_key_for
from certificates.actions.documents import certificate_content, certificate_pdf
from certificates.exceptions import CertificateBusyError, CertificateImpossibleError
from certificates.models import Document
from certificates.rendering.jobs import PrintCertificate
from tests.certificates.tampering import tamper
from tests.factories import issue

HOLDER = "Amara Okafor-Lindqvist"


@pytest.fixture
def issuance(badge: Badge, earner: User) -> Issuance:
    return issue(badge, to=earner, name=HOLDER)


def pdf_of(issuance: Issuance) -> bytes:
    return certificate_pdf(certificate_content(can_see(issuance.code), paper="a4"))


def count_renderings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are printed from now on."""
    rendered = []
    printed = documents.printed

    def counted(job: PrintCertificate, **kwargs: Any) -> bytes:
        rendered.append(job.facts.recipient_name)
        return printed(job, **kwargs)

    monkeypatch.setattr(documents, "printed", counted)
    return rendered


# --- signed --------------------------------------------------------------------------------------


def test_certificate_is_signed_by_its_issuer_and_allows_no_change(issuance: Issuance) -> None:
    reader = PdfFileReader(io.BytesIO(pdf_of(issuance)))
    issuers_own = certificates_of(document_key_for(issuance.issuer))[0]

    [signature] = reader.embedded_signatures
    trusting = ValidationContext(trust_roots=[signature.signer_cert], allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=trusting)
    assert status.bottom_line
    assert status.coverage.name == "ENTIRE_FILE"
    assert status.docmdp_ok
    assert reader.root["/Perms"]["/DocMDP"]["/SubFilter"] == "/ETSI.CAdES.detached"
    assert x509.load_der_x509_certificate(signature.signer_cert.dump()) == issuers_own
    assert issuers_own.subject.rfc4514_string() == f"CN={issuance.issuer.name}"


def test_other_pdf_readers_call_a_certificate_unchanged(issuance: Issuance, tmp_path: Path) -> None:
    whole, altered = tmp_path / "whole.pdf", tmp_path / "altered.pdf"
    content = pdf_of(issuance)
    whole.write_bytes(content)
    altered.write_bytes(content.replace(b"/Lang (en", b"/Lang (fr"))

    said = [subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout for path in (whole, altered)]

    assert "Signature Validation: Signature is Valid." in said[0]
    assert "Total document signed" in said[0]
    assert "ETSI.CAdES.detached" in said[0]
    assert "Signature Validation: Digest Mismatch." in said[1]


# --- once ----------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_requests_at_once_render_a_certificate_once(issuance: Issuance, monkeypatch: pytest.MonkeyPatch) -> None:
    rendered = count_renderings(monkeypatch)
    content = certificate_content(can_see(issuance.code), paper="a4")
    start, results = threading.Barrier(2), []

    def ask() -> None:
        start.wait()
        results.append(certificate_pdf(content))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert rendered == [HOLDER]
    assert results[0] == results[1] != b""
    document = Document.objects.get()
    assert (bytes(document.pdf), document.sha256) == (results[0], hashlib.sha256(results[0]).hexdigest())


@pytest.mark.django_db(transaction=True)
def test_whoever_comes_when_enough_wait_is_sent_away_at_once(
    issuance: Issuance, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = certificate_content(can_see(issuance.code), paper="a4")
    begun, finish, results = threading.Event(), threading.Event(), []

    def slowly(job: PrintCertificate, **kwargs: Any) -> bytes:
        begun.set()
        finish.wait()
        return b"%PDF"

    def ask() -> None:
        results.append(certificate_pdf(content))
        connection.close()

    monkeypatch.setattr(documents, "printed", slowly)
    maker = threading.Thread(target=ask)
    maker.start()
    begun.wait()
    assert documents._waiting.acquire(blocking=False)

    with pytest.raises(CertificateBusyError, match="follows in a moment"):
        certificate_pdf(content)
    response = Client().get(f"/v/{issuance.code}/certificate.pdf")

    documents._waiting.release()
    finish.set()
    maker.join()
    assert results == [b"%PDF"]
    assert (response.status_code, response["Refresh"], response["Retry-After"]) == (202, "1", "1")
    assert response["Cache-Control"] == "no-store"
    assert "Your file is being made" in response.content.decode()


def test_what_somebody_began_and_never_finished_is_made_by_the_next(issuance: Issuance) -> None:
    content = certificate_content(can_see(issuance.code), paper="a4")
    Document.objects.create(
        key=content.key,
        issuance=issuance,
        version=1,
        paper="a4",
        claimed_at=clock.now() - timedelta(minutes=10),
    )

    pdf = certificate_pdf(content)

    assert pdf.startswith(b"%PDF")
    assert bytes(Document.objects.get().pdf) == pdf


def test_each_paper_and_version_is_a_document_of_its_own(issuance: Issuance, staff: User) -> None:
    keys = [certificate_content(can_see(issuance.code), paper=paper).key for paper in ("a4", "letter", "a4")]
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")
    keys.append(certificate_content(can_see(issuance.code), paper="a4").key)

    assert keys[0] == keys[2]
    assert len(set(keys)) == 3


# --- what was altered ----------------------------------------------------------------------------


def test_record_that_was_altered_in_the_database_is_not_printed(issuance: Issuance) -> None:
    pdf_of(issuance)
    tamper("update badges_issuanceversion set recipient_name = 'Mallory' where issuance_id = %s", issuance.pk)

    response = Client().get(f"/v/{issuance.code}/certificate.pdf")

    assert response.status_code == 404
    assert "is not what" in response.content.decode()
    assert b"Mallory" not in response.content
    with pytest.raises(CertificateImpossibleError):
        certificate_content(can_see(issuance.code), paper="a4")
