"""Temporary passwords and one-time links: made, hashed, compared. Values in, values out."""

import hmac
import secrets
from hashlib import sha256

from django.conf import settings

# Easy to read aloud and to type: no look-alikes, lower case, in groups.
_LETTERS = "23456789abcdefghjkmnpqrstvwxyz"
_GROUPS, _GROUP_LENGTH = 4, 5
_system_random = secrets.SystemRandom()


def new_temporary_password() -> str:
    """Twenty random characters in four groups, such as m7kq4-rxd29-wt8hn-c5pzv (98 bits)."""
    letters = "".join(_system_random.choices(_LETTERS, k=_GROUPS * _GROUP_LENGTH))
    return "-".join(letters[start : start + _GROUP_LENGTH] for start in range(0, len(letters), _GROUP_LENGTH))


def new_link_token() -> str:
    return secrets.token_urlsafe(32)


def hash_temporary_password(text: str) -> str:
    """The keyed hash under which it is stored; hyphens, spaces and capitals do not matter."""
    return keyed_hash("temporary password", "".join(c for c in text if c.isalnum()).lower())


def keyed_hash(purpose: str, text: str) -> str:
    """HMAC-SHA-256 in hex under the site's secret, kept apart by purpose."""
    key = sha256(f"badgecert {purpose}|{settings.SECRET_KEY}".encode()).digest()
    return hmac.new(key, text.encode(), sha256).hexdigest()
