"""Whose an address is. Nobody makes an account for themselves: being issued a badge opens it."""

import secrets
from collections.abc import Iterable, Sequence

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import Q

from badgecert.accounts.exceptions import AddressTakenError
from badgecert.accounts.models import User
from badgecert.core.inserting import insert_many, insert_values, like
from badgecert.core.text import canonical_email


@transaction.atomic
def ensure_users(addresses: Iterable[str]) -> dict[str, User]:
    """The account of each address, opened where there is none. Keys are canonical addresses.

    A constant number of queries for any number of addresses. An address belongs to an account when it is verified
    there or is its primary one; an address that somebody merely typed into a profile catches nothing.
    """
    wanted = {canonical_email(address) for address in addresses}
    _wait_for_confirmations(wanted)
    found = _owners(wanted)
    missing = sorted(wanted - found.keys())
    if missing:
        found |= _opened(missing)
    return found


def _opened(addresses: Sequence[str]) -> dict[str, User]:
    """New accounts for these addresses. The temporary password of a mail is their first one."""
    newcomer = User()
    users = [like(newcomer, email=address, password=_no_password()) for address in addresses]
    try:
        with transaction.atomic():
            insert_many(users)
            insert_values(
                EmailAddress,
                ("user_id", "email", "primary", "verified"),
                [(user.pk, user.email, True, False) for user in users],
            )
    except IntegrityError:
        # Two batches met the same newcomer at the same moment: this one finds the other one's row.
        User.objects.bulk_create(users, ignore_conflicts=True)
        made = User.objects.in_bulk(addresses, field_name="email")
        entries = [EmailAddress(user=made[user.email], email=user.email, primary=True) for user in users]
        EmailAddress.objects.bulk_create(entries, ignore_conflicts=True)
        return made
    return {user.email: user for user in users}


def _no_password() -> str:
    """As make_password(None), which costs a twentieth of what issuing to a newcomer costs."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


def _wait_for_confirmations(addresses: set[str]) -> None:
    """Somebody may be confirming one of them as theirs at this moment (alternate_addresses): theirs it is then."""
    pending = EmailAddress.objects.filter(verified=False, primary=False, email__any=addresses)
    list(pending.select_for_update().order_by("email", "pk"))


def _owners(addresses: set[str]) -> dict[str, User]:
    held = (
        EmailAddress.objects.filter(Q(verified=True) | Q(primary=True), email__any=addresses)
        .select_related("user")
        # A proven address wins over one that an issuer merely used.
        .order_by("verified")
    )
    return {entry.email: entry.user for entry in held}


def find_user(address: str) -> User | None:
    """The account that this address, in any spelling, logs in to."""
    canonical = canonical_email(address)
    return _owners({canonical}).get(canonical)


def addresses_of(user: User) -> list[str]:
    return [user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)]


def confirm_address(user: User, *, address: str) -> None:
    """The person has shown that this address of the account is theirs: by its mail's link or password.

    Raises AddressTakenError when it has been proven for another account meanwhile; nothing is written then.
    """
    address = canonical_email(address)
    try:
        with transaction.atomic():
            EmailAddress.objects.update_or_create(
                user=user, email=address, defaults={"verified": True, "primary": address == user.email}
            )
    except IntegrityError as error:
        raise AddressTakenError from error
