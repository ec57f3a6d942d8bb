"""The facts this app announces. Facts are plural: one person is one row, and receivers work on all of them at once.

Receivers write in the transaction of the fact.
"""

from django.dispatch import Signal

# Sent with `issuance_ids: list[UUID]`.
badges_issued = Signal()

# Sent with `issuance: Issuance`, `version: IssuanceVersion` and `old_version: IssuanceVersion`: corrected, renewed,
# restored or reinstated, as `version.kind` says.
version_made = Signal()

# Sent with `issuance: Issuance`.
issuance_suspended = Signal()

# Sent with `issuance: Issuance`.
issuance_revoked = Signal()

# Sent with `issuer: Issuer`, `issuance_ids: list[UUID]`, `old_address: str`, `new_address: str`, `earner: User` who holds
# them now, `old_earner: User` who held them before (the same person's account, if they have used it) and `by: User`.
recipient_address_changed = Signal()
