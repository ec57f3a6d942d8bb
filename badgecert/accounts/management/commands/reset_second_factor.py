from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from badgecert.accounts.actions import find_user
from badgecert.accounts.actions.second_factor import reset_second_factor
from badgecert.core.exceptions import RefusedError


class Command(BaseCommand):
    help = (
        "Take away the passkeys, the authenticator app and the recovery codes of an account for which nobody else can "
        "do it, such as that of an organisation's last owner."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="an e-mail address of the account")
        parser.add_argument("--reason", required=True, help="why; it is kept in the audit trail")

    def handle(self, *args: Any, address: str, reason: str, **options: Any) -> None:
        user = find_user(address)
        if user is None:
            msg = f"No account has the address {address}."
            raise CommandError(msg)
        try:
            reset_second_factor(user, reason=reason, by=None)
        except RefusedError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"{user.email} has no second factor now. They log in again after requesting a new password.")
