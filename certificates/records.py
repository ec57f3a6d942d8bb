"""What is stored besides the words of a page, and shows whether they are true: the signature and the log's entry."""

import hashlib
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from badges.disclosure import State, glance
from badges.models import IssuanceVersion
from certificates.inclusion import PLACE, LogPlace, place_from
from certificates.integrity import SHOWN, SIGNED, SignedRecord, record_from

# Of a version.
_IDS = ("pk", "issuance_id")


class Records(NamedTuple):
    """Of one version."""

    version_id: uuid.UUID | None = None
    issuance_id: uuid.UUID | None = None
    signed: SignedRecord | None = None
    place: LogPlace | None = None


class Look(NamedTuple):
    """All that decides what a page says, from one query."""

    state: State
    # Of what is disclosed; empty when there is no such code.
    tag: str
    # Of that and of all that the page's checks read: only while it stays the same, a page made before is still true.
    name: str
    records: Records


def look_at(code: str) -> Look:
    """What a stranger would be shown under this code now."""
    seen = glance(code, *(f"current_version__{column}" for column in (*_IDS, *SIGNED, *PLACE, *SHOWN)))
    version_id, issuance_id, *stored = seen.columns
    records = Records(
        version_id, issuance_id, record_from(stored[: len(SIGNED)]), place_from(stored[len(SIGNED) : -len(SHOWN)])
    )
    name = hashlib.sha256(repr((records, stored[-len(SHOWN) :])).encode()).hexdigest()
    return Look(seen.state, seen.tag, name, records)


def records_of(version_id: uuid.UUID) -> Records:
    """Of a version that is shown."""
    return records_of_many([version_id])[version_id]


def records_of_many(version_ids: Sequence[uuid.UUID]) -> dict[uuid.UUID, Records]:
    """In one query."""
    rows = IssuanceVersion.objects.filter(pk__in=version_ids).order_by().values_list(*_IDS, *SIGNED, *PLACE)
    return {
        pk: Records(pk, issuance_id, record_from(stored[: len(SIGNED)]), place_from(stored[len(SIGNED) :]))
        for pk, issuance_id, *stored in rows
    }
