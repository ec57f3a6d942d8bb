"""The loop that sends mail without Redis and Celery."""

import os
import signal
import sys
import time

import pytest

from notifications.models import Heartbeat, Message
from tests import children
from tests.factories import issue
from tests.worker import database_url_of_the_tests


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_loop_sends_what_is_due_beats_and_ends_when_it_is_asked_to(badge, smtp, settings, ended_afterwards):
    issue(badge, to="ana@example.org")
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": database_url_of_the_tests(),
        # Nobody is there.
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_HOST": smtp.host,
        "EMAIL_PORT": str(smtp.port),
        "SWEEP_SECONDS": "1",
    }
    loop = children.start([sys.executable, "manage.py", "run_outbox"], env=environment, cwd=settings.BASE_DIR)
    ended_afterwards.append(loop)

    children.wait_until(
        lambda: Heartbeat.objects.filter(name="run-outbox").exists(), loop, what="The loop", output=str, patience=120
    )
    issue(badge, to="bo@example.org")
    deadline = time.monotonic() + 120
    while Message.objects.exclude(state="sent").exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    loop.send_signal(signal.SIGTERM)

    assert loop.wait(60) == 0
    assert sorted(received.recipients[0] for received in smtp.received) == ["ana@example.org", "bo@example.org"]
