"""A language that nobody speaks: ⟦áççéñţš⟧ on every marked text, and two fifths longer.

What stands on a page without the brackets was never marked for translation; what does not fit was measured in English.
Made from each text when it is asked for, so it needs no catalogue that could be out of date.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from struct import pack
from typing import Any

from django.test import override_settings
from django.utils import translation
from django.utils.translation import trans_real

LEFT_TO_RIGHT, RIGHT_TO_LEFT = "xx", "xr"
LANGUAGES = [("en-gb", "English"), (LEFT_TO_RIGHT, "Pseudo"), (RIGHT_TO_LEFT, "Pseudo, right to left")]
OPEN, CLOSE = "⟦", "⟧"
_ACCENTED = str.maketrans(
    "abcdefghijklmnoprstuvwxyzABCDEFGHIJKLMNOPRSTUVWXYZ",
    "åƀçďéƒğĥíĵķļɱñöþŕšţúṽŵẋýžÅƁÇĎÉƑĞĤÍĴĶĻṀÑÖÞŔŠŢÚṼŴẊÝŽ",
)
# What the program fills in, and what stands in angle brackets, is not for translators to change.
_KEPT = re.compile(r"(%\(\w+\)[sd]|%[sd%]|\{[^{}]*\}|<[^<>]*>|&\w+;)")
# How dates and times are written: translators change these, and no reader sees them.
_DATE_PATTERN = re.compile(
    r"[jNdFMSYyHGgiPAas .,:/\\-]*[jNd][jNdFMSYyHGgiPAas .,:/\\-]*Y[HGgiPAas .,:-]*|P|H:i|[FM] j|[FM] Y|Y"
)
_FILLER = " þåðð íñ é ŵíðé ţöñĝúé ţĥåţ ŕúñš öñ åñð öñ ţíļļ íţ ĥåš éñöúĝĥ ŕööɱ"


def pseudo(text: str) -> str:
    if not text.strip() or _DATE_PATTERN.fullmatch(text):
        return text
    accented = "".join(
        part if _KEPT.fullmatch(part) else part.translate(_ACCENTED) for part in _KEPT.split(text) if part
    )
    letters = len(_KEPT.sub("", text))
    more = (_FILLER * (letters // 100 + 1))[: max(1, letters * 2 // 5)].rstrip()
    return f"{OPEN}{accented}{more}{CLOSE}"


class PseudoTranslation:
    """As much of a DjangoTranslation as Django asks for."""

    def __init__(self, language: str) -> None:
        self._language = language

    def gettext(self, message: str) -> str:
        return pseudo(message.rpartition(trans_real.CONTEXT_SEPARATOR)[2])

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        return self.gettext(singular if number == 1 else plural)

    def language(self) -> str:
        return self._language

    def to_language(self) -> str:
        return self._language

    def info(self) -> dict[str, str]:
        return {}


def make_catalogues(folder: Path) -> str:
    """Catalogues without texts: Django only looks whether there are any. Returns where they are."""
    for language in (LEFT_TO_RIGHT, RIGHT_TO_LEFT):
        catalogue = folder / language / "LC_MESSAGES" / "django.mo"
        catalogue.parent.mkdir(parents=True, exist_ok=True)
        catalogue.write_bytes(pack("<7I", 0x950412DE, 0, 0, 28, 28, 0, 28))
    return str(folder)


def translate_by_pseudo() -> None:
    """From here on Django has a translation into both."""
    made: dict[str, Any] = {language: PseudoTranslation(language) for language in (LEFT_TO_RIGHT, RIGHT_TO_LEFT)}
    trans_real._translations.update(made)


@contextmanager
def pseudo_languages(folder: Path) -> Iterator[None]:
    """While it lasts, the site speaks both; `folder` is an empty one."""
    with override_settings(LANGUAGES=LANGUAGES, LANGUAGES_BIDI=[RIGHT_TO_LEFT], LOCALE_PATHS=[make_catalogues(folder)]):
        # Django has forgotten what it knew of languages because these settings changed.
        translate_by_pseudo()
        try:
            yield
        finally:
            for language in (LEFT_TO_RIGHT, RIGHT_TO_LEFT):
                trans_real._translations.pop(language, None)
            translation.deactivate()
