from earners.models.profile import Profile
from earners.models.request import (
    CORRECTING_KINDS,
    Attachment,
    EarnerRequest,
    EntryKind,
    RequestEntry,
    RequestKind,
    RequestState,
)

__all__ = [
    "CORRECTING_KINDS",
    "Attachment",
    "EarnerRequest",
    "EntryKind",
    "Profile",
    "RequestEntry",
    "RequestKind",
    "RequestState",
]
