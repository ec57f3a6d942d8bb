"""A private PostgreSQL and a private Redis, for one test run or for breaking them on purpose.

Debian's programs with data folders and sockets of their own under a temporary folder; no system service is touched.
"""

import atexit
import os
import pwd
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import quote

import redis

from tests import children


class Postgres:
    """A server with a data folder of its own; it survives `crash()` and `start()`."""

    def __init__(self, *, keeps_commits: bool = False) -> None:
        """`keeps_commits`: what was committed is there after a crash; slower."""
        self._programs = _postgres_programs()
        # Short and directly under /tmp: a socket's path has at most 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="bcpg-", dir="/tmp"))
        account = _unprivileged_account()
        if account:
            os.chown(self._folder, account["user"], account["group"])
        self._options: dict[str, Any] = {
            "cwd": self._folder,
            "env": {"PATH": os.environ["PATH"], "HOME": str(self._folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
            **account,
        }
        folders = ("-D", str(self._folder / "data"), "-k", str(self._folder))
        cheap = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
        # Several processes of tests, each with a web server, a worker or fifty threads.
        cheap["max_connections"] = "500"
        if keeps_commits:
            cheap["synchronous_commit"] = "on"
        self._settings = [*folders, *(word for name, value in cheap.items() for word in ("-c", f"{name}={value}"))]
        self._server: subprocess.Popen[bytes] | None = None
        words = ("-U", "badgecert", "-A", "trust", "-E", "UTF8", "--no-sync")
        made = subprocess.run(
            [self._programs / "initdb", "-D", self._folder / "data", *words],
            capture_output=True,
            text=True,
            **self._options,
        )
        if made.returncode:
            raise RuntimeError(f"PostgreSQL could not make a data folder:\n{made.stdout}{made.stderr}")
        atexit.register(self.remove)

    @property
    def url(self) -> str:
        return f"postgres://badgecert@{quote(str(self._folder), safe='')}/postgres"

    def start(self) -> None:
        log = self._folder / "log"
        with log.open("ab") as output:
            self._server = children.start(
                [str(self._programs / "postgres"), *self._settings],
                stdout=output,
                stderr=subprocess.STDOUT,
                **self._options,
            )
        children.wait_until(self._answers, self._server, what="PostgreSQL", output=log.read_text)

    def crash(self) -> None:
        """PostgreSQL's "immediate" shutdown: no checkpoint, every connection cut."""
        self._stop(signal.SIGQUIT)

    def remove(self) -> None:
        # SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients.
        self._stop(signal.SIGINT)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _stop(self, with_signal: int) -> None:
        if self._server is not None:
            children.stop(self._server, with_signal=with_signal)

    def _answers(self) -> bool:
        asked = subprocess.run([self._programs / "pg_isready", "-q", "-h", self._folder], env=self._options["env"])
        return asked.returncode == 0


class Redis:
    """A server that keeps nothing: after `stop()` and `start()` it is empty."""

    def __init__(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise RuntimeError("The tests need Redis: run them with `sh scripts/dev.sh test`, which installs it.")
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="bcrd-", dir="/tmp"))
        self.socket = self._folder / "socket"
        self._server: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)

    def start(self) -> None:
        log = self._folder / "log"
        where = ("--port", "0", "--unixsocket", str(self.socket), "--dir", str(self._folder))
        with log.open("ab") as output:
            self._server = children.start(
                [self._program, *where, "--save", ""],
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        children.wait_until(lambda: _answers(self.socket), self._server, what="Redis", output=log.read_text)

    def stop(self) -> None:
        if self._server is not None:
            children.stop(self._server)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)


def start_postgres() -> str:
    """Its database address (`DATABASE_URL`)."""
    server = Postgres()
    server.start()
    return server.url


def start_redis() -> str:
    """The path of its socket."""
    server = Redis()
    server.start()
    return str(server.socket)


def _answers(socket: Path) -> bool:
    try:
        with redis.Redis(unix_socket_path=str(socket)) as client:
            return bool(client.ping())
    except redis.ConnectionError:
        return False


def _postgres_programs() -> Path:
    def version(folder: Path) -> int:
        return int(re.findall(r"/(\d+)/bin", str(folder))[0])

    installed = [path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")]
    if not installed:
        raise RuntimeError("The tests need PostgreSQL: run them with `sh scripts/dev.sh test`, which installs it.")
    return max(installed, key=version)


def _unprivileged_account() -> dict[str, Any]:
    """PostgreSQL refuses to run as root, so root starts it as the account that Debian's package made."""
    if os.geteuid() != 0:
        return {}
    account = pwd.getpwnam("postgres")
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
