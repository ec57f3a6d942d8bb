"""The product as a newcomer starts it, in a folder of its own: SQLite, files for a queue, the mailbox in the browser."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

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

    @property
    def database(self) -> Path:
        return Path(self._environment["BADGECERT_VAR"]) / "badgecert.sqlite3"

    def output(self) -> str:
        return self._log.read_text()

    def stop(self) -> int | None:
        children.stop(self._process)
        self._folder.cleanup()
        return self._process.returncode


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
