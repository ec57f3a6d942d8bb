"""Measure. Each figure stands beside something measured in the same run on the same machine: trust the ratio.

The database and Redis are private and start with the run, as in the tests; PostgreSQL does not wait for the disk.
"""

import argparse
import atexit
import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import tempfile
import urllib.request
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import NamedTuple

from tests import children
from tests.services import start_postgres, start_redis

WEB_PROCESSES = 2
WEB_THREADS = 4


class Figure(NamedTuple):
    name: str
    value: float
    unit: str
    # What was measured beside it, and how many times as much (of the same unit) the value is.
    reference: str
    ratio: float
    n: int


def main() -> None:
    parser = argparse.ArgumentParser(prog="sh scripts/dev.sh bench", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which; all without")
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    options = parser.parse_args()

    port = prepare()
    # Django's settings are read on import, so it waits for prepare().
    from scripts.bench.figures import BENCHES  # noqa: PLC0415

    unknown = set(options.names) - BENCHES.keys()
    if unknown:
        parser.error(f"there is no {', '.join(sorted(unknown))}; there are: {', '.join(BENCHES)}")
    for name, bench in BENCHES.items():
        if not options.names or name in options.names:
            report(bench, port, as_json=options.json)


def report(bench: Callable[[int], Iterator[Figure]], port: int, *, as_json: bool) -> None:
    for figure in bench(port):
        rounded = figure._replace(value=round(figure.value, 3), ratio=round(figure.ratio, 3))
        line = (
            json.dumps(rounded._asdict())
            if as_json
            else (f"{rounded.name:24} {rounded.value:>12,} {rounded.unit:18} {rounded.ratio:>8} of {rounded.reference}")
        )
        sys.stdout.write(line + "\n")
        sys.stdout.flush()


def prepare() -> int:
    """Start the services, fill in the settings, migrate. Returns the port for the web server."""
    folder = tempfile.mkdtemp(prefix="bcbench-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    port = free_port()
    os.environ.update(
        {
            "BADGECERT_ENV_FILE": os.devnull,
            "BADGECERT_VAR": folder,
            "BASE_URL": f"http://127.0.0.1:{port}",
            "DATABASE_URL": start_postgres(),
            "DJANGO_SETTINGS_MODULE": "scripts.bench.settings",
            "REDIS_URL": f"unix://{start_redis()}?db=0",
            "SEALING_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
            "SECRET_KEY": secrets.token_urlsafe(50),
        }
    )
    import django  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start_web_server(port: int, **environment: str) -> None:
    """As in the image: two processes of four threads, each with a database connection of its own that stays open."""
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
        *("--workers", str(WEB_PROCESSES), "--blocking-threads", str(WEB_THREADS), "--no-ws"),
        *("--log-level", "warning", "badgecert.wsgi:application"),
    ]
    server = children.start(command, stdout=subprocess.DEVNULL, env={**os.environ, **environment})
    atexit.register(children.stop, server)
    children.wait_until(lambda: answers(port), server, what="The web server", output=str)


def answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/bench/hello", timeout=5) as answer:  # ours
            return bool(answer.status == 200)
    except OSError:
        return False


if __name__ == "__main__":
    main()
