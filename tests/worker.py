"""A real Celery worker with its scheduler, in a process of its own, on the test run's database and Redis."""

import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote

from django.db import connection

from tests import children


class Worker:
    """`output()` is what it has printed so far."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bcworker-")
        self._log = Path(self._folder.name) / "log"
        options = [f"--schedule={self._folder.name}/schedule", "--pool=threads", "--concurrency=2", "--loglevel=info"]
        options += ["--without-gossip", "--without-mingle"]
        with self._log.open("wb") as log:
            self.process = children.start(
                [sys.executable, "-m", "celery", "-A", "badgecert", "worker", "--beat", *options],
                env={
                    **os.environ,
                    "DJANGO_SETTINGS_MODULE": "tests.settings",
                    "DATABASE_URL": database_url_of_the_tests(),
                    "SWEEP_SECONDS": "1",
                    **environment,
                },
                stdout=log,
                stderr=log,
            )
        children.wait_until(
            lambda: "ready." in self.output(), self.process, what="The Celery worker", output=self.output
        )

    def output(self) -> str:
        return self._log.read_text()

    def kill(self) -> None:
        """As the kernel does when memory is short: no goodbye to the database."""
        children.kill(self.process)
        self._folder.cleanup()

    def stop(self) -> None:
        children.stop(self.process)
        self._folder.cleanup()


def database_url_of_the_tests() -> str:
    """Django's test database, not the empty one that `DATABASE_URL` names."""
    database = connection.settings_dict
    return f"postgres://{database['USER']}@{quote(database['HOST'], safe='')}/{database['NAME']}"
