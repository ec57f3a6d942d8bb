from badges.admin.lists import BadgeAdmin, BatchAdmin, IssuanceAdmin, state_tag
from badges.admin.proposals import ProposalAdmin
from badges.admin.trail import TrailAdmin

__all__ = ["BadgeAdmin", "BatchAdmin", "IssuanceAdmin", "ProposalAdmin", "TrailAdmin", "state_tag"]
