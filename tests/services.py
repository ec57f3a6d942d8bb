"""A private PostgreSQL and a private Redis for one test run.

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


def start_postgres() -> str:
    """Its database address (`DATABASE_URL`)."""
    programs = _postgres_programs()
    # Short and directly under /tmp: a socket's path has at most 107 characters.
    folder = Path(tempfile.mkdtemp(prefix="bcpg-", dir="/tmp"))
    account = _unprivileged_account()
    if account:
        os.chown(folder, account["user"], account["group"])
    options: dict[str, Any] = {
        "cwd": folder,
        "env": {"PATH": os.environ["PATH"], "HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC"},
        **account,
    }
    made = subprocess.run(
        [programs / "initdb", "-D", folder / "data", "-U", "badgecert", "-A", "trust", "-E", "UTF8", "--no-sync"],
        capture_output=True,
        text=True,
        **options,
    )
    if made.returncode:
        raise RuntimeError(f"PostgreSQL could not make a data folder:\n{made.stdout}{made.stderr}")

    log = folder / "log"
    cheap = {"listen_addresses": "", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    with log.open("wb") as output:
        server = children.start(
            [str(programs / "postgres"), "-D", str(folder / "data"), "-k", str(folder)]
            + [word for name, value in cheap.items() for word in ("-c", f"{name}={value}")],
            stdout=output,
            stderr=subprocess.STDOUT,
            **options,
        )

    def stop() -> None:
        # SIGINT is PostgreSQL's "fast" shutdown: it does not wait for clients.
        children.stop(server, with_signal=signal.SIGINT)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    children.wait_until(
        lambda: subprocess.run([programs / "pg_isready", "-q", "-h", folder], env=options["env"]).returncode == 0,
        server,
        what="PostgreSQL",
        output=log.read_text,
    )
    return f"postgres://badgecert@{quote(str(folder), safe='')}/postgres"


def start_redis() -> str:
    """The path of its socket."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        raise RuntimeError("The tests need Redis: run them with `sh scripts/dev.sh test`, which installs it.")
    folder = Path(tempfile.mkdtemp(prefix="bcrd-", dir="/tmp"))
    socket = folder / "socket"
    log = folder / "log"
    with log.open("wb") as output:
        server = children.start(
            [program, "--port", "0", "--unixsocket", str(socket), "--dir", str(folder), "--save", ""],
            stdout=output,
            stderr=subprocess.STDOUT,
        )

    def stop() -> None:
        children.stop(server)
        shutil.rmtree(folder, ignore_errors=True)

    atexit.register(stop)
    children.wait_until(lambda: _answers(socket), server, what="Redis", output=log.read_text)
    return str(socket)


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
