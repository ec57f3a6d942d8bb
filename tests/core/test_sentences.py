import pytest
from django.utils import translation

from badgecert.core import codes
from badgecert.core.sentences import Sentence
from badgecert.core.sentences import sentence as _
from badgecert.core.translating import translated


def test_sentence_is_its_english_words() -> None:
    said = _("A code has %(length)d characters.", length=12)

    assert said == "A code has 12 characters."
    assert _("100 % of it") == "100 % of it"


def test_sentence_comes_whole_out_of_an_error() -> None:
    with pytest.raises(codes.NotACodeError) as caught:
        codes.normalise("abc")

    said = str(caught.value)
    assert isinstance(said, Sentence)
    assert said == "A code has 12 characters; this has 3."
    assert said.values == {"length": 12, "number": 3}


def test_translated_says_the_parts_in_the_readers_language_too() -> None:
    # Months are in Django's own catalogue.
    said = _("%(day)d %(month)s", day=4, month=Sentence("November"))

    with translation.override("fr"):
        assert translated(said) == "4 novembre"
    assert said == "4 November"


def test_translated_leaves_every_other_text_alone() -> None:
    assert translated("November 100 %(x)s") == "November 100 %(x)s"
