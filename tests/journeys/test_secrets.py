"""Everything that somebody does to get in, on real parts; then: no secret in clear anywhere, and no scanner changed anything."""

import base64
import logging
import os
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
import redis
from django.db import connection
from django.test import Client

from badges.models import Badge
from tests.factories import issue
from tests.smtp import MailServer, Received
from tests.worker import Worker

pytestmark = pytest.mark.slow

ADDRESS = "new@newcomer.example"
OWN, NEWER = "mossy lantern by the river", "paper kites above the pier"
PATIENCE_SECONDS = 60
# What a worker writes by itself, whoever looks: counts, signs of life, the public log's numbering.
WRITTEN_BY_WORKERS = {
    "badges_activity",
    "badges_badgeday",
    "certificates_logentry",
    "certificates_lognode",
    "certificates_logproof",
    "certificates_treehead",
    "notifications_heartbeat",
}
NO_FACTS = {"django_session", *WRITTEN_BY_WORKERS}


def test_no_secret_stands_anywhere_in_clear_and_scanners_change_nothing(
    site: str, worker: Worker, smtp: MailServer, badge: Badge, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    with everything_said_to_redis() as said:
        secrets = walk_in(smtp, badge)
        time.sleep(2)

    database = everything_in_the_database()
    logs = worker.output() + "".join(
        record.getMessage() for record in caplog.records if not record.name.startswith(("mail.", "aiosmtpd"))
    )
    assert ADDRESS in database
    assert "answer_password_requests_task" in "".join(said)
    assert "answer_password_requests_task" in logs
    places = {"database": database, "Redis and tasks": "".join(said) + everything_in_redis(), "logs": logs}
    found = [(place, name) for place, text in places.items() for name, secret in secrets.items() if secret in text]
    assert found == []


def walk_in(smtp: MailServer, badge: Badge) -> dict[str, str]:
    """Be given a badge, come in by its mail, forget the password, come in again, get locked. Returns every secret."""
    issue(badge, to=ADDRESS)
    first = mail_number(smtp, 1)
    look_like_a_scanner(first)
    temporary = temporary_password_in(first)
    client = Client()
    log_in(client, temporary)
    choose(client, OWN)
    log_in(client, OWN)
    secrets = {
        "temporary password": temporary,
        "temporary password without hyphens": temporary.replace("-", ""),
        "own password": OWN,
        "session": client.cookies["sessionid"].value,
        "known browser": client.cookies["known_browser"].value.split(":")[0],
    }

    Client().post("/log-in/new-password/", {"email": ADDRESS})
    second = mail_number(smtp, 2)
    look_like_a_scanner(second)
    [link] = re.findall(r"/log-in/link/([\w-]+)/", second.body("plain"))
    again = Client()
    again.post(f"/log-in/link/{link}/")
    choose(again, NEWER)
    log_in(again, NEWER)
    secrets |= {
        "link": link,
        "second temporary password": temporary_password_in(second),
        "newer password": NEWER,
        "second session": again.cookies["sessionid"].value,
    }

    stranger = Client()
    for number in range(10):
        log_in(stranger, f"guessed {number} this time")
    secrets["mistyped password"] = "guessed 9 this time"
    look_like_a_scanner(mail_number(smtp, 3))
    return secrets


def log_in(client: Client, password: str) -> None:
    client.post("/log-in/", {"email": ADDRESS, "password": password})


def choose(client: Client, password: str) -> None:
    response = client.post("/log-in/choose-password/", {"new_password": password, "again": password})
    assert response.status_code == 302


def mail_number(smtp: MailServer, number: int) -> Received:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(smtp.to(ADDRESS)) < number:
        assert time.monotonic() < deadline, f"mail {number} did not come"
        time.sleep(0.2)
    # The worker is still writing down that it left.
    time.sleep(1)
    return smtp.to(ADDRESS)[number - 1]


def temporary_password_in(mail: Received) -> str:
    return re.findall(r"\b(?:[a-z0-9]{5}-){3}[a-z0-9]{5}\b", mail.body("plain"))[0]


def look_like_a_scanner(mail: Received) -> None:
    """Mail scanners and previews fetch every link of a mail."""
    links = set(re.findall(r'https?://[^\s"<>]+', mail.body("plain") + mail.body("html")))
    paths = sorted({urlsplit(link).path for link in links if urlsplit(link).path not in {"", "/"}})
    before = rows_by_table()

    for path in paths:
        for _ in range(2):
            Client().get(path)
            Client().head(path)

    after = rows_by_table()
    assert len(paths) >= 1
    assert [table for table in before if before[table] != after[table] and table not in NO_FACTS] == []


def rows_by_table() -> dict[str, list[str]]:
    with connection.cursor() as cursor:
        found = {}
        for table in connection.introspection.table_names(cursor):
            if table != "django_session":
                cursor.execute(f'select * from "{table}"')  # noqa: S608  # the database's own names
                found[table] = sorted(repr([as_text(value) for value in row]) for row in cursor.fetchall())
        return found


def everything_in_the_database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("select session_key, session_data from django_session")
        sessions = repr(cursor.fetchall())
    return sessions + "".join(row for rows in rows_by_table().values() for row in rows)


def as_text(value: Any) -> str:
    return bytes(value).decode("latin-1") if isinstance(value, bytes | memoryview) else str(value)


# --- Redis ---------------------------------------------------------------------------------------


@contextmanager
def everything_said_to_redis() -> Iterator[list[str]]:
    """Each command that anybody sends, with the bodies of Celery's messages in clear."""
    said: list[str] = []
    listening, over = threading.Event(), threading.Event()

    def listen() -> None:
        with redis.Redis.from_url(os.environ["REDIS_URL"]).monitor() as monitor:
            listening.set()
            for command in monitor.listen():
                said.append(with_bodies(str(command["command"])))
                if over.is_set():
                    return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert listening.wait(10)
    yield said
    over.set()
    redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
    listener.join(10)


def everything_in_redis() -> str:
    connection = redis.Redis.from_url(os.environ["REDIS_URL"])
    readers = {
        b"string": connection.get,
        b"hash": connection.hgetall,
        b"list": lambda key: connection.lrange(key, 0, -1),
        b"set": connection.smembers,
        b"zset": lambda key: connection.zrange(key, 0, -1),
    }
    return "".join(with_bodies(repr((key, readers[connection.type(key)](key)))) for key in connection.scan_iter())


def with_bodies(text: str) -> str:
    """Celery puts a task's arguments into base64."""
    clear = [text]
    for body in re.findall(r"[A-Za-z0-9+/]{16,}={0,2}", text):
        with suppress(ValueError):
            clear.append(base64.b64decode(body).decode("latin-1"))
    return "".join(clear)
