import pytest

from earners.small_changes import changes_between, is_small_change


@pytest.mark.parametrize(
    ("old", "new", "number"),
    [
        ("Amara", "Amara", 0),
        ("Amara", "Amarah", 1),
        ("Amara", "Amra", 1),
        ("Amara", "Amora", 1),
        ("Amara", "Amaar", 1),
        ("Amara", "Samara", 2),
        ("Amara", "Piet", 5),
        ("", "Piet", 4),
    ],
)
def test_changes_are_counted_in_letters(old, new, number):
    assert changes_between(old, new) == number


@pytest.mark.parametrize(
    ("old", "new", "is_small"),
    [
        ("Amara Okafor", "Amarah Okafor", True),
        ("Amara Okafor", "Amara Okaforr", True),
        ("Amara Okafor", "Amarah Okaforr", True),
        ("Amara Okafor", "Amarahs Okaforr", False),
        ("Amara Okafor", "Amara Okafor", False),
        ("Amara Okafor", "AmaraOkafor", False),
        ("Ana Ito", "Anna Ito", False),
        # Seven letters became eight.
        ("Ana Itoh", "Anna Itoh", False),
        ("Žofie Dvorakova", "Žofie Dvořáková", False),
        ("Žofie Dvorakova", "Žofie Dvořákova", True),
        # The same letter in two spellings of Unicode is no change.
        ("Jose\u0301 Fernandez", "José Fernandez", False),
        ("Jose Fernandez", "José Fernandez", True),
    ],
)
def test_small_change_is_one_or_two_letters_of_a_long_name(old, new, is_small):
    assert is_small_change(old, new) is is_small
