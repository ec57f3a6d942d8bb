import gettext
from typing import Any

import pytest
from django.utils import translation
from django.utils.translation import ngettext, pgettext, trans_real
from django.utils.translation.trans_real import DjangoTranslation

from badgecert.core.catalogues import OneCatalogue


def test_every_language_is_spoken_from_one_catalogue() -> None:
    with translation.override("en-gb"):
        assert type(trans_real._active.value) is OneCatalogue


@pytest.mark.parametrize("language", ["en-gb", "de", "sr-latn", "ar", "pl"])
def test_one_catalogue_says_what_djangos_says(language: str) -> None:
    django, ours = DjangoTranslation(language), OneCatalogue(language)

    messages = messages_of(django)

    assert len(messages) > 100
    assert {said: ours.gettext(said) for said in messages} == {said: django.gettext(said) for said in messages}


def test_what_is_in_no_catalogue_stays_as_it_is() -> None:
    assert OneCatalogue("de").gettext("A sentence of nobody’s") == "A sentence of nobody’s"


def test_plurals_and_contexts_are_said_as_before() -> None:
    with translation.override("de"):
        assert ngettext("%(num)d year", "%(num)d years", 1) == "%(num)d Jahr"
        assert ngettext("%(num)d year", "%(num)d years", 2) == "%(num)d Jahre"
        assert pgettext("alt. month", "March") == "März"


def messages_of(catalogue: Any) -> set[str]:
    """All that it and what it falls back on can say."""
    found = set()
    while isinstance(catalogue, gettext.NullTranslations):
        keys = getattr(catalogue, "_catalog", {}).keys()
        found |= {key if isinstance(key, str) else key[0] for key in keys}
        catalogue = catalogue._fallback
    return found - {""}
