import pytest
from django.test import Client

from badgecert.core.codes import grouped
from badges.models import Issuance

SENTENCES = {
    "": "Type the code or paste the link.",
    "abc": "A code has 12 characters; this has 3.",
    "UUUUUUUUUUUU": "Codes hold only digits and letters, and never the letter U.",
    "0000000000ZZ": "One character of this code is wrong.",
    "https://badges.elsewhere.example/v/000000000000": "Such a link begins with http://testserver/v/.",
    "https://testserver.evil.example/v/000000000000": "Such a link begins with http://testserver/v/.",
    "http://testserver/badges/icp/": "Such a link begins with http://testserver/v/.",
    "javascript:alert(1)//": "Such a link begins with http://testserver/v/.",
    "http://[::1": "Such a link begins with http://testserver/v/.",
}


def test_form_is_shown_without_a_word_of_blame(db: None) -> None:
    response = Client().get("/verify/")

    assert response.status_code == 200
    assert "field-error" not in response.content.decode()
    assert not response.cookies


@pytest.mark.parametrize(
    "form",
    [
        "{code}",
        "{groups}",
        " {lower} ",
        "{base}/v/{code}",
        "testserver/V/{groups}",
        "{base}/v/{code}.json?x=1#y",
        "{base}/v/{code}/certificate.pdf",
    ],
)
def test_code_or_link_leads_to_the_page(issuance: Issuance, form: str) -> None:
    typed = form.format(
        code=issuance.code, groups=grouped(issuance.code), lower=issuance.code.lower(), base="http://testserver"
    )

    response = Client().get("/verify/", {"code": typed})

    assert (response.status_code, response["Location"]) == (302, f"/v/{issuance.code}")


@pytest.mark.parametrize("typed", SENTENCES)
def test_anything_else_gets_a_sentence_and_keeps_what_was_typed(db: None, typed: str) -> None:
    response = Client().get("/verify/", {"code": typed})

    text = response.content.decode()
    assert response.status_code == 200
    assert SENTENCES[typed] in text
    assert f'value="{typed}"' in text


def test_what_was_typed_is_escaped_and_cut(db: None) -> None:
    text = Client().get("/verify/", {"code": '"><script>alert(1)</script>' + "x" * 10_000}).content.decode()

    assert "<script>alert" not in text
    assert len(text) < 10_000
