"""A change to what was issued, from its preview to the last badge: drafted, sent, agreed to by a second person, made."""

from badges.actions.proposals.applying import apply_approved_proposals
from badges.actions.proposals.choosing import draft_batch_decision, draft_decision
from badges.actions.proposals.deciding import (
    approve_proposal,
    decline_proposal,
    propose_changes,
    submit_proposal,
    withdraw_proposal,
    withdraw_unwanted,
)
from badges.actions.proposals.drafting import draft_proposal, set_last_day
from badges.actions.proposals.files import upload_corrections
from badges.actions.proposals.resuming import read_waiting_proposals
from badges.actions.proposals.trying import taken_back, tried_out

__all__ = [
    "apply_approved_proposals",
    "approve_proposal",
    "decline_proposal",
    "draft_batch_decision",
    "draft_decision",
    "draft_proposal",
    "propose_changes",
    "read_waiting_proposals",
    "set_last_day",
    "submit_proposal",
    "taken_back",
    "tried_out",
    "upload_corrections",
    "withdraw_proposal",
    "withdraw_unwanted",
]
