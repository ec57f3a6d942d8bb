"""The facts this app announces. Receivers write in the transaction of the fact."""

from django.dispatch import Signal

# Sent with `user: User` and `address: str`, the one of the account's addresses that asked: its mail goes there.
password_requested = Signal()

# Sent with `user: User`, once for each time that an account locks.
account_locked = Signal()
