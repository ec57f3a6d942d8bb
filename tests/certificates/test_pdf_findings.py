"""A PDF that somebody brings: its bytes, its signature, its credential, its words."""

import io
from dataclasses import replace
from datetime import date

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from badgecert.accounts.models import User
from badges.actions.issuances import correct_issuance, revoke_issuance, set_visibility
from badges.disclosure import can_see
from badges.models import Badge, Issuance, Visibility
from certificates.actions.documents import _facts, certificate_content, certificate_pdf, preview_certificate_pdf
from certificates.actions.log import sequence_entries
from certificates.models import Document
from certificates.openbadges.exceptions import NoCredentialError
from certificates.openbadges.findings import Result, Verdict
from certificates.openbadges.public_log import SignedHead
from certificates.printing import printed
from certificates.public_log import newest_head
from certificates.rendering.jobs import PrintCertificate
from certificates.rendering.pdf import CertificateFacts
from certificates.verifying import verdict_on_content
from tests.factories import issue

HOLDER = "Amara Okafor-Lindqvist"


@pytest.fixture
def issuance(badge: Badge, earner: User) -> Issuance:
    return issue(badge, to=earner, name=HOLDER, issued_on=date(2026, 3, 14))


def pdf_of(issuance: Issuance, viewer: User | None = None) -> bytes:
    return certificate_pdf(certificate_content(can_see(issuance.code, viewer=viewer), paper="a4"))


def facts_of(issuance: Issuance) -> CertificateFacts:
    return _facts(certificate_content(can_see(issuance.code), paper="a4"))


def saved_anew(pdf: bytes) -> bytes:
    """The page alone, as a browser prints it into a file."""
    out, writer = io.BytesIO(), pypdf.PdfWriter()
    writer.add_page(pypdf.PdfReader(io.BytesIO(pdf)).pages[0])
    writer.write(out)
    return out.getvalue()


def found(result: Result, name: str) -> list[tuple[str, str]]:
    return [(check.title, check.sentence) for check in result.checks if check.name == name]


def test_the_file_as_it_was_issued_is_valid(issuance: Issuance) -> None:
    result = verdict_on_content(pdf_of(issuance))

    [(title, sentence)] = found(result, "document")
    assert result.verdict == Verdict.VALID
    assert title == "It is the file that was issued"
    assert f"certificate that this site made for {issuance.issuer.name}" in sentence
    assert result.facts
    assert result.facts.holder == HOLDER


def test_a_file_that_we_no_longer_keep_is_known_by_its_signature(issuance: Issuance) -> None:
    pdf = pdf_of(issuance)
    Document.objects.all().delete()

    result = verdict_on_content(pdf)

    assert result.verdict == Verdict.VALID
    assert found(result, "document") == [
        (
            f"The file is as {issuance.issuer.name} signed it",
            "Its digital signature holds and covers every byte.",
        )
    ]


def test_a_file_carries_the_head_of_the_log_that_was_the_newest(issuance: Issuance, badge: Badge) -> None:
    sequence_entries()
    kept = newest_head()
    pdf = pdf_of(issuance)
    issue(badge)
    sequence_entries()

    result = verdict_on_content(pdf)

    assert SignedHead.from_pdf(pdf) == kept
    assert newest_head() != kept
    assert [title for title, _ in found(result, "log")] == ["The public log has only grown since"]
    assert result.verdict == Verdict.VALID


def test_a_log_that_was_written_anew_is_found_out_by_a_file(issuance: Issuance, badge: Badge) -> None:
    sequence_entries()
    pdf = pdf_of(issuance)
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute("delete from certificates_logproof; delete from certificates_treehead")
        cursor.execute("update certificates_logentry set leaf_hash = %s, index = null", [b"\1" * 32])
        cursor.execute("set local session_replication_role = origin")
    sequence_entries()

    result = verdict_on_content(pdf)

    assert [title for title, _ in found(result, "log")] == ["The public log says something else now"]
    assert result.verdict == Verdict.ALTERED


def test_a_file_that_was_changed_after_signing_is_altered(issuance: Issuance) -> None:
    pdf = pdf_of(issuance)

    for changed in (pdf.replace(b"/Lang (en", b"/Lang (fr"), pdf + b"\n% more\n"):
        result = verdict_on_content(changed)

        assert changed != pdf
        assert result.verdict == Verdict.ALTERED
        assert ("The file was changed after it was signed") in [title for title, _ in found(result, "document")]


@pytest.mark.parametrize(
    ("change", "title", "issued", "printed_now"),
    [
        ({"recipient_name": "Mallory Brown"}, "The name was changed", HOLDER, "Mallory Brown"),
        ({"badge_name": "Chief Surgeon"}, "The badge was changed", "Infection Control Practitioner", "Chief Surgeon"),
        ({"issued_on": date(2020, 3, 14)}, "A date was changed", "Issued 14 March 2026", "Issued 14 March 2020"),
    ],
)
def test_each_thing_that_is_printed_otherwise_is_named_with_both_values(
    issuance: Issuance, change: dict[str, object], title: str, issued: str, printed_now: str
) -> None:
    forged = printed(PrintCertificate(replace(facts_of(issuance), **change)))

    result = verdict_on_content(forged)

    assert result.verdict == Verdict.ALTERED
    assert found(result, "words") == [(title, f"Issued: “{issued}”. In this file: “{printed_now}”.")]
    assert result.facts is None


def test_several_changes_are_several_lines(issuance: Issuance) -> None:
    facts = replace(facts_of(issuance), recipient_name="Mallory Brown", badge_name="Chief Surgeon")

    result = verdict_on_content(saved_anew(printed(PrintCertificate(facts))))

    assert [title for title, _ in found(result, "words")] == ["The name was changed", "The badge was changed"]


@pytest.mark.parametrize("name", [HOLDER, "عبد الرحمن بن محمد الخوارزمي", "प्रियंका क्षत्रिय", "佐藤 さくら"])
def test_a_copy_that_was_saved_anew_sends_to_the_register(badge: Badge, name: str) -> None:
    issuance = issue(badge, name=name)

    result = verdict_on_content(saved_anew(pdf_of(issuance)))

    assert result.verdict == Verdict.COULD_NOT_CHECK
    assert [title for title, _ in found(result, "document")] == ["The file carries no signature of its issuer"]
    assert [title for title, _ in found(result, "words")] == ["The printed words are those that were issued"]
    assert result.page == f"http://testserver/v/{issuance.code}"
    assert result.facts is None


def test_an_older_version_is_superseded(issuance: Issuance, staff: User) -> None:
    pdf = pdf_of(issuance)
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    result = verdict_on_content(pdf)

    assert result.verdict == Verdict.SUPERSEDED
    assert [title for title, _ in found(result, "document")] == ["It is the file that was issued"]


def test_a_stamped_copy_of_what_was_revoked_names_nobody(issuance: Issuance, staff: User, earner: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    result = verdict_on_content(pdf_of(issuance, viewer=earner))

    assert result.verdict == Verdict.REVOKED
    assert not result.facts or not result.facts.holder
    assert "issued in error" in found(result, "record")[0][1]


def test_a_forged_copy_of_a_private_badge_does_not_tell_whose_it_is(issuance: Issuance, earner: User) -> None:
    facts = replace(facts_of(issuance), recipient_name="Mallory Brown", credential=b"")
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    with pytest.raises(NoCredentialError):
        verdict_on_content(saved_anew(printed(PrintCertificate(facts))))


def test_a_preview_is_no_certificate(badge: Badge, issuance: Issuance) -> None:
    seen = replace(can_see(issuance.code), code="0" * 12, version_id=None)

    with pytest.raises(NoCredentialError):
        verdict_on_content(preview_certificate_pdf(certificate_content(seen, paper="a4")))


@pytest.mark.parametrize("content", [b"%PDF-1.7", b"%PDF-1.7\n1 0 obj\n<</Type/Catalog", b"%PDF-1.4" + b"\xff" * 5000])
def test_what_is_hardly_a_pdf_is_answered_with_a_sentence(db: None, content: bytes) -> None:
    upload = SimpleUploadedFile("certificate.pdf", content, "application/pdf")

    response = Client().post("/verify/", {"file": upload})

    assert response.status_code == 400
    assert "carries no credential" in response.content.decode()


def test_whoever_drops_a_forged_file_reads_what_was_changed(issuance: Issuance) -> None:
    forged = printed(PrintCertificate(replace(facts_of(issuance), recipient_name="Mallory Brown")))

    response = Client().post("/verify/", {"file": SimpleUploadedFile("c.pdf", forged, "application/pdf")})

    page = response.content.decode()
    assert "This badge was altered" in page
    assert f"Issued: “{HOLDER}”. In this file: “Mallory Brown”." in page
