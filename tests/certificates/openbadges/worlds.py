"""A world as a test says it is: no database, no network."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from certificates.openbadges.exceptions import UnavailableError
from certificates.openbadges.world import HostedRecord, KnownKey, Record

NOW = datetime(2026, 12, 1, tzinfo=UTC)


@dataclass
class SmallWorld:
    keys: dict[str, KnownKey] = field(default_factory=dict)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    records: list[tuple[dict[str, Any], Record]] = field(default_factory=list)
    logged_at: datetime | None = None
    now: datetime = NOW
    asked: list[str] = field(default_factory=list)

    def knows_issuer(self, issuer_id: str) -> bool:
        return any(name.startswith(f"{issuer_id}#") for name in self.keys)

    def is_ours(self, address: str) -> bool:
        return False

    def key_for(self, issuer_id: str, verification_method: str) -> KnownKey | None:
        return self.keys.get(verification_method)

    def record_of(self, credential: dict[str, Any]) -> Record | None:
        return next((record for document, record in self.records if document == credential), None)

    def signed_before(self, credential: dict[str, Any], instant: datetime) -> bool:
        return self.logged_at is not None and self.logged_at < instant

    def hosted(self, address: str) -> HostedRecord | None:
        return None

    def document_at(self, address: str) -> dict[str, Any]:
        self.asked.append(address)
        if address not in self.documents:
            msg = f"{address} could not be read."
            raise UnavailableError(msg)
        return self.documents[address]
