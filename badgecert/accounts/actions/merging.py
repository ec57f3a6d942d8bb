"""Two accounts of one person become one. Each app moves its own rows when it hears of it (accounts_merged)."""

import uuid

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator

from badgecert.accounts.actions.browsers import end_sessions
from badgecert.accounts.actions.temporary_passwords import spend_temporary_passwords
from badgecert.accounts.exceptions import MergeRefusedError
from badgecert.accounts.models import AddressProof, User
from badgecert.accounts.signals import accounts_merged
from badgecert.core import audit


def merge_accounts(*, kept: User, closed: User, by: User) -> None:
    """All that `closed` has becomes part of `kept`; nobody logs in to `closed` again. Both rows are locked."""
    if closed.is_locked:
        raise MergeRefusedError.locked()
    if closed.is_staff or closed.is_superuser:
        raise MergeRefusedError.staff()
    if closed.erased_at is not None:
        raise MergeRefusedError.in_use()
    if _has_second_factor(closed):
        raise MergeRefusedError.second_factor()
    moved = list(EmailAddress.objects.filter(user=closed, verified=True).values_list("email", flat=True))
    EmailAddress.objects.filter(user=closed).delete()
    EmailAddress.objects.filter(user=kept, email__in=moved).delete()
    EmailAddress.objects.bulk_create(EmailAddress(user=kept, email=email, verified=True) for email in moved)
    AddressProof.objects.filter(user=closed).delete()
    spend_temporary_passwords(closed)
    end_sessions(closed)
    closed.set_unusable_password()
    closed.is_active, closed.email, closed.name = False, closed_address(closed.pk), ""
    audit.record("account merged into another", closed, by=by, kept=str(kept.pk))
    audit.record("another account merged into this one", kept, by=by, closed=str(closed.pk))
    accounts_merged.send(sender=User, kept=kept, closed=closed, by=by)
    # Last, because it locks out whoever refers to this row: they may hold a badge that had to be moved before.
    closed.save(update_fields=["password", "is_active", "email", "name"])


def _has_second_factor(user: User) -> bool:
    return bool(Authenticator.objects.filter(user=user).exists())


def closed_address(user_id: uuid.UUID) -> str:
    """Stands where the address of a closed account stood; no mail goes there (RFC 2606)."""
    return f"{user_id}@closed.invalid"
