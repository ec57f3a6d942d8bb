import zlib

import pytest

from certificates.openbadges.exceptions import NoCredentialError, UnreadableError
from certificates.openbadges.reading import Carrier, Form, read

JSON = b'{"type": "VerifiableCredential"}'


def pdf(*attached: bytes, packed: bool = True) -> bytes:
    """As WeasyPrint and pikepdf write embedded files: uncompressed object, packed stream."""
    content = b"%PDF-1.7\n"
    for number, text in enumerate(attached, 1):
        body, how = (zlib.compress(text), b"/Filter /FlateDecode ") if packed else (text, b"")
        content += b"%d 0 obj\n<< /Type /EmbeddedFile %s/Length %d >>\nstream\n%s\nendstream\nendobj\n" % (
            number,
            how,
            len(body),
            body,
        )
    return content + b"%%EOF"


@pytest.mark.parametrize("packed", [True, False])
def test_a_credential_attached_to_a_pdf_is_found(packed: bool) -> None:  # noqa: FBT001  # a case of two
    presented = read(pdf(b"name,place", JSON, packed=packed))

    assert (presented.carrier, presented.form) == (Carrier.PDF, Form.JSON)
    assert presented.document == {"type": "VerifiableCredential"}


def test_two_credentials_in_a_pdf_are_ambiguous() -> None:
    with pytest.raises(UnreadableError, match="carries 2 credentials"):
        read(pdf(JSON, JSON))


def test_a_pdf_that_inflates_without_end_is_given_up() -> None:
    with pytest.raises(NoCredentialError, match="Type the code printed on it"):
        read(pdf(b" " * 50_000_000))


@pytest.mark.parametrize(
    ("content", "form"),
    [
        (b"\xef\xbb\xbf  " + JSON, Form.JSON),
        (b" eyJhbGciOiJSUzI1NiJ9.e30.c2ln\n", Form.JWT),
        (b" https://board.example.org/a/1 ", Form.ADDRESS),
        (b'{"type": ["VerifiablePresentation"], "verifiableCredential": {"id": "urn:x"}}', Form.JSON),
        (b'{"type": "VerifiablePresentation", "verifiableCredential": ["eyJh.e30.c2ln"]}', Form.JWT),
    ],
)
def test_a_text_is_known_by_its_form(content: bytes, form: Form) -> None:
    assert read(content).form == form


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"hello", "It is not JSON"),
        (b" \n", "It is empty"),
        (b"\x00\x01\xff", "neither a text nor"),
        (b"<html></html>", "no SVG picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>&e;</svg>", "is not XML"),
        (b'{"type": "VerifiablePresentation", "verifiableCredential": []}', "holds 0 credentials"),
        (b'{"type": "VerifiablePresentation", "verifiableCredential": [5]}', "holds no credential"),
        (b"x" * 1_048_577, "larger than 1 MB"),
    ],
)
def test_what_cannot_be_read_gets_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(UnreadableError, match=sentence):
        read(content)
