from typing import cast

from django.db import transaction

from badgecert.accounts.actions import confirm_address
from badgecert.accounts.models import User
from badges.actions.issuances import claim_issuance
from badges.models import Issuance


@transaction.atomic
def claim_by_link(issuance: Issuance) -> None:
    """Claim an issuance for its earner, whose mail's link was used: the address is theirs then.

    Raises WrongStateError like claim_issuance, and AddressTakenError; nothing is written then.
    """
    earner = cast(User, issuance.earner)
    claim_issuance(issuance, by=earner)
    confirm_address(earner, address=issuance.recipient_email)
