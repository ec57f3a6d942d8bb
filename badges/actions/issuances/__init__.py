"""The life of an issuance: issue, claim, decline, show, correct, renew, suspend, restore, revoke, reinstate."""

from badges.actions.issuances.choices import (
    DECLINE_UNDO_DAYS,
    claim_issuance,
    decline_issuance,
    name_address,
    set_visibility,
    take_back_issuance,
)
from badges.actions.issuances.issuing import NewIssuance, holders_of, issue_badges
from badges.actions.issuances.standing import (
    reinstate_issuance,
    reinstate_issuances,
    restore_issuance,
    restore_issuances,
    revoke_issuance,
    revoke_issuances,
    suspend_issuance,
    suspend_issuances,
)
from badges.actions.issuances.versions import (
    Correction,
    Renewal,
    correct_issuance,
    correct_issuances,
    renew_issuance,
    renew_issuances,
)

__all__ = [
    "DECLINE_UNDO_DAYS",
    "Correction",
    "NewIssuance",
    "Renewal",
    "claim_issuance",
    "correct_issuance",
    "correct_issuances",
    "decline_issuance",
    "holders_of",
    "issue_badges",
    "name_address",
    "reinstate_issuance",
    "reinstate_issuances",
    "renew_issuance",
    "renew_issuances",
    "restore_issuance",
    "restore_issuances",
    "revoke_issuance",
    "revoke_issuances",
    "set_visibility",
    "suspend_issuance",
    "suspend_issuances",
    "take_back_issuance",
]
