from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from notifications.models import Heartbeat


class Command(BaseCommand):
    help = "Stop watching a loop that was taken out of service for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="as /health/ready names it, such as run-outbox")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        deleted, _by_model = Heartbeat.objects.filter(name=name).delete()
        if not deleted:
            known = ", ".join(Heartbeat.objects.order_by("name").values_list("name", flat=True))
            msg = f"No {name} has run on this database. These have: {known or 'none'}."
            raise CommandError(msg)
        self.stdout.write(f"{name} is not watched any more, until it runs again.")
