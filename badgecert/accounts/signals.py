"""The facts this app announces. Receivers write in the transaction of the fact."""

from django.dispatch import Signal

# Sent with `user: User` and `address: str`, the one of the account's addresses that asked: its mail goes there.
password_requested = Signal()

# Sent with `user: User` , once for each time that an account locks; and with `issuer_id: UUID` when staff of that
# organisation did it by hand.
account_locked = Signal()

# Sent with `user: User` and `address: str`: they want to add this address to their account, so a link goes there. Its
# token is made when the mail is written: `alternate_addresses.make_proof_token(user, address=address)`.
address_added = Signal()

# The same, but another account holds that address: its mail says how two accounts become one. The same link does it.
merge_proof_wanted = Signal()

# Sent with `user: User`, `change: AddressChange`, `address: str`, `told: list[str]` (the addresses that hear of it: those
# the account had before) and `by: User | None`.
address_changed = Signal()

# Sent with `kept: User`, `closed: User` and `by: User`: each app moves its own rows from one account to the other.
accounts_merged = Signal()

# Sent with `user: User`, `addresses: list[str]` (all that the account had, in their canonical spelling),
# `ground: ErasureGround` and `by: User | None`: each app takes this person out of its own rows, or raises a RefusedError
# when they cannot go yet. Then nothing at all happens.
person_erased = Signal()

# Sent with `user: User`: somebody else took away their passkeys, app and recovery codes.
second_factor_reset = Signal()

# Sent with `user: User`, who wants all that is held about them; receivers return it as a dict of plain values, whose names
# differ from those of other apps.
personal_data_wanted = Signal()
