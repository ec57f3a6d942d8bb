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

__all__ = [
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
    "ExpiryRule",
    "Issuance",
    "IssuanceVersion",
    "VersionKind",
    "Visibility",
]
