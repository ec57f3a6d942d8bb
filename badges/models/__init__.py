from badges.models.activity import VERIFIED, Activity, ActivityKind
from badges.models.badge import (
    AchievementType,
    Badge,
    BadgeState,
    BadgeVersion,
    ExpiryRule,
    Visibility,
)
from badges.models.batch import (
    Batch,
    BatchFile,
    BatchRow,
    BatchState,
    Column,
    ColumnMapping,
    HolderPolicy,
    RowOutcome,
    RowState,
)
from badges.models.figures import BadgeDay
from badges.models.issuance import Issuance, IssuanceVersion, VersionKind
from badges.models.proposal import ChangeKind, Proposal, ProposalFile, ProposalState, ProposedChange
from badges.models.showing import PARTS_OF_FILES, LinkState, SharedPart, ShareLink, VisibilityPreference

__all__ = [
    "PARTS_OF_FILES",
    "VERIFIED",
    "AchievementType",
    "Activity",
    "ActivityKind",
    "Badge",
    "BadgeDay",
    "BadgeState",
    "BadgeVersion",
    "Batch",
    "BatchFile",
    "BatchRow",
    "BatchState",
    "ChangeKind",
    "Column",
    "ColumnMapping",
    "ExpiryRule",
    "HolderPolicy",
    "Issuance",
    "IssuanceVersion",
    "LinkState",
    "Proposal",
    "ProposalFile",
    "ProposalState",
    "ProposedChange",
    "RowOutcome",
    "RowState",
    "ShareLink",
    "SharedPart",
    "VersionKind",
    "Visibility",
    "VisibilityPreference",
]
