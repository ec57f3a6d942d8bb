"""Sixty people fetch their certificates at the same moment from one web process with four threads."""

import os
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from badges.models import Badge
from certificates.models import Document
from tests import children
from tests.embedded import free_port
from tests.factories import issue
from tests.worker import database_url_of_the_tests

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
PEOPLE = 60


@pytest.fixture
def web(tmp_path: Path, transactional_db: None, ended_afterwards: list[subprocess.Popen[bytes]]) -> str:
    """The address of a web server as the demo starts it, on the database of the tests."""
    port = free_port()
    log = tmp_path / "log"
    with log.open("wb") as out:
        process = children.start(
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)),
                *("--no-ws", "--blocking-threads", "4", "--log-level", "warning", "badgecert.wsgi:application"),
            ],
            env={
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "tests.settings",
                "DATABASE_URL": database_url_of_the_tests(),
                "BASE_URL": f"http://127.0.0.1:{port}",
            },
            stdout=out,
            stderr=out,
        )
    address = f"http://127.0.0.1:{port}"
    ended_afterwards.append(process)
    children.wait_until(
        lambda: answers(f"{address}/health/live"), process, what="The web server", output=log.read_text, patience=120
    )
    return address


def answers(url: str) -> bool:
    try:
        return fetched(url)[0] == 200
    except OSError:
        return False


def fetched(url: str) -> tuple[int, bytes]:
    with urllib.request.urlopen(url, timeout=60) as response:
        return response.status, response.read()


def test_sixty_certificates_at_once_all_arrive_and_pages_are_answered_meanwhile(badge: Badge, web: str) -> None:
    codes = [issue(badge, name=f"Person {number}").code for number in range(PEOPLE)]
    arrived: dict[str, bytes] = {}
    asked_again: list[str] = []
    pages_meanwhile: list[int] = []

    def fetch(code: str) -> None:
        while True:
            status, content = fetched(f"{web}/v/{code}/certificate.pdf")
            if status == 200:
                arrived[code] = content
                return
            assert status == 202
            asked_again.append(code)
            time.sleep(0.3)

    people = [threading.Thread(target=fetch, args=(code,)) for code in codes]
    for person in people:
        person.start()
    while len(arrived) < PEOPLE and any(person.is_alive() for person in people):
        pages_meanwhile.append(fetched(f"{web}/v/{codes[0]}")[0])
        time.sleep(0.05)
    for person in people:
        person.join()

    assert {content[:5] for content in arrived.values()} == {b"%PDF-"}
    assert len({*arrived.values()}) == PEOPLE
    assert asked_again
    assert set(pages_meanwhile) == {200}
    # More than one for each certificate: the pages did not stand in a queue behind them.
    assert len(pages_meanwhile) > PEOPLE
    assert Document.objects.count() == PEOPLE
