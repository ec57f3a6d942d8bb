import json
import subprocess
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError
from django.db import DatabaseError

from badgecert import demo
from badgecert.core import codes
from badgecert.core.models import AuditEvent
from badgecert.management.commands.load_demo import LOADED


class Command(BaseCommand):
    help = "Say where everything of the demonstration is: people with their passwords, and a page in each state."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object, for programs")

    def handle(self, *args: Any, json: bool, **options: Any) -> None:  # Django's own calling
        links = demo_links()
        self.stdout.write(as_json(links) if json else as_text(links))


def demo_links() -> dict[str, Any]:
    """Raises CommandError for a database that is not the demo's."""
    try:
        loaded = AuditEvent.objects.filter(verb=LOADED).first() if settings.DEMO else None
    except DatabaseError:
        loaded = None
    if loaded is None or loaded.details["base"] != settings.BASE_URL:
        msg = "This database is not the demo's. `sh scripts/dev.sh run` makes one."
        raise CommandError(msg)
    pages = {**loaded.details["pages"], "not_found": demo.NOT_FOUND_CODE + codes.check_character(demo.NOT_FOUND_CODE)}
    return {
        "base": settings.BASE_URL,
        "mailbox": f"{settings.BASE_URL}/mailbox/",
        "staff": [
            {
                "issuer": organisation.name,
                "role": person.role.value,
                "email": person.email,
                "password": demo.PASSWORD,
            }
            for organisation in demo.ORGANISATIONS
            for person in organisation.staff
        ],
        "earners": [{"email": email, "password": demo.PASSWORD, "note": note} for email, note in demo.EARNERS],
        "pages": {page: f"{settings.BASE_URL}/v/{code}" for page, code in sorted(pages.items())},
        "commit": commit(),
    }


def commit() -> str:
    """The commit of this checkout; empty where there is none, as in an image."""
    try:
        answer = subprocess.run(
            ["git", "rev-parse", "HEAD"],  # noqa: S607  # wherever git is installed
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return ""
    return answer.stdout.strip()


def as_json(links: dict[str, Any]) -> str:
    return json.dumps(links, ensure_ascii=False)


def as_text(links: dict[str, Any]) -> str:
    people = [f"{person['email']}  {person['password']}" for person in links["staff"] + links["earners"]]
    pages = [f"{name}: {url}" for name, url in links["pages"].items()]
    return "\n".join([links["base"], links["mailbox"], *people, *pages])
