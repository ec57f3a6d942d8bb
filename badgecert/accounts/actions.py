"""What happens to accounts. Nobody makes one for themselves: being issued a badge opens it."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Q

from badgecert.accounts.models import TemporaryPassword, User
from badgecert.accounts.secrets import hash_temporary_password, keyed_hash, new_link_token, new_temporary_password
from badgecert.core import clock
from badgecert.core.models import new_id
from badgecert.core.text import canonical_email


@transaction.atomic
def ensure_users(addresses: Iterable[str]) -> dict[str, User]:
    """The account of each address, opened where there is none. Keys are canonical addresses.

    A constant number of queries for any number of addresses. An address belongs to an account when it is verified
    there or is its primary one; an address that somebody merely typed into a profile catches nothing.
    """
    wanted = {canonical_email(address) for address in addresses}
    found = _owners(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        users = [User(id=new_id(), email=address, password=make_password(None)) for address in missing]
        # Two batches may meet the same newcomer at the same moment: the second one finds the first one's row.
        User.objects.bulk_create(users, ignore_conflicts=True)
        made = User.objects.in_bulk(missing, field_name="email")
        EmailAddress.objects.bulk_create(
            [EmailAddress(user=made[address], email=address, primary=True, verified=False) for address in missing],
            ignore_conflicts=True,
        )
        found |= made
    return found


def _owners(addresses: set[str]) -> dict[str, User]:
    held = (
        EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email__in=addresses)
        .select_related("user")
        # A proven address wins over one that an issuer merely used.
        .order_by("verified")
    )
    return {entry.email: entry.user for entry in held}


def make_temporary_password(user: User, *, lasts: timedelta, with_link: bool = False) -> tuple[str, str]:
    """A new temporary password for the account and, if asked, its one-time link's token (else ""), both in clear.

    Only the sealed body of a mail may keep what this returns.
    """
    password, token = new_temporary_password(), new_link_token() if with_link else ""
    TemporaryPassword.objects.create(
        user=user,
        secret_hash=hash_temporary_password(password),
        link_hash=keyed_hash("password link", token) if token else None,
        expires_at=clock.now() + lasts,
    )
    return password, token


def issuance_password_lasts() -> timedelta:
    return timedelta(days=settings.TEMPORARY_PASSWORD_ISSUANCE_DAYS)


def spend_temporary_passwords(user: User, *, at: datetime | None = None) -> None:
    """The first use of one spends all of them: two mails to a newcomer are one way in."""
    TemporaryPassword.objects.filter(user=user, spent_at=None).update(spent_at=at or clock.now())


def confirm_address(user: User, *, address: str) -> None:
    """The person has shown that this address of the account is theirs: by its mail's link or password."""
    address = canonical_email(address)
    EmailAddress.objects.update_or_create(
        user=user, email=address, defaults={"verified": True, "primary": address == user.email}
    )
