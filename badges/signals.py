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
