"""The product as a newcomer starts it, in a folder of its own: SQLite, files for a queue, the mailbox in the browser."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests import children

ROOT = Path(__file__).resolve().parent.parent


class EmbeddedDemo:
    """`base` is its address; `manage()` runs a command on its data."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="bcdemo-")
        folder = Path(self._folder.name)
        port = free_port()
        self.base = f"http://127.0.0.1:{port}"
        env_file = folder / "env"
        subprocess.run(
            [sys.executable, ROOT / "scripts" / "write_env.py", "--file", env_file, "--port", str(port)], check=True
        )
        of_the_tests = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SEALING_KEYS", "BASE_URL", "DJANGO_SETTINGS_MODULE"}
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in of_the_tests},
            "BADGECERT_ENV_FILE": str(env_file),
            "BADGECERT_VAR": str(folder / "var"),
            "SWEEP_SECONDS": "1",
        }
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._process = children.start(
                [sys.executable, "manage.py", "demo", "--port", str(port)],
                cwd=ROOT,
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        children.wait_until(
            lambda: f"BadgeCert is ready at {self.base}/" in self.output(),
            self._process,
            what="The demo",
            output=self.output,
            patience=240,
        )

    def manage(self, *arguments: str) -> str:
        """What `manage.py …` prints."""
        done: subprocess.CompletedProcess[Any] = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return str(done.stdout)

    @contextmanager
    def served_with(self, settings_module: str) -> Iterator[str]:
        """The address of a second web server on the same data, with other settings."""
        port = free_port()
        address = f"http://127.0.0.1:{port}"
        with self._log.open("ab") as log:
            server = children.start(
                [
                    sys.executable,
                    "-m",
                    "granian",
                    "--interface",
                    "wsgi",
                    "--port",
                    str(port),
                    "badgecert.wsgi:application",
                ],
                cwd=ROOT,
                env={**self._environment, "DJANGO_SETTINGS_MODULE": settings_module, "BASE_URL": address},
                stdout=log,
                stderr=log,
            )
        try:
            children.wait_until(
                lambda: answers(f"{address}/health/live"), server, what="The second server", output=self.output
            )
            yield address
        finally:
            children.stop(server)

    @property
    def database(self) -> Path:
        return Path(self._environment["BADGECERT_VAR"]) / "badgecert.sqlite3"

    def output(self) -> str:
        return self._log.read_text()

    def stop(self) -> int | None:
        children.stop(self._process)
        self._folder.cleanup()
        return self._process.returncode


def answers(address: str) -> bool:
    try:
        with urlopen(address, timeout=5) as response:
            return bool(response.status == 200)
    except URLError:
        return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
