import pytest
from django.core.exceptions import ValidationError

from badgecert.core.text import canonical_email, clean_email, clean_person_name

NAMES_OF_THE_WORLD = [
    "Amara Okafor-Lindqvist",
    "O'Brien",
    "D’Angelo",
    "Ō",
    "Null",
    "王小明",
    "محمد عبد الرحمن",
    "יעל בן־דוד",
    "Nguyễn Thị Minh Khai",
    "สมชาย ใจดี",
    "प्रिया शर्मा",
    "Wolfeschlegelsteinhausenbergerdorff-Montmorency-Cholmondeley",
    "X Æ A-12",
    "St. John",
    "Dr. med. Jo Net",
    "A" * 200,
]


@pytest.mark.parametrize("name", NAMES_OF_THE_WORLD)
def test_clean_person_name_keeps_names_as_they_are(name: str) -> None:
    assert clean_person_name(f"  {name} ") == name


def test_clean_person_name_has_single_spaces() -> None:
    assert clean_person_name("Ana  Maria \u00a0 Ito") == "Ana Maria Ito"


def test_clean_person_name_stores_composed_letters() -> None:
    assert clean_person_name("Zoe\u0308") == "Zoë"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Enter a name."),
        ("   ", "Enter a name."),
        ("...", "Enter a name with at least one letter."),
        ("\u0301\u0301", "Enter a name with at least one letter."),
        ("A" * 201, "This has 201 characters; at most 200 fit."),
        ("Ana\r\nBcc: x@example.org", "Remove the invisible control characters or line breaks."),
        ("Ana\x1b[31m", "Remove the invisible control characters or line breaks."),
        ("Ana\u2028Ito", "Remove the invisible control characters or line breaks."),
        ("\u202eanA", "Remove the invisible control characters or line breaks."),
        ("Ana\x00", "Remove the invisible control characters or line breaks."),
        ("WIN http://evil.example", "A name cannot hold a web address."),
        ("see www.evil.example", "A name cannot hold a web address."),
        ("buy-now.com", "A name cannot hold a web address."),
    ],
)
def test_clean_person_name_refuses_and_says_why(name: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean_person_name(name)

    assert refusal.value.messages == [sentence]


@pytest.mark.parametrize(
    "address", ["ana@example.org", "Ana.Ito+badges@Example.ORG", "a@b.example", "o'neill@x.example"]
)
def test_clean_email_keeps_what_was_typed(address: str) -> None:
    assert clean_email(f" {address} ") == address


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Enter an e-mail address."),
        ("plainaddress", "This e-mail address has no @."),
        ("a b@example.com", "An e-mail address has no spaces. Enter one address only."),
        ("a@example.com, b@example.com", "An e-mail address has no spaces. Enter one address only."),
        *(
            (address, "Enter an e-mail address like ana@example.org.")
            for address in (
                "a@b",
                "@example.com",
                "a@example..com",
                "a@-x.com",
                "a@example.com,b@example.com",
                "a@example.com;b@example.com",
                "<a@example.com>",
                "a%0aBcc:x@example.com",
                "a@[127.0.0.1]",
                "a@localhost",
                "-oQ/tmp/x@example.com",
                "ａ@example.com",
                "a\u200b@example.com",
                "a" * 250 + "@example.com",
            )
        ),
    ],
)
def test_clean_email_refuses_and_says_why(address: str, sentence: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        clean_email(address)

    assert refusal.value.messages == [sentence]


@pytest.mark.parametrize("address", ["a@example.com\r\nBcc: x@example.com", "a@example.com\x00"])
def test_clean_email_lets_nothing_into_a_mail_header(address: str) -> None:
    with pytest.raises(ValidationError):
        clean_email(address)


def test_canonical_email_makes_spellings_one() -> None:
    assert {canonical_email(a) for a in ("ana@example.org", " ANA@Example.org", "Ana@EXAMPLE.ORG ")} == {
        "ana@example.org"
    }
