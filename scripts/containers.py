"""Runs the Dockerfile and docker-compose.yml for real, with podman and without an image registry.

Builds the image, starts every service, issues one badge, reads its mail, opens its page, and takes all of it down.
Images that a registry would give (Python, PostgreSQL, Redis) are made from Debian's packages. Everything lies in
var/containers and is removed at the end. Run it by `sh scripts/dev.sh containers`, as root.
"""

import json
import os
import secrets
import shlex
import shutil
import subprocess
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import IO, Any, TypeVar
from urllib.request import urlopen

from tests.smtp import MailServer

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "containers"
SOURCE = WORK / "source"
BASE_URL = "http://127.0.0.1:8000"
INSIDE = "--inside"

PODMAN = [
    *("podman", "--root", str(WORK / "storage"), "--runroot", str(WORK / "run"), "--storage-driver", "vfs"),
    *("--runtime", "runc", "--cgroup-manager", "cgroupfs"),
]
# Without a cache of layers: each would be a full copy of the tree.
BUILD = ["--isolation", "chroot", "--network", "host", "--layers=false"]

CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
BASE_PACKAGES = "ca-certificates,python3,python3-venv"

INSTALL = "RUN apt-get update && apt-get install -y --no-install-recommends"
POSTGRES = f"""
FROM localhost/debian
{INSTALL} postgresql && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ && install -d -o postgres /run/postgresql
COPY start /start
CMD ["sh", "/start"]
"""
# What the usual image does at its first start.
POSTGRES_START = """
set -eu
data=/var/lib/postgresql/data
install -d -o postgres -m 700 "$data"
as_postgres() { setpriv --reuid postgres --regid postgres --init-groups "$@"; }
if [ ! -s "$data/PG_VERSION" ]; then
  echo "$POSTGRES_PASSWORD" >/tmp/password && chmod 644 /tmp/password
  as_postgres initdb -D "$data" -U "$POSTGRES_USER" -E UTF8 --locale C.UTF-8 -A scram-sha-256 --pwfile /tmp/password
  echo "CREATE DATABASE $POSTGRES_DB" | as_postgres postgres --single -D "$data" postgres
fi
as_postgres postgres -D "$data"
"""
REDIS = f"""
FROM localhost/debian
{INSTALL} redis-server
WORKDIR /data
"""

# All services share one network namespace without a way out, where every port is free.
_SHARED: dict[str, Any] = {
    "network_mode": "host",
    "extra_hosts": ["postgres:127.0.0.1", "redis:127.0.0.1"],
    "ulimits": {"nofile": 1024, "nproc": 1024},
}
OVERRIDE = {
    "services": {
        **dict.fromkeys(("migrate", "web", "worker", "beat"), _SHARED),
        "postgres": {**_SHARED, "image": "localhost/postgres"},
        "redis": {**_SHARED, "image": "localhost/redis"},
    }
}

Found = TypeVar("Found")


def main() -> None:
    if os.geteuid() != 0:
        raise SystemExit("Stopped: containers without an engine need root. Run: sudo sh scripts/dev.sh containers")
    if INSIDE in sys.argv:
        prove()
        return
    try:
        build()
        # A network of its own: only loopback, so no port of this machine is touched.
        command = f"ip link set lo up && exec {shlex.join([sys.executable, '-m', 'scripts.containers', INSIDE])}"
        run(["unshare", "--net", "sh", "-c", command])
    finally:
        remove_everything()


def build() -> None:
    remove_everything()
    SOURCE.mkdir(parents=True)
    say("Making a base image from Debian's packages")
    make_base_image()
    for name, recipe in (("postgres", POSTGRES), ("redis", REDIS)):
        say(f"Making a {name} image from Debian's package")
        folder = WORK / name
        folder.mkdir()
        (folder / "Dockerfile").write_text(recipe)
        (folder / "start").write_text(POSTGRES_START)
        run([*PODMAN, "build", *BUILD, "--tag", f"localhost/{name}", str(folder)], quietly=True)
    say("Building the Dockerfile")
    copy_source()
    compose("build", "web")


def make_base_image() -> None:
    tree = WORK / "debian"
    debootstrap = ["debootstrap", "--variant=minbase", f"--include={BASE_PACKAGES}", "bookworm", str(tree)]
    # What it mounts inside the tree goes with it.
    run(["unshare", "--mount", *debootstrap], quietly=True)
    # A machine behind a proxy with a certificate of its own can build, too.
    own = Path("/usr/local/share/ca-certificates")
    if own.is_dir():
        shutil.copytree(own, tree / own.relative_to("/"), dirs_exist_ok=True)
    run(["chroot", str(tree), "update-ca-certificates"], quietly=True)
    settings = [f"--change=ENV {name}={CERTIFICATES}" for name in ("SSL_CERT_FILE", "PIP_CERT")]
    tar = subprocess.Popen(["tar", "--one-file-system", "-C", str(tree), "-c", "."], stdout=subprocess.PIPE)
    run([*PODMAN, "import", *settings, "-", "localhost/debian"], stdin=tar.stdout, quietly=True)
    shutil.rmtree(tree)


def copy_source() -> None:
    """What a clone of the next commit would hold."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for name in filter(lambda name: (ROOT / name).is_file(), names):
        target = SOURCE / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, target)
    (SOURCE / "override.yml").write_text(json.dumps(OVERRIDE))
    write_settings({})


def write_settings(more: dict[str, str]) -> None:
    values = {
        "BASE_URL": BASE_URL,
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SEALING_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "POSTGRES_PASSWORD": secrets.token_urlsafe(20),
        **more,
    }
    (SOURCE / ".env").write_text("".join(f"{name}={value}\n" for name, value in values.items()))


def prove() -> None:
    smtp = MailServer()
    smtp.start()
    write_settings({"EMAIL_HOST": smtp.host, "EMAIL_PORT": str(smtp.port)})
    try:
        say("Starting PostgreSQL and Redis")
        start("postgres", "redis")
        say("Migrating")
        compose("up", "--no-deps", "migrate")
        say("Starting web, worker and beat")
        start("web", "worker", "beat")

        say("Issuing one badge")
        issued = json.loads(
            manage("shell", "-c", (ROOT / "scripts" / "issue_one_badge.py").read_text()).splitlines()[-1]
        )
        page = f"{BASE_URL}/v/{issued['code']}"
        [mail] = wait_for("the mail", lambda: smtp.to(issued["email"]))
        print(f"mailed    {mail.message['Subject']}")
        if page not in mail.body("plain"):
            raise SystemExit(f"Stopped: the mail does not hold {page}:\n{mail.body('plain')}")
        html = read(page)
        if issued["name"] not in html:
            raise SystemExit(f"Stopped: {page} does not name {issued['name']}.")
        print(f"verified  {page} names {issued['name']}")
        print(f"verified  {page}.json is a {json.loads(read(f'{page}.json'))['type'][-1]}")
    except BaseException:
        compose("logs", "--tail", "40", check=False)
        raise
    finally:
        say("Taking everything down")
        compose("down", "--volumes", check=False)
        smtp.stop()
    print("The containers built, started, issued, mailed, verified and went down.")


def start(*services: str) -> None:
    """Up, and well by the compose file's own health checks."""
    compose("up", "--detach", "--no-deps", *services)
    for service in services:
        if service != "beat":
            wait_for(f"{service} to be healthy", partial(is_healthy, f"source_{service}_1"))
        print(f"running   {service}")


def is_healthy(container: str) -> bool:
    return run([*PODMAN, "healthcheck", "run", container], check=False, quietly=True) == 0


def manage(*arguments: str) -> str:
    command = [*COMPOSE, "exec", "-T", "web", "python", "manage.py", *arguments]
    done = subprocess.run(command, cwd=SOURCE, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"Stopped: {' '.join(arguments[:1])} failed:\n{done.stdout}{done.stderr}")
    return done.stdout


def read(url: str) -> str:
    with urlopen(url, timeout=10) as response:
        return str(response.read().decode())


def wait_for(what: str, look: Callable[[], Found], patience: float = 90) -> Found:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(0.5)
    raise SystemExit(f"Stopped: waited {patience:.0f} seconds in vain for {what}.")


COMPOSE = [
    *(
        sys.executable,
        "-m",
        "podman_compose",
        "--no-ansi",
        "--in-pod",
        "false",
        "-f",
        "docker-compose.yml",
        "-f",
        "override.yml",
    ),
    f"--podman-args={shlex.join(PODMAN[1:])}",
    f"--podman-build-args={shlex.join([*BUILD, '--build-arg', 'BASE=localhost/debian'])}",
]


def compose(*arguments: str, check: bool = True) -> None:
    run([*COMPOSE, *arguments], cwd=SOURCE, check=check)


def remove_everything() -> None:
    if WORK.exists():
        run([*PODMAN, "system", "reset", "--force"], check=False, quietly=True)
        shutil.rmtree(WORK)


def run(
    command: list[str],
    *,
    cwd: Path = ROOT,
    check: bool = True,
    quietly: bool = False,
    stdin: IO[bytes] | None = None,
) -> int:
    """The exit code; the command's own words are shown at once, or, `quietly`, only when it fails."""
    out = subprocess.PIPE if quietly else None
    done = subprocess.run(command, cwd=cwd, stdin=stdin, stdout=out, stderr=subprocess.STDOUT if quietly else None)
    if check and done.returncode:
        raise SystemExit(f"Stopped: {shlex.join(command)[:300]} failed.\n{(done.stdout or b'').decode()[-4000:]}")
    return done.returncode


def say(text: str) -> None:
    print(f"==> {text}", flush=True)


if __name__ == "__main__":
    main()
