from earners.models.collection import TITLE_LENGTH, Collection, CollectionItem
from earners.models.export import Export, ExportPart, ExportState
from earners.models.profile import PUBLIC_NAME_LENGTH, Photo, Profile, UsedName
from earners.models.question import Question
from earners.models.request import (
    CORRECTING_KINDS,
    LIVE_STATES,
    Attachment,
    EarnerRequest,
    EntryKind,
    RequestEntry,
    RequestKind,
    RequestState,
)

__all__ = [
    "CORRECTING_KINDS",
    "LIVE_STATES",
    "PUBLIC_NAME_LENGTH",
    "TITLE_LENGTH",
    "Attachment",
    "Collection",
    "CollectionItem",
    "EarnerRequest",
    "EntryKind",
    "Export",
    "ExportPart",
    "ExportState",
    "Photo",
    "Profile",
    "Question",
    "RequestEntry",
    "RequestKind",
    "RequestState",
    "UsedName",
]
