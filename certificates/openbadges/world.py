"""What a check must know of the world outside the credential: keys, registers, other people's documents.

Plain values and one protocol, so that the checks run without a database and without a network.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from certificates.openbadges.canonical import JsonObject


class Trust(StrEnum):
    """Why we believe that a key is its issuer's."""

    OURS = "ours"
    # The operator compared it with the issuer and entered it.
    PINNED = "pinned"
    # The issuer's own web address publishes it.
    DOMAIN = "domain"
    # It comes with the credential: it proves that nothing was changed, and nothing about who signed.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownKey:
    # An RSA key is a JWK.
    public: Ed25519PublicKey | dict[str, str]
    trust: Trust
    issuer_name: str = ""
    retired_at: datetime | None = None
    compromised_at: datetime | None = None


class Standing(StrEnum):
    """What our register says about one of our own credentials."""

    GOOD = "good"
    SUPERSEDED = "superseded"
    SUSPENDED = "suspended"
    REVOKED = "revoked"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    standing: Standing
    # What the issuer says about it: when and why.
    sentence: str
    # The public page, which shows the current version.
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedRecord:
    """An Open Badges 2.0 assertion that we host. Without a document when nobody may see whose it is."""

    record: Record
    issuer_name: str = ""
    badge_name: str = ""
    holder: str = ""
    document: JsonObject | None = None


class World(Protocol):
    @property
    def now(self) -> datetime: ...

    def knows_issuer(self, issuer_id: str) -> bool:
        """Whether somebody here, and not only a credential, says which keys this issuer has."""

    def is_ours(self, address: str) -> bool:
        """Whether an address lies at this site."""

    def key_for(self, issuer_id: str, verification_method: str) -> KnownKey | None:
        """The key with this name, when anybody but the credential itself vouches for it. Raises UnavailableError."""

    def record_of(self, credential: JsonObject) -> Record | None:
        """Our register's entry for exactly this credential; None when we issued no such thing."""

    def signed_before(self, credential: JsonObject, instant: datetime) -> bool:
        """Whether the public log proves that we signed it before an instant, whatever it says itself."""

    def hosted(self, address: str) -> HostedRecord | None:
        """The assertion that we host at an address; None when there is none."""

    def document_at(self, address: str) -> JsonObject:
        """Somebody else's public document, fetched now. Raises UnavailableError."""
