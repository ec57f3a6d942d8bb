"""Temporary passwords and the links beside them: credentials of their own, which only lead to choosing a password."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings

from badgecert.accounts.models import TemporaryPassword, User
from badgecert.accounts.secrets import hash_temporary_password, keyed_hash, new_link_token, new_temporary_password
from badgecert.core import clock
from badgecert.core.inserting import insert_alike
from badgecert.core.text import canonical_email


def make_temporary_password(
    user: User, *, lasts: timedelta, with_link: bool = False, sent_to: str = ""
) -> tuple[str, str]:
    """A new temporary password for the account and, if asked, its one-time link's token (else ""), both in clear.

    Only the sealed body of a mail may keep what this returns. Using it proves the address it was sent to; without one
    that is the account's own.
    """
    password, token = new_temporary_password(), new_link_token() if with_link else ""
    TemporaryPassword.objects.create(
        user=user,
        sent_to=canonical_email(sent_to or user.email),
        secret_hash=hash_temporary_password(password),
        link_hash=keyed_hash("password link", token) if token else None,
        expires_at=clock.now() + lasts,
    )
    return password, token


def make_temporary_passwords(wanted: Sequence[tuple[User, str]], *, lasts: timedelta) -> list[str]:
    """One for each account and the address that it is sent to, in clear, in their order: one statement for any number."""
    passwords = [new_temporary_password() for _wanted in wanted]
    insert_alike(
        TemporaryPassword(expires_at=clock.now() + lasts),
        [
            {
                "user_id": user.pk,
                "sent_to": canonical_email(sent_to or user.email),
                "secret_hash": hash_temporary_password(password),
            }
            for (user, sent_to), password in zip(wanted, passwords, strict=True)
        ],
    )
    return passwords


def issuance_password_lasts() -> timedelta:
    return timedelta(days=settings.TEMPORARY_PASSWORD_ISSUANCE_DAYS)


def spend_temporary_passwords(user: User, *, at: datetime | None = None) -> None:
    """Choosing a password spends all of them: two mails to a newcomer are one way in."""
    TemporaryPassword.objects.filter(user=user, spent_at=None).update(spent_at=at or clock.now())


def find_password_link(token: str) -> TemporaryPassword | None:
    """The temporary password whose one-time link this is, while it can still be used."""
    return (
        TemporaryPassword.objects.usable(clock.now())
        .filter(link_hash=keyed_hash("password link", token), user__is_active=True, user__locked_at=None)
        .select_related("user")
        .first()
    )
