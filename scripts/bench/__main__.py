"""Measure. Each figure stands beside something measured in the same run on the same machine: trust the ratio.

The database and Redis are private and start with the run, as in the tests; PostgreSQL does not wait for the disk.
"""

import argparse
import atexit
import json
import os
import secrets
import shutil
import sys
import tempfile
from base64 import urlsafe_b64encode
from collections.abc import Callable, Iterator

from scripts.bench.figure import Figure
from tests.embedded import free_port
from tests.services import start_postgres, start_redis


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


if __name__ == "__main__":
    main()
