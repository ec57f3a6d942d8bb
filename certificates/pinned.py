"""Issuers of other platforms that the operator vouches for, by their keys."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from certificates.openbadges.keys import from_multikey
from certificates.openbadges.strict_json import parse_object


@dataclass(frozen=True, slots=True)
class PinnedKey:
    public: Ed25519PublicKey | dict[str, str]
    issuer_name: str


def pinned_keys() -> dict[str, PinnedKey]:
    """By the full name of the key, such as did:web:board.example.org#key-1. Raises ImproperlyConfigured."""
    return _read(settings.PINNED_ISSUERS_FILE) if settings.PINNED_ISSUERS_FILE else {}


@lru_cache(maxsize=1)
def _read(path: str) -> dict[str, PinnedKey]:
    try:
        entries = parse_object(Path(path).read_bytes())
        return {
            name: PinnedKey(
                from_multikey(entry["key"]) if isinstance(entry["key"], str) else dict(entry["key"]), entry["issuer"]
            )
            for name, entry in entries.items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        msg = f"PINNED_ISSUERS_FILE {path} cannot be read: {error!r}."
        raise ImproperlyConfigured(msg) from error
