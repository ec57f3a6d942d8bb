"""Mail merge: a mail that a thousand people get is set once, with marks where each reads something of their own.

Setting a mail (its templates, its styles written into the tags) takes a hundred times as long as filling the marks in.
"""

import dataclasses
import re
import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar

from django.utils.html import conditional_escape

# Nobody can guess it, so it stands in nobody's name.
_MARK = f"x{secrets.token_hex(12)}x"
_MARKS = re.compile(rf"{_MARK}(\d+)x")
_KEPT = 200

# What each setting looks like; holds nothing of anybody.
_set_mails: dict[Any, Any] = {}


class _Set(Protocol):
    @property
    def subject(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def html(self) -> str: ...


SetMail = TypeVar("SetMail", bound=_Set)


def merged(
    context: Mapping[str, object],
    *,
    personal: Collection[str],
    key: tuple[object, ...],
    set_mail: Callable[[dict[str, object]], SetMail],
) -> SetMail:
    """What `set_mail` makes of the context. It is asked once for all contexts that differ only in their personal values.

    Those are texts, or flat dataclasses of texts. A template may show one or ask whether it is empty, and nothing else.
    """
    values: list[str] = []
    marked = {name: _marked(value, values) if name in personal else value for name, value in sorted(context.items())}
    whole_key = (*key, *((name, value) for name, value in marked.items()))
    try:
        mail: Any = _set_mails.get(whole_key)
    except TypeError:
        # It holds a list or something else that changes.
        return set_mail(dict(context))
    if mail is None:
        mail = _Pieces(set_mail(marked))
        if len(_set_mails) >= _KEPT:
            _set_mails.clear()
        _set_mails[whole_key] = mail
    filled: SetMail = mail.filled(values)
    return filled


def _marked(value: object, values: list[str]) -> Any:
    """Marks in the place of what it says, which goes to `values`."""
    if isinstance(value, str):
        if not value:
            return value
        values.append(value)
        return f"{_MARK}{len(values) - 1}x"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {field.name: _marked(getattr(value, field.name), values) for field in dataclasses.fields(value)}
        return dataclasses.replace(value, **fields)
    return value


class _Pieces(Generic[SetMail]):
    """A mail that was set with marks, cut at them."""

    def __init__(self, mail: SetMail) -> None:
        self._mail = mail
        self._subject, self._text, self._html = map(_MARKS.split, (mail.subject, mail.text, mail.html))

    def filled(self, values: Sequence[str]) -> SetMail:
        # A protocol cannot say that it is a dataclass.
        mail: Any = self._mail
        filled: SetMail = dataclasses.replace(
            mail,
            subject=_joined(self._subject, values),
            text=_joined(self._text, values),
            html=_joined(self._html, [conditional_escape(value) for value in values]),
        )
        return filled


def _joined(pieces: Sequence[str], values: Sequence[str]) -> str:
    """What stands between the marks, and the value of each mark: every second piece is its number."""
    whole = [*pieces]
    whole[1::2] = [values[int(number)] for number in pieces[1::2]]
    return "".join(whole)
