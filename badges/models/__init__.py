from badges.models.activity import VERIFIED, Activity, ActivityKind
from badges.models.badge import (
    AchievementType,
    Badge,
    BadgeState,
    BadgeVersion,
    ExpiryRule,
    Visibility,
)
from badges.models.batch import Batch, BatchRow, BatchState
from badges.models.issuance import Issuance, IssuanceVersion, VersionKind
from badges.models.proposal import ChangeKind, Proposal, ProposalState, ProposedChange
from badges.models.showing import PARTS_OF_FILES, LinkState, SharedPart, ShareLink, VisibilityPreference

__all__ = [
    "PARTS_OF_FILES",
    "VERIFIED",
    "AchievementType",
    "Activity",
    "ActivityKind",
    "Badge",
    "BadgeState",
    "BadgeVersion",
    "Batch",
    "BatchRow",
    "BatchState",
    "ChangeKind",
    "ExpiryRule",
    "Issuance",
    "IssuanceVersion",
    "LinkState",
    "Proposal",
    "ProposalState",
    "ProposedChange",
    "ShareLink",
    "SharedPart",
    "VersionKind",
    "Visibility",
    "VisibilityPreference",
]
