"""A file of 100,000 people: checked by a worker, looked at, issued by two workers that share its rows."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from typing import Any

from django.test import Client
from django.urls import reverse

from badgecert.accounts.models import User
from badgecert.core import audit
from badges.actions import leaving
from badges.actions.batches import confirm_batch, send_now
from badges.actions.files import upload_file
from badges.models import Badge, Batch, BatchState, Issuance
from certificates.models import Credential, LogEntry
from notifications.models import Message
from scripts.bench.figure import Figure
from tests.factories import make_issuer, make_published_badge

# BULK_ROWS=20000 for a quick look.
ROWS = int(os.environ.get("BULK_ROWS", "100000"))
SHORT = 5_000
# Enough to see what a second worker is good for.
FEW = ROWS // 5
WORKERS = 2


def bulk_issue(port: int) -> Iterator[Figure]:
    badge = make_published_badge(make_issuer())
    by = User.objects.get(staff_memberships__issuer=badge.issuer)

    started = time.perf_counter()
    upload_file(badge, content=people(SHORT, "short"), file_name="short.csv", by=by)
    short = time.perf_counter() - started
    yield Figure("bulk_check_5000", short, "seconds", "the five that a person waits", short / 5, SHORT)

    batch, checked = checked_file(badge, "long", rows=ROWS, by=by)
    yield Figure("bulk_check", checked["seconds"], "seconds", "the minute at most", checked["seconds"] / 60, ROWS)
    cpu = checked["cpu"] + checked["database_cpu"]
    yield Figure("bulk_check_cpu", cpu, "seconds of CPU", "the minute at most", cpu / 60, ROWS)

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(by)
    page = reverse("admin:badges_batch_change", args=[batch.pk])
    client.get(page)
    started = time.perf_counter()
    client.get(page)
    shown = (time.perf_counter() - started) * 1000
    yield Figure("bulk_preview", shown, "ms", "a second", shown / 1000, ROWS)

    workers, taken = issued(batch, by=by)
    require_all(batch, ROWS)
    bare = seconds_of_bare_rows(by)
    cpu = sum(worker["cpu"] + worker["database_cpu"] for worker in workers)
    grown = max(worker["grown"] for worker in [checked, *workers])
    queries = sum(worker["queries"] for worker in workers)
    chunks = ROWS / leaving.ROWS_AT_ONCE
    # Looking for work, and finding that there is none, comes on top of the chunks.
    yield Figure(
        "bulk_issue_queries", queries / chunks, "statements", "rows of one chunk", 1 / leaving.ROWS_AT_ONCE, ROWS
    )
    messages = sum(worker["messages"] for worker in workers)
    yield Figure("bulk_issue_celery", messages, "Celery messages", "a 200th of the rows", messages * 200 / ROWS, ROWS)
    hashes = sum(worker["slow_hashes"] for worker in workers)
    yield Figure("bulk_issue_slow_hashes", hashes, "hashes", "badges", hashes / ROWS, ROWS)
    yield Figure("bulk_issue_memory", grown, "MB more than before", "what is promised", grown / 150, ROWS)
    yield Figure("bulk_issue_cpu", cpu * 1000 / ROWS, "ms of CPU each", "one bare row each", cpu / bare, ROWS)

    few, _checked = checked_file(badge, "few", rows=FEW, by=by)
    _worker, alone = issued(few, by=by, count=1)
    helped = (alone / FEW) / (taken / ROWS)
    yield Figure("bulk_issue_one_worker", alone * 1000 / FEW, "ms per badge", "two workers", helped, FEW)

    unsigned, _checked = checked_file(badge, "unsigned", rows=ROWS, by=by)
    _workers, unsigned_taken = issued(unsigned, by=by, work="issue unsigned")
    yield Figure(
        "bulk_issue_unsigned",
        unsigned_taken,
        "seconds",
        "the promise, as many rows",
        unsigned_taken / (ROWS * 0.0003),
        ROWS,
    )
    yield Figure("bulk_issue", taken * 1000 / ROWS, "ms per badge", "one bare row each", taken / bare, ROWS)


def checked_file(badge: Badge, series: str, *, rows: int, by: User) -> tuple[Batch, dict[str, Any]]:
    """A draft, and what its worker measured of itself."""
    batch = upload_file(badge, content=people(rows, series), file_name=f"{series}.csv", by=by)
    [checked] = in_workers("check", count=1)
    return Batch.objects.get(pk=batch.pk), checked


def issued(batch: Batch, *, by: User, count: int = WORKERS, work: str = "issue") -> tuple[list[dict[str, Any]], float]:
    """What the workers measured of themselves, and how many seconds they took together."""
    send_now(confirm_batch(batch, by=by), by=by)
    started = time.perf_counter()
    workers = in_workers(work, count=count)
    return workers, time.perf_counter() - started - max(worker["starting"] for worker in workers)


def people(count: int, series: str) -> bytes:
    rows = (f"Person Ŝurname {n},{series}{n}@bench.example,2026-11-01,Team {n % 40}" for n in range(count))
    return "\n".join(["name,email,issued_on,narrative", *rows, ""]).encode()


def require_all(batch: Batch, rows: int) -> None:
    """Nothing is faster than not doing it."""
    batch.refresh_from_db()
    made = Issuance.objects.filter(batch=batch)
    counts = [
        made.count(),
        Credential.objects.filter(version__issuance__in=made.values("pk")).count(),
        LogEntry.objects.filter(issuance_id__in=made.values("pk")).count(),
        Message.objects.filter(issuance__in=made.values("pk")).count(),
    ]
    if batch.state != BatchState.ISSUED or counts != [rows] * 4:
        msg = f"The batch is {batch.state}, with {counts} issuances, credentials, log entries and mails."
        raise RuntimeError(msg)


def seconds_of_bare_rows(by: User) -> float:
    started = time.perf_counter()
    audit.record_many("bench", [by] * ROWS, by=None)
    return time.perf_counter() - started


def in_workers(work: str, *, count: int) -> list[dict[str, Any]]:
    """What each of these processes measured of itself."""
    command = [sys.executable, "-m", "scripts.bench.bulk_worker", work]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE) for _number in range(count)]
    return [json.loads(process.communicate()[0].splitlines()[-1]) for process in running]
