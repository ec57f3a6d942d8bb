import pytest
from hypothesis import given
from hypothesis import strategies as st

from badgecert.core import codes

bodies = st.text(alphabet=codes.ALPHABET, min_size=11, max_size=11)


@given(bodies)
def test_normalise_takes_any_case_grouping_and_look_alike(body: str) -> None:
    code = body + codes.check_character(body)
    typed = f" {codes.grouped(code).lower().replace('1', 'l').replace('0', 'o').replace('-', ' – ')} "

    assert codes.normalise(typed) == code


@given(bodies, st.integers(0, 11), st.sampled_from(codes.ALPHABET))
def test_normalise_catches_every_single_wrong_character(body: str, position: int, wrong: str) -> None:
    code = body + codes.check_character(body)
    slip = code[:position] + wrong + code[position + 1 :]

    if slip == code:
        assert codes.normalise(slip) == code
    else:
        with pytest.raises(codes.NotACodeError):
            codes.normalise(slip)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("7KQ4M2X", "A code has 12 characters; this has 7."),
        ("7KQ4-M2XD-9RWU", "Codes hold only digits and letters, and never the letter U."),
        ("000000000001", "One character of this code is wrong. Compare it with what you were given."),
        ("", "A code has 12 characters; this has 0."),
        ("１２３４５６７８９０１２", "Codes hold only digits and letters, and never the letter U."),
    ],
)
def test_normalise_says_what_is_wrong(typed: str, sentence: str) -> None:
    with pytest.raises(codes.NotACodeError, match=sentence):
        codes.normalise(typed)


def test_new_code_is_one() -> None:
    code = codes.new_code()

    assert codes.normalise(code) == code


def test_grouped_prints_three_groups_of_four() -> None:
    assert codes.grouped("7KQ4M2XD9RWT") == "7KQ4-M2XD-9RWT"
