"""One worker of the bench of bulk issue, in a process of its own: what it took, as JSON."""

import time

_STARTED = time.perf_counter()

import django  # noqa: E402  the clock comes first

django.setup()

import json  # noqa: E402
import os  # noqa: E402
import resource  # noqa: E402
import sys  # noqa: E402
from pathlib import Path  # noqa: E402
from typing import Any  # noqa: E402

from celery.signals import before_task_publish  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher  # noqa: E402
from django.db import connection  # noqa: E402

from badges.actions.files import check_waiting_files  # noqa: E402
from badges.actions.leaving import issue_due_batches  # noqa: E402
from badges.models import Issuance  # noqa: E402
from badges.signals import badges_issued  # noqa: E402
from certificates.receivers import sign_what_was_issued  # noqa: E402
from scripts.bench.memory import memory  # noqa: E402

_TICKS = os.sysconf("SC_CLK_TCK")


def measured(work: str) -> dict[str, Any]:
    queries = hashes = messages = 0

    def count(execute: Any, *arguments: Any) -> Any:
        nonlocal queries
        queries += 1
        return execute(*arguments)

    def hash_slowly(*arguments: Any) -> str:
        nonlocal hashes
        hashes += 1
        return "!"

    def count_message(**_told: object) -> None:
        nonlocal messages
        messages += 1

    before_task_publish.connect(count_message)
    if work == "issue unsigned":
        badges_issued.disconnect(sign_what_was_issued)
    for hasher in (Argon2PasswordHasher, PBKDF2PasswordHasher):
        hasher.encode = hash_slowly  # type: ignore[method-assign,assignment]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    # What every worker holds already: templates of credentials, fonts' widths.
    Issuance.objects.exists()
    memory_before = memory("VmRSS")
    before, began = resource.getrusage(resource.RUSAGE_SELF), time.perf_counter()
    with connection.execute_wrapper(count):
        if work == "check":
            while check_waiting_files():
                pass
        else:
            issue_due_batches()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "seconds": time.perf_counter() - began,
        "starting": began - _STARTED,
        "cpu": after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime,
        "database_cpu": cpu_of(backend),
        "grown": memory("VmHWM") - memory_before,
        "queries": queries,
        "messages": messages,
        "slow_hashes": hashes,
    }


def cpu_of(process: int) -> float:
    """Seconds of the processor that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measured(sys.argv[1])) + "\n")
