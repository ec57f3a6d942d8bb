"""JSON that means one thing: no double names, no numbers that are none, no bottomless nesting."""

import json
import math
from typing import Any

from badgecert.core.sentences import sentence as _

MOST_BYTES = 1_048_576
# Deeper than any credential, far from the interpreter's own limit.
DEEPEST = 64


class NotJsonError(ValueError):
    """The text is not JSON that everybody reads alike; the sentence says why."""


def parse_object(content: bytes | str) -> dict[str, Any]:
    """The JSON object in the content. Raises NotJsonError."""
    text = _text(content)
    _refuse_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_without_doubles,
            parse_constant=_refuse,
            parse_int=_integer,
            parse_float=_finite,
        )
    except RecursionError as error:
        msg = _("It is nested too deep.")
        raise NotJsonError(msg) from error
    except json.JSONDecodeError as error:
        msg = _("It is not JSON: line %(lineno)s, column %(colno)s.", lineno=error.lineno, colno=error.colno)
        raise NotJsonError(msg) from error
    if not isinstance(value, dict):
        msg = _("It is JSON, and holds no object.")
        raise NotJsonError(msg)
    _refuse_surrogates(text, value)
    return value


def _text(content: bytes | str) -> str:
    if len(content) > MOST_BYTES:
        msg = _("It is larger than 1 MB.")
        raise NotJsonError(msg)
    if isinstance(content, str):
        return content
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        msg = _("It is not text in UTF-8.")
        raise NotJsonError(msg) from error


def _refuse_depth(text: str) -> None:
    depth = 0
    is_inside_string = is_escaped = False
    for character in text:
        if is_inside_string:
            if is_escaped:
                is_escaped = False
            elif character == "\\":
                is_escaped = True
            elif character == '"':
                is_inside_string = False
        elif character == '"':
            is_inside_string = True
        elif character in "[{":
            depth += 1
            if depth > DEEPEST:
                msg = _("It is nested more than %(deepest)s deep.", deepest=DEEPEST)
                raise NotJsonError(msg)
        elif character in "]}":
            depth -= 1


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        msg = _("It says one thing twice: a member stands there two times.")
        raise NotJsonError(msg)
    return members


def _refuse(constant: str) -> None:
    msg = _("It holds %(constant)s, which is no number.", constant=constant)
    raise NotJsonError(msg)


def _integer(digits: str) -> int:
    if len(digits) > 30:  # far beyond any date, count or index
        msg = _("It holds a number that is too long.")
        raise NotJsonError(msg)
    return int(digits)


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        msg = _("It holds a number that is too large.")
        raise NotJsonError(msg)
    return number


def _refuse_surrogates(text: str, value: object) -> None:
    if "\\u" not in text:
        return
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        msg = _("It holds half a character.")
        raise NotJsonError(msg) from error
    if "\\u0000" in text:
        msg = _("It holds an invisible control character.")
        raise NotJsonError(msg)
