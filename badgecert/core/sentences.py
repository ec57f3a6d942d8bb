"""Sentences for people from code that knows no Django: English here, the reader's language where they are shown.

    from badgecert.core.sentences import sentence as _

    raise CodeError(_("A code has %(length)d characters.", length=12))

`makemessages` finds them by the underscore; badgecert.core.translating says them in the language of the request.
"""

from typing import Any, Self


class Sentence(str):
    """The English words, which remember what they were made of."""

    __slots__ = ("template", "values")

    template: str
    values: dict[str, Any]

    def __new__(cls, template: str, /, **values: Any) -> Self:
        made = super().__new__(cls, template % values if values else template)
        made.template, made.values = template, values
        return made

    def __str__(self) -> str:
        # So that an exception with it as message gives it back whole.
        return self


sentence = Sentence
