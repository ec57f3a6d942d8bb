"""Receipts of checks: of a badge's page, and of what somebody brought."""

import io
import json
import re
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import revoke_issuance, set_visibility
from badges.models import Badge, Issuance, Visibility
from certificates.actions.log import sequence_entries
from certificates.models import Document, ReceiptKey
from certificates.openbadges.findings import Verdict
from certificates.openbadges.keys import multikey
from certificates.openbadges.proofs import add_proof
from certificates.openbadges.public_log import SignedHead
from certificates.public_log import newest_head
from certificates.verifying import verdict_on_content
from tests.certificates.openbadges.examples import KEY, credential
from tests.certificates.rendering.test_archival import codes_in
from tests.certificates.rendering.test_pdf import image_of
from tests.factories import issue

HOLDER = "Amara Okafor-Lindqvist"


@pytest.fixture
def issuance(badge: Badge, earner: User) -> Issuance:
    issuance = issue(badge, to=earner, name=HOLDER, issued_on=date(2026, 3, 14))
    sequence_entries()
    return issuance


def words_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def receipt_of(issuance: Issuance) -> bytes:
    response = Client().get(f"/v/{issuance.code}/check.pdf")
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    return response.content


def test_receipt_says_what_the_page_says_line_by_line(issuance: Issuance) -> None:
    with clock.at(clock.now()):
        page = Client().get(f"/v/{issuance.code}").content.decode()
        words = words_of(receipt_of(issuance))
        now = clock.now()

    assert f"Checked on {now.day} {now:%B %Y} at {now:%H:%M:%S} UTC" in words
    for said in (
        HOLDER,
        "Infection Control Practitioner",
        issuance.issuer.name,
        f"http://testserver/v/{issuance.code}",
    ):
        assert said in words
    titles = re.findall(r'data-outcome="passed".*?<b>(.*?)</b>', page, re.DOTALL)
    assert len(titles) == 6
    for title in titles:
        assert f"Passed {title}" in words


def test_receipt_carries_the_signed_head_for_people_and_programs(issuance: Issuance) -> None:
    pdf = receipt_of(issuance)

    head = newest_head()
    assert SignedHead.from_pdf(pdf) == head
    for said in (head.root.hex(), head.signature.hex(), head.key):
        assert said in words_of(pdf).replace(" ", "")


def test_code_on_the_receipt_leads_back_and_nothing_is_kept(issuance: Issuance) -> None:
    pdf = receipt_of(issuance)

    assert codes_in(image_of(pdf, scale=150 / 72).convert("L")) == [f"HTTP://TESTSERVER/V/{issuance.code}"]
    assert Document.objects.count() == 0


def test_receipt_is_signed_by_this_site_for_every_reader(issuance: Issuance, tmp_path: Path) -> None:
    path = tmp_path / "check.pdf"
    path.write_bytes(receipt_of(issuance))

    said = subprocess.run(["pdfsig", path], capture_output=True, text=True).stdout

    assert "Signature Validation: Signature is Valid." in said
    assert "Signer Certificate Common Name: BadgeCert" in said
    assert ReceiptKey.objects.count() == 1


def test_verifier_knows_the_receipt_and_asks_the_register_anew(issuance: Issuance, staff: User) -> None:
    pdf = receipt_of(issuance)
    before = verdict_on_content(pdf)
    revoke_issuance(issuance, reason="issued in error", by=staff)

    after, changed = verdict_on_content(pdf), verdict_on_content(pdf.replace(b"/Lang (en", b"/Lang (fr"))

    assert before.verdict == Verdict.VALID
    assert before.checks[0].title == "It is the record of a check that this site made"
    assert before.page == f"http://testserver/v/{issuance.code}"
    assert after.verdict == Verdict.REVOKED
    assert (changed.verdict, changed.checks[0].title) == (Verdict.ALTERED, "The record was changed after it was made")


def test_receipt_of_what_is_not_shown_shows_nothing(issuance: Issuance, earner: User, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)
    revoked = words_of(receipt_of(issuance))
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    private = words_of(receipt_of(issuance))
    erase_person(earner, ground=ErasureGround.OWN_WISH, by=earner)
    erased = words_of(receipt_of(issuance))

    assert "Failed It has been revoked" in revoked
    assert "The holder keeps this badge private" in private
    assert "This badge was removed" in erased
    for words in (revoked, private, erased):
        assert HOLDER not in words
    for words in (private, erased):
        assert "Infection" not in words
        assert "revoked" not in words.replace("suspended or revoked at any time", "")


def test_verdict_on_the_receipt_of_a_private_badge_says_nothing_of_it(
    issuance: Issuance, earner: User, staff: User
) -> None:
    pdf = receipt_of(issuance)
    revoke_issuance(issuance, reason="issued in error", by=staff)
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    result = verdict_on_content(pdf)

    assert result.verdict == Verdict.COULD_NOT_CHECK
    assert result.facts is None


def test_no_receipt_of_a_code_that_is_not_there(db: None, settings: object) -> None:
    settings.CODE_MISSES_PER_MINUTE = 2

    statuses = [Client().get("/v/000000000000/check.pdf").status_code for _ in range(3)]

    assert statuses == [404, 404, 429]
    assert Client().get("/v/abc/check.pdf").status_code in {404, 429}


def test_receipts_are_given_only_so_often(issuance: Issuance, settings: object) -> None:
    settings.VERIFICATIONS_PER_MINUTE = 1

    statuses = [Client().get(f"/v/{issuance.code}/check.pdf").status_code for _ in range(2)]

    assert statuses == [200, 429]


# --- of what was brought -------------------------------------------------------------------------


def check(content: bytes, name: str = "badge.json") -> str:
    """The ticket on the page of the result."""
    response = Client().post("/verify/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 200
    [ticket] = re.findall(r'name="ticket" value="([^"]+)"', response.content.decode())
    return ticket


def test_every_check_at_the_verifier_has_its_receipt(issuance: Issuance) -> None:
    content = issuance.current_version.credential.document.encode()

    response = Client().post("/verify/receipt.pdf", {"ticket": check(content)})

    words = words_of(response.content)
    assert response["Content-Type"] == "application/pdf"
    for said in (HOLDER, "Passed It is as it was signed", "Passed The issuer stands by it", f"{len(content)} bytes"):
        assert said in words


def signed_by_nobody_known(name: str) -> bytes:
    document, public = credential(name=name), multikey(KEY)
    del document["credentialStatus"]
    document["issuer"]["id"] = f"did:key:{public}"
    document["validFrom"] = "2026-01-02T03:04:05Z"
    created = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    signed = add_proof(document, key=KEY, verification_method=f"did:key:{public}#{public}", created=created)
    return json.dumps(signed).encode()


def test_badge_of_somebody_else_has_a_receipt_with_its_reasons(issuance: Issuance) -> None:
    # Whoever made it may name it like one of ours; and no font has every letter.
    name = f"http://testserver/v/{issuance.code} {issuance} \U0001f642 سارة"

    response = Client().post("/verify/receipt.pdf", {"ticket": check(signed_by_nobody_known(name))})

    words = words_of(response.content)
    for said in ("Unknown issuer", "Could not check", "Passed It is as it was signed", "[U+1F642]", "did:key:z6Mk"):
        assert said in words
    assert codes_in(image_of(response.content, scale=150 / 72).convert("L")) == ["http://testserver/verify/"]
    again = verdict_on_content(response.content)
    assert (again.verdict, again.page, again.facts) == (Verdict.COULD_NOT_CHECK, "", None)
    assert again.checks[0].title == "It is the record of a check that this site made"


@pytest.mark.parametrize("ticket", ["", "x", "x" * 5000])
def test_ticket_that_is_not_ours_gets_a_sentence(db: None, ticket: str) -> None:
    response = Client().post("/verify/receipt.pdf", {"ticket": ticket})

    assert response.status_code == 400
    assert "within an hour of the check" in response.content.decode()


def test_ticket_lapses(issuance: Issuance) -> None:
    ticket = check(issuance.current_version.credential.document.encode())

    with clock.at(clock.now() + timedelta(hours=1, seconds=1)):
        response = Client().post("/verify/receipt.pdf", {"ticket": ticket})

    assert response.status_code == 400
