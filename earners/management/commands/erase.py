from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from badgecert.accounts.actions import find_user
from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badgecert.core.exceptions import RefusedError


class Command(BaseCommand):
    help = "Erase a person from this site, with everything that every organisation issued to them. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("address", help="an e-mail address of the account")
        parser.add_argument(
            "--ground", required=True, choices=ErasureGround.values, help="why; it is kept in the audit trail"
        )

    def handle(self, *args: Any, address: str, ground: str, **options: Any) -> None:
        user = find_user(address)
        if user is None:
            msg = f"No account has the address {address}."
            raise CommandError(msg)
        try:
            erase_person(user, ground=ErasureGround(ground), by=None)
        except RefusedError as refused:
            raise CommandError(str(refused)) from refused
        self.stdout.write(f"Erased. What stays is account {user.pk}, which names nobody.")
