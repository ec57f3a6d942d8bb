"""The whole product in one process tree, to look around: web server, worker and scheduler on SQLite and files."""

import signal
import socket
import subprocess
import sys
import time
from argparse import ArgumentParser
from types import FrameType
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from badgecert.management.commands.demo_links import demo_links

PATIENCE_SECONDS = 60


class Command(BaseCommand):
    help = "Load the demo organisation where it is missing and serve it at BASE_URL until Ctrl-C."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, help="must be the port of BASE_URL, which every link starts with")

    def handle(self, *args: Any, port: int | None, **options: Any) -> None:
        if not settings.DEMO:
            msg = "This is not a demonstration: DEMO is not true. `sh scripts/dev.sh run` sets one up."
            raise CommandError(msg)
        address = urlsplit(settings.BASE_URL)
        if port and port != address.port:
            msg = f"BASE_URL is {settings.BASE_URL}. Use `sh scripts/dev.sh run --port {port}`, which changes it."
            raise CommandError(msg)
        self.port = address.port or 80
        require_free(self.port)

        self.say("Preparing the database and the demo organisation …")
        call_command("migrate", verbosity=0)
        call_command("collectstatic", verbosity=0, interactive=False)
        call_command("load_demo", stdout=self.stdout)

        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, interrupt)
        children: dict[str, subprocess.Popen[bytes]] = {}
        try:
            children["The worker"] = start_worker()
            children["The web server"] = start_web_server(self.port)
            self.wait_until_ready(children)
            self.say(welcome())
            while True:
                require_alive(children)
                time.sleep(0.5)
        except KeyboardInterrupt:
            self.say("Stopping …")
        finally:
            for child in children.values():
                child.terminate()
            for child in children.values():
                child.wait()

    def wait_until_ready(self, children: dict[str, subprocess.Popen[bytes]]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not answers(f"http://127.0.0.1:{self.port}/health/live"):
            require_alive(children)
            if time.monotonic() > deadline:
                msg = f"{settings.BASE_URL}/health/live did not answer within {PATIENCE_SECONDS} seconds."
                raise CommandError(msg)
            time.sleep(0.1)

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()


def require_free(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            msg = f"Port {port} cannot be used ({error.strerror}). Another one: sh scripts/dev.sh run --port 8080"
            raise CommandError(msg) from error


def start_worker() -> subprocess.Popen[bytes]:
    return start(
        *("celery", "--app", "badgecert", "--quiet", "worker", "--beat", "--pool", "threads", "--concurrency", "2"),
        *("--loglevel", "warning", "--without-gossip", "--without-mingle"),
    )


def start_web_server(port: int) -> subprocess.Popen[bytes]:
    return start(
        *("granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port), "--no-ws"),
        *("--blocking-threads", "4", "--log-level", "warning", "badgecert.wsgi:application"),
    )


def start(*module_and_options: str) -> subprocess.Popen[bytes]:
    # Celery warns whoever is root, as people are in a container or on a machine made for a look around.
    quietly = "ignore:You're running the worker with superuser privileges"
    # A session of its own: Ctrl-C reaches only this command, which then stops its children in order.
    command = [sys.executable, "-W", quietly, "-m", *module_and_options]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603  # our own words only


def interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def require_alive(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        if child.poll() is not None:
            msg = f"{name} ended with exit code {child.returncode}; its own words are above."
            raise CommandError(msg)


def answers(url: str) -> bool:
    try:
        with urlopen(url, timeout=5) as response:  # noqa: S310  # always our own http address
            return bool(response.status == 200)
    except (URLError, OSError):
        return False


def welcome() -> str:
    links = demo_links()
    staff = [
        (person["email"], person["password"], f"{person['role']}, {person['issuer']}") for person in links["staff"]
    ]
    earners = [(person["email"], person["password"], person["note"]) for person in links["earners"]]
    return "\n".join(
        [
            "",
            f"BadgeCert is ready at {links['base']}/",
            f"Everybody's mail:     {links['mailbox']}",
            f"The issuers' desk:    {links['base']}/admin/",
            f"A valid badge:        {links['pages']['valid']}",
            "",
            "Staff",
            *aligned(staff),
            "",
            "Earners",
            *aligned(earners),
            "",
            "Ctrl-C stops it.",
        ]
    )


def aligned(rows: list[tuple[str, str, str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    return [f"  {email:{widths[0]}}  {password:{widths[1]}}  {note}" for email, password, note in rows]
