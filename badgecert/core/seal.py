"""Sealing what must not lie in the database in clear: mail bodies and the passwords in them.

The keys live outside the database (`SEALING_KEYS`), so a stolen back-up opens nothing.
"""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from badgecert.core.exceptions import RefusedError


class SealError(RefusedError):
    """Nothing can be sealed or opened; the message says what the operator must do."""


def is_ready() -> bool:
    return bool(settings.SEALING_KEYS)


def check_keys() -> None:
    """Raises SealError where nothing could be sealed."""
    _keys()


def seal(content: bytes) -> bytes:
    """Raises SealError without a key."""
    return _keys().encrypt(content)


def open_sealed(sealed: bytes) -> bytes:
    """Raises SealError without a key, or when none of the keys fits."""
    try:
        return _keys().decrypt(bytes(sealed))
    except InvalidToken as error:
        msg = "None of the SEALING_KEYS opens this. Add the key that was in use when it was written."
        raise SealError(msg) from error


def _keys() -> MultiFernet:
    if not is_ready():
        msg = "SEALING_KEYS is not set, so nothing can be issued. Put the key there that `scripts/dev.sh run` or your vault holds."
        raise SealError(msg)
    try:
        return MultiFernet([Fernet(key) for key in settings.SEALING_KEYS])
    except ValueError as error:
        msg = "A key in SEALING_KEYS is not 32 bytes in URL-safe base64."
        raise SealError(msg) from error
