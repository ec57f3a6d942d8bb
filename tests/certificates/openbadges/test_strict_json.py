import pytest

from certificates.openbadges.strict_json import NotJsonError, parse_object


def test_parse_object_reads_every_script() -> None:
    assert parse_object('\ufeff{"name": "王 \\u0041"}'.encode()) == {"name": "王 A"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "It is not JSON"),
        (b"null", "holds no object"),
        (b"[]", "holds no object"),
        (b'"x"', "holds no object"),
        (b"5", "holds no object"),
        ('{"a": 1}'.encode("utf-16"), "not text in UTF-8"),
        (b'{"a": 1} x', "It is not JSON"),
        (b'{"a": 1,} // c', "It is not JSON"),
        (b'{"a": "\xff"}', "not text in UTF-8"),
        (b'{"a": NaN}', "holds NaN"),
        (b'{"a": -Infinity}', "holds -Infinity"),
        (b'{"a": 1e400}', "too large"),
        (b'{"a": ' + b"9" * 100_000 + b"}", "too long"),
        (b"[" * 100_000, "nested more than 64 deep"),
        (b'{"a": "\\ud800"}', "half a character"),
        (b'{"a": "\\u0000"}', "invisible control character"),
        (b'{"a": 1, "a": 2}', "says one thing twice"),
        (b" " * 1_048_577, "larger than 1 MB"),
    ],
    ids=[
        "V80",
        "V81",
        "V82",
        "V83",
        "V84",
        "V85",
        "V86",
        "V87",
        "V88",
        "V89",
        "V89b",
        "V90",
        "V91",
        "V92",
        "V94",
        "V95",
        "V52",
        "V96",
    ],
)
def test_parse_object_refuses_and_says_why(content: bytes, sentence: str) -> None:
    with pytest.raises(NotJsonError, match=sentence):
        parse_object(content)
