"""The words of a language in one dictionary."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import trans_real
from django.utils.translation.trans_real import DjangoTranslation


class OneCatalogue(DjangoTranslation):
    """Says the same as Django's own, which asks the catalogue of each app in turn, and then each language before this.

    A page asks for a hundred words, and most are English and in none of them.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._words = _words_of(self)

    def gettext(self, message: str) -> str:
        return self._words.get(message, message)


def use_one_catalogue() -> None:
    trans_real.DjangoTranslation = OneCatalogue  # type: ignore[misc]
    # While models were loaded somebody asked for a word.
    made: dict[str, object] = trans_real._translations  # type: ignore[attr-defined]
    for language in [language for language, translation in made.items() if type(translation) is DjangoTranslation]:
        del made[language]
    trans_real._default = None  # type: ignore[attr-defined]


def _words_of(translation: Any) -> dict[str, str]:
    links = list(_chain(translation))
    words: dict[str, str] = {}
    for link in reversed(links):
        catalogues = [catalogue.items() for catalogue in reversed(_catalogues(link))]
        # A word with a plural is found without it, too, if it is not there by itself.
        words |= {
            key[0]: text
            for items in catalogues
            for key, text in items
            if isinstance(key, tuple) and key[1] == link.plural(1)
        }
        words |= {key: text for items in catalogues for key, text in items if isinstance(key, str)}
    return words


def _chain(translation: Any) -> Iterator[Any]:
    while translation is not None:
        yield translation
        translation = translation._fallback


def _catalogues(translation: Any) -> list[dict[Any, str]]:
    """Of one link, the first to be asked first."""
    catalogue = getattr(translation, "_catalog", {})
    return getattr(catalogue, "_catalogs", [catalogue])
