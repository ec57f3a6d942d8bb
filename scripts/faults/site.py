"""The whole product as it runs in production, made to be broken: each part a process of its own."""

import atexit
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import IO, Self, cast

from tests import children
from tests.services import Postgres, Redis

# Everything that takes minutes in production takes seconds here.
TIMES = {
    "EMAIL_TIMEOUT": "2",
    "MAIL_LEASE_SECONDS": "8",
    "MAIL_DRAIN_SECONDS": "5",
    "MAIL_BACKOFF_MINUTES": "0.03,0.05,0.1",
    "SWEEP_SECONDS": "1",
    "REMINDER_SWEEP_SECONDS": "5",
}
BETWEEN_ASKING_SECONDS = 0.1
ENDS_WITHIN_SECONDS = 60

postgres: Postgres
redis: Redis


def prepare() -> None:
    """Start PostgreSQL and Redis, fill in the settings, migrate."""
    global postgres, redis
    postgres, redis = Postgres(keeps_commits=True), Redis()
    postgres.start()
    redis.start()
    folder = tempfile.mkdtemp(prefix="bcfaults-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ.update(
        {
            "BADGECERT_ENV_FILE": os.devnull,
            "BADGECERT_VAR": folder,
            "BASE_URL": "http://127.0.0.1:9310",
            "DATABASE_URL": postgres.url,
            "DJANGO_SETTINGS_MODULE": "badgecert.settings",
            "REDIS_URL": f"unix://{redis.socket}?db=0",
            "SEALING_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SECRET_KEY": secrets.token_urlsafe(50),
            "EMAIL_HOST": "127.0.0.1",
            # A thousand mails of one organisation to one domain, in seconds.
            "MAIL_PER_MINUTE_AND_ISSUER": "0",
            "MAIL_PER_MINUTE_AND_DOMAIN": "0",
            "MAIL_DRAINS": "4",
            **TIMES,
        }
    )
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)


class Process:
    """One part of the site, started again as a supervisor would."""

    def __init__(self, *command: str) -> None:
        self._command = [sys.executable, *command]
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  open for as long as the process
        self.start()

    def start(self) -> None:
        self._child = children.start(self._command, stdout=self._log, stderr=self._log)

    @property
    def pid(self) -> int:
        return self._child.pid

    def children(self) -> list[int]:
        """Those of a worker that does its work in processes of its own."""
        try:
            return [int(pid) for pid in Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()]
        except FileNotFoundError:
            return []

    def kill(self) -> None:
        self._child.kill()
        self._child.wait()

    def end(self) -> None:
        """Ask it to finish what it has begun."""
        self._child.send_signal(signal.SIGTERM)

    def wait(self) -> None:
        self._child.wait(ENDS_WITHIN_SECONDS)

    def stop(self) -> None:
        self.end()
        self.wait()

    def output(self) -> str:
        self._log.seek(0)
        return self._log.read().decode(errors="replace")


class Site:
    """PostgreSQL and Redis of the run; a mail server, a Celery worker with two processes, a scheduler and the loop of
    our own for each fault."""

    def __init__(self, *, has_journal: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="bcmail-"))
        self.set_mode("accept")
        self._mail_server = children.start(
            [sys.executable, "-m", "scripts.faults.mail_server", str(self.folder)], stdout=subprocess.PIPE
        )
        os.environ["EMAIL_PORT"] = cast("IO[bytes]", self._mail_server.stdout).readline().decode().strip()
        os.environ["MAIL_JOURNAL"] = str(self.folder / "journal") if has_journal else ""
        self.processes: list[Process] = []
        self.worker, self.beat, self.loop = self.start_worker(), self.start_beat(), self.start_loop()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is not None:
            for process in self.processes:
                sys.stderr.write(process.output()[-3000:])
        try:
            self.stop(list(self.processes))
        finally:
            for process in self.processes:
                children.kill_all([process.pid, *children.descendants(process.pid)])
            children.stop(self._mail_server)
            shutil.rmtree(self.folder, ignore_errors=True)

    def start_worker(self) -> Process:
        options = ("--pool=prefork", "--concurrency=2", "--without-gossip", "--without-mingle", "--loglevel=warning")
        return self._started(
            "-m", "celery", "-A", "badgecert", "worker", *options, f"--hostname={secrets.token_hex(4)}"
        )

    def start_beat(self) -> Process:
        schedule = self.folder / f"schedule-{secrets.token_hex(4)}"
        return self._started("-m", "celery", "-A", "badgecert", "beat", f"--schedule={schedule}", "--pidfile=")

    def start_loop(self) -> Process:
        return self._started("manage.py", "run_outbox")

    def _started(self, *command: str) -> Process:
        process = Process(*command)
        self.processes.append(process)
        return process

    def stop(self, processes: list[Process]) -> None:
        """As a deployment does; what they have begun they may finish."""
        for process in processes:
            process.end()
        for process in processes:
            process.wait()
            self.processes.remove(process)

    def times_met(self, mode: str) -> int:
        """How many mails found the mail server in this mode."""
        return (self.folder / "met").read_text().split().count(mode)

    def set_mode(self, mode: str) -> None:
        """How the mail server answers from the next mail on."""
        draft = self.folder / "mode.draft"
        draft.write_text(mode)
        draft.replace(self.folder / "mode")


def wait_until(is_true: Callable[[], bool], *, seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not happen within {seconds:.0f} seconds.")
        time.sleep(BETWEEN_ASKING_SECONDS)
