"""The facts this app announces. Facts are plural: one person is one row, and receivers work on all of them at once.

Receivers write in the transaction of the fact.
"""

from django.dispatch import Signal

# Sent with `issuance_ids: list[UUID]`.
badges_issued = Signal()

# Sent with `issuance_ids`, `version_ids` and `old_version_ids`, all `list[UUID]` in one order, `kind: VersionKind` and
# `notify: bool`: corrected, renewed, restored or reinstated. `notify` here and below: staff want the earners told.
versions_made = Signal()

# Sent with `issuance_ids: list[UUID]` and `notify: bool`.
issuances_suspended = Signal()

# Sent with `issuance_ids: list[UUID]` and `notify: bool`.
issuances_revoked = Signal()

# Sent with `issuance_ids: list[UUID]`: their earners accepted them, or said that they are not theirs.
issuances_claimed = Signal()
issuances_declined = Signal()

# Sent with `proposal: Proposal`: its changes were made, or it was declined or withdrawn.
proposal_settled = Signal()

# Sent with `issuer: Issuer`, `issuance_ids: list[UUID]`, `old_address: str`, `new_address: str`, `earner: User` who holds
# them now, `old_earner: User` who held them before (the same person's account, if they have used it) and `by: User`.
recipient_address_changed = Signal()

# Sent with `issuance_ids: list[UUID]`: nobody is named in these any more, and each app blanks what it said about them.
issuances_erased = Signal()
