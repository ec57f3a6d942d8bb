"""A change to what was issued, from its preview to the last badge: drafted, sent, agreed to by a second person, made."""

from badges.actions.proposals.applying import apply_approved_proposals
from badges.actions.proposals.deciding import (
    approve_proposal,
    decline_proposal,
    propose_changes,
    submit_proposal,
    withdraw_proposal,
    withdraw_unwanted,
)
from badges.actions.proposals.drafting import draft_decision, draft_proposal, set_last_day

__all__ = [
    "apply_approved_proposals",
    "approve_proposal",
    "decline_proposal",
    "draft_decision",
    "draft_proposal",
    "propose_changes",
    "set_last_day",
    "submit_proposal",
    "withdraw_proposal",
    "withdraw_unwanted",
]
