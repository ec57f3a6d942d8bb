from earners.models.export import Export, ExportPart, ExportState
from earners.models.profile import Photo, Profile
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
    "Export",
    "ExportPart",
    "ExportState",
    "Photo",
    "Profile",
    "RequestEntry",
    "RequestKind",
    "RequestState",
]
