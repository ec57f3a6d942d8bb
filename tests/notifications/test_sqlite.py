"""The outbox as a newcomer has it: SQLite, files for a queue, one worker. That worker is killed in a hand-over."""

import json
import os
import secrets
import subprocess
import sys
import time
from base64 import urlsafe_b64encode

import pytest
from django.conf import settings

from tests import children

ISSUE = """
import django; django.setup()
from tests.factories import issue, make_issuer, make_published_badge
badge = make_published_badge(make_issuer())
for number in range(5): issue(badge, to=f"p{number}@example.org")
"""
STATES = """
import django, json; django.setup()
from notifications.models import Message
print(json.dumps([[m.to_address, m.state, m.attempts, bool(m.uncertain_at)] for m in Message.objects.order_by("id")]))
"""
REMIND = """
import django; django.setup()
from datetime import timedelta
from badgecert.core import clock
from notifications.actions.reminders import queue_due_reminders
print(queue_due_reminders(clock.now() + timedelta(days=31)))
"""


@pytest.fixture
def mail_server(tmp_path):
    (tmp_path / "mode").write_text("hang_after_dot")
    server = children.start(
        [sys.executable, "-m", "scripts.faults.mail_server", str(tmp_path)],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
    )
    server.port = server.stdout.readline().decode().strip()
    yield server
    children.stop(server)
    server.stdout.close()


@pytest.fixture
def environment(tmp_path, mail_server):
    of_the_tests = {"DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE", "BADGECERT_VAR"}
    return {
        **{name: value for name, value in os.environ.items() if name not in of_the_tests},
        "BADGECERT_ENV_FILE": os.devnull,
        "BADGECERT_VAR": str(tmp_path / "var"),
        "BASE_URL": "http://127.0.0.1:9312",
        "DJANGO_SETTINGS_MODULE": "badgecert.settings",
        "EMAIL_HOST": "127.0.0.1",
        "EMAIL_PORT": mail_server.port,
        "EMAIL_TIMEOUT": "8",
        "MAIL_BACKOFF_MINUTES": "0.03",
        "MAIL_LEASE_SECONDS": "9",
        "SEALING_KEYS": urlsafe_b64encode(secrets.token_bytes(32)).decode(),
        "SECRET_KEY": secrets.token_urlsafe(50),
        "SWEEP_SECONDS": "1",
    }


@pytest.mark.slow
def test_killed_worker_on_sqlite_repeats_the_one_mail_it_was_handing_over(tmp_path, environment, ended_afterwards):
    def run(*command: str) -> str:
        done = subprocess.run(
            [sys.executable, *command],
            env=environment,
            cwd=settings.BASE_DIR,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout

    def start_worker():
        worker = children.start(
            [
                *(sys.executable, "-m", "celery", "-A", "badgecert", "--quiet", "worker", "--beat"),
                *("--pool=threads", "--concurrency=2", "--loglevel=warning", "--without-gossip", "--without-mingle"),
            ],
            env=environment,
            cwd=settings.BASE_DIR,
        )
        ended_afterwards.append(worker)
        return worker

    def taken() -> list[dict[str, str]]:
        return [json.loads(line) for line in (tmp_path / "taken").read_text().splitlines()]

    def wait_until(is_true) -> None:
        deadline = time.monotonic() + 120
        while not is_true():
            assert time.monotonic() < deadline, taken()
            time.sleep(0.1)

    run("manage.py", "migrate", "--verbosity=0")
    run("-c", ISSUE)
    worker = start_worker()
    wait_until(lambda: len(taken()) == 1)
    children.kill(worker)
    killed_while = json.loads(run("-c", STATES))
    (tmp_path / "mode").write_text("accept")

    worker = start_worker()
    wait_until(lambda: len(taken()) == 6)
    wait_until(lambda: all(state == "sent" for _to, state, _attempts, _uncertain in json.loads(run("-c", STATES))))
    children.stop(worker)

    copies = [mail for mail in taken() if mail["to"] == "p0@example.org"]
    assert [state for _to, state, _attempts, _uncertain in killed_while] == ["sending", *["queued"] * 4]
    assert json.loads(run("-c", STATES)) == [
        ["p0@example.org", "sent", 2, True],
        *([f"p{number}@example.org", "sent", 1, False] for number in range(1, 5)),
    ]
    assert len(copies) == 2
    assert copies[0]["sha256"] == copies[1]["sha256"]
    assert sorted({mail["to"] for mail in taken()}) == [f"p{number}@example.org" for number in range(5)]
    assert run("-c", REMIND).strip() == "5"
