"""What somebody may see of an issuance: one function decides, one value carries it.

Everything that shows an issuance to anybody (page, JSON, picture, PDF, card, embed, export) is made from a
`Disclosure`. A renderer never gets an Issuance, so it cannot show what was not disclosed.
"""

from badges.disclosure.facts import (
    EXPIRING_WITHIN,
    BadgeFacts,
    CertificateSpec,
    Change,
    Disclosure,
    IssuerFacts,
    PictureFacts,
    Skill,
    State,
)
from badges.disclosure.glancing import Glance, glance
from badges.disclosure.links import Opened, open_share_link
from badges.disclosure.making import skills_of, state_on
from badges.disclosure.seeing import can_see, can_see_many, revoked_codes
from badges.disclosure.unseen import PREVIEW_CODE, preview_disclosure, said_by, said_of
from badges.models import LinkState, SharedPart

__all__ = [
    "EXPIRING_WITHIN",
    "PREVIEW_CODE",
    "BadgeFacts",
    "CertificateSpec",
    "Change",
    "Disclosure",
    "Glance",
    "IssuerFacts",
    "LinkState",
    "Opened",
    "PictureFacts",
    "SharedPart",
    "Skill",
    "State",
    "can_see",
    "can_see_many",
    "glance",
    "open_share_link",
    "preview_disclosure",
    "revoked_codes",
    "said_by",
    "said_of",
    "skills_of",
    "state_on",
]
