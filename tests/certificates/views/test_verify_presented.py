"""What the page says about a badge that somebody brings."""

import json
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from badgecert.core.codes import grouped
from badges.actions.issuances import revoke_issuance
from badges.models import Badge, Issuance
from certificates.openbadges.findings import Verdict
from tests.factories import issue

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'>"


def file_of(issuance: Issuance, ending: str) -> bytes:
    return Client().get(f"/v/{issuance.code}{ending}").content


def brought(content: bytes, name: str = "badge.png") -> Any:
    return Client(enforce_csrf_checks=True).post("/verify/", {"file": SimpleUploadedFile(name, content)})


def test_a_file_is_answered_with_verdict_and_reasons(issuance: Issuance) -> None:
    response = brought(file_of(issuance, ".png"))

    text = response.content.decode()
    assert response.status_code == 200
    assert 'data-tone="valid"' in text
    assert text.count('data-outcome="passed"') == 4
    assert f'href="http://testserver/v/{issuance.code}"' in text
    assert not response.cookies
    assert response["Cache-Control"] == "private, no-store"


def test_a_pasted_credential_is_answered_too(issuance: Issuance) -> None:
    response = Client().post("/verify/", {"text": file_of(issuance, ".json").decode()})

    assert 'data-tone="valid"' in response.content.decode()


@pytest.mark.parametrize("form", ["{groups}", "http://testserver/v/{code}"])
def test_a_pasted_code_or_link_leads_to_its_page(issuance: Issuance, form: str) -> None:
    text = form.format(code=issuance.code, groups=grouped(issuance.code))

    response = Client().post("/verify/", {"text": text})

    assert (response.status_code, response["Location"]) == (302, f"/v/{issuance.code}")


def test_what_was_altered_is_not_shown(issuance: Issuance) -> None:
    altered = file_of(issuance, ".json").replace(b"Infection Control", b"Brain Surgery")

    text = brought(altered, "badge.json").content.decode()

    assert 'data-tone="danger"' in text
    assert "This badge was altered" in text
    assert "Brain Surgery" not in text
    assert 'data-outcome="passed"' not in text


def test_a_revoked_badge_names_nobody(issuance: Issuance, staff: Any) -> None:
    content = file_of(issuance, ".png")
    revoke_issuance(issuance, reason="Issued in error", by=staff)

    text = brought(content).content.decode()

    assert "Issued in error" in text
    assert issuance.current_version.recipient_name not in text


def test_hostile_words_stay_words(badge: Badge) -> None:
    issuance = issue(badge, name=f"Ana {HOSTILE}")

    text = brought(file_of(issuance, ".json"), "badge.json").content.decode()

    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_hostile_words_of_strangers_stay_words(db: None) -> None:
    document = {"@context": [f"https://evil.example/{HOSTILE}"], "type": [HOSTILE], "proof": {"type": HOSTILE}}

    for content in (json.dumps(document), json.dumps({**document, "@context": "https://w3id.org/openbadges/v2"})):
        text = brought(content.encode(), f"{HOSTILE}.json").content.decode()
        assert "<script>alert" not in text
        assert "<img src=x" not in text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({}, "Choose a file or paste the data of the badge."),
        ({"text": "hello"}, "It is not JSON"),
        ({"text": "{}", "file": SimpleUploadedFile("a.json", b"{}")}, "not both"),
        ({"file": SimpleUploadedFile("a.png", b"")}, "It is empty."),
        ({"file": SimpleUploadedFile("a.jpg", b"\xff\xd8\xff\xe0")}, "A JPEG picture carries no badge."),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(db: None, data: dict[str, Any], sentence: str) -> None:
    response = Client().post("/verify/", data)

    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_too_much_is_refused_unread(db: None, settings: Any) -> None:
    settings.UPLOAD_BYTES_LIMIT = 1_000

    response = brought(b"x" * 2_000)

    assert response.status_code == 413
    assert "This is too large for a badge. Nothing was read." in response.content.decode()


def test_whoever_brings_too_many_waits(db: None, settings: Any) -> None:
    settings.VERIFICATIONS_PER_MINUTE = 1

    first, second = (Client().post("/verify/", {"text": "hello"}) for _ in range(2))

    assert (first.status_code, second.status_code, second["Retry-After"]) == (400, 429, "60")


def test_a_program_may_send_a_form(issuance: Issuance) -> None:
    response = Client().post("/api/verify/", {"file": SimpleUploadedFile("b.png", file_of(issuance, ".png"))})

    assert response.json()["isValid"] is True


def test_a_program_that_sends_nothing_learns_how(db: None) -> None:
    response = Client().post("/api/verify/", {})

    assert response.status_code == 400
    assert response.json()["detail"] == "Send the credential as body, or as a file in the field “file”."


def test_asking_is_not_the_way_to_bring(db: None) -> None:
    assert Client().get("/api/verify/").status_code == 405


def test_the_schema_names_every_verdict(db: None) -> None:
    schema = Client().get("/api/schema/?format=json").json()

    operation = schema["paths"]["/api/verify/"]["post"]
    assert set(operation["responses"]) == {"200", "400", "413", "422", "429"}
    assert set(schema["components"]["schemas"]["Verdict"]["required"]) == {
        "verdict",
        "isValid",
        "checks",
        "credential",
        "page",
    }
    assert schema["components"]["schemas"]["VerdictEnum"]["enum"] == [verdict.value for verdict in Verdict]
