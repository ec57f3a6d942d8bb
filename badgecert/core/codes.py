"""The short public identifier of an issuance: 12 characters, the last one a check character.

Crockford's 32 characters leave out I, L, O and U, so that a code survives handwriting and a telephone. The check
character is Luhn mod 32 over the other eleven: it catches every single wrong character and nearly every swap of
neighbours, so a typing slip is told from a code that was never given.
"""

import re
import secrets

from badgecert.core.sentences import sentence as _

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 12

_LOOK_ALIKES = str.maketrans({"I": "1", "L": "1", "O": "0"})
_SEPARATORS = re.compile(r"[\s\-\u2010-\u2015]+")


class NotACodeError(ValueError):
    """The text cannot be a code; the message says why in words fit for a page."""


def new_code() -> str:
    """A fresh code with 55 random bits."""
    bits = secrets.randbits(5 * (LENGTH - 1))
    body = "".join(ALPHABET[bits >> 5 * place & 31] for place in range(LENGTH - 1))
    return body + check_character(body)


def check_character(body: str) -> str:
    """The Luhn mod 32 check character of the given characters."""
    total = 0
    for position, character in enumerate(reversed(body)):
        value = ALPHABET.index(character) * (2 if position % 2 == 0 else 1)
        total += value // 32 + value % 32
    return ALPHABET[-total % 32]


def normalise(text: str) -> str:
    """The canonical spelling of a code somebody typed: any case, spaces and hyphens, I and L for 1, O for 0.

    Raises NotACodeError when the length, a character or the check character is wrong.
    """
    code = _SEPARATORS.sub("", text).upper().translate(_LOOK_ALIKES)
    if len(code) != LENGTH:
        msg = _("A code has %(length)s characters; this has %(number)s.", length=LENGTH, number=len(code))
        raise NotACodeError(msg)
    if any(character not in ALPHABET for character in code):
        msg = _("Codes hold only digits and letters, and never the letter U.")
        raise NotACodeError(msg)
    if check_character(code[:-1]) != code[-1]:
        msg = _("One character of this code is wrong. Compare it with what you were given.")
        raise NotACodeError(msg)
    return code


def grouped(code: str) -> str:
    """As it is printed: 7KQ4-M2XD-9RWT."""
    return "-".join(code[start : start + 4] for start in range(0, len(code), 4))
