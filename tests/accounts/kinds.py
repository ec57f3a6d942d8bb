"""The six kinds of address that nobody may tell apart from outside. `scripts/dev.sh bench account_answers` asks them too."""

from badgecert.accounts.actions import count_failed_login, ensure_users
from issuers.models import Issuer
from tests.factories import make_staff, make_user

KINDS = ("known", "unknown", "locked", "unclaimed", "staff", "closed")


def address_of(kind: str, number: int = 0) -> str:
    """All of one length, so that pages which repeat them are too."""
    return f"{kind:-<9}{number:03}@example.org"


def make_kinds(issuer: Issuer, number: int = 0) -> None:
    """One account of each kind that has one."""
    make_user(address_of("known", number))
    locked = make_user(address_of("locked", number))
    for _ in range(10):
        count_failed_login(locked)
    ensure_users([address_of("unclaimed", number)])
    make_staff(issuer, email=address_of("staff", number))
    make_user(address_of("closed", number), is_active=False)
