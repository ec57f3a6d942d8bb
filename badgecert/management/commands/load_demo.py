from hashlib import sha256
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.cache import cache
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection, transaction

from badgecert import demo
from badgecert.accounts.models import User
from badgecert.core import audit
from badgecert.core.models import AuditEvent
from issuers.models import Issuer

LOADED = "demo loaded"


class Command(BaseCommand):
    help = "Fill an empty database with the demonstration; make it anew when BASE_URL or the tables changed since."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            msg = "This is not a demonstration: DEMO is not true, so nothing was loaded."
            raise CommandError(msg)
        loaded = AuditEvent.objects.filter(verb=LOADED).first()
        tables = digest_of_tables()
        if loaded:
            if loaded.details["base"] != settings.BASE_URL:
                self.stdout.write(f"The address changed from {loaded.details['base']}: making the demo anew.")
            elif loaded.details.get("tables") != tables:
                self.stdout.write("This version keeps its data in other tables: making the demo anew.")
            else:
                self.stdout.write("The demo organisation is there already.")
                return
            start_over()
        elif Issuer.objects.exists() or User.objects.exists():
            msg = "This database holds something else than the demo. Give the demo a database of its own."
            raise CommandError(msg)
        with transaction.atomic():
            pages = demo.load(self.stdout.write)
            audit.record(
                LOADED,
                Issuer.objects.order_by("created_at")[0],
                by=None,
                base=settings.BASE_URL,
                tables=tables,
                pages=pages,
            )


def digest_of_tables() -> str:
    """What the migrations say. Until 1.0 they are made again under the same names, so `migrate` sees no change."""
    ours = [Path(app.path) / "migrations" for app in apps.get_app_configs() if "site-packages" not in app.path]
    files = sorted(file for folder in ours for file in folder.glob("0*.py"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def start_over() -> None:
    """An empty database, mailbox, queue and cache: what was sent and rendered holds the old address."""
    if connection.vendor != "sqlite":
        msg = "The demo in this database is of another address or version. Give it an empty database."
        raise CommandError(msg)
    database = Path(str(connection.settings_dict["NAME"]))
    connection.close()
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()
    for folder in (Path(settings.EMAIL_FILE_PATH), settings.VAR / "queue"):
        for file in folder.rglob("*"):
            if file.is_file():
                file.unlink()
    cache.clear()
    call_command("migrate", verbosity=0)
