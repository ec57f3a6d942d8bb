"""Child processes that never outlive the test run, not even one that is killed, and neither do theirs."""

import ctypes
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36
_libc = ctypes.CDLL(None)


def start(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
    def die_with_parent() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)

    return subprocess.Popen(command, preexec_fn=die_with_parent, **options)  # one prctl call, no lock


def stop(process: subprocess.Popen[bytes], *, with_signal: int = signal.SIGTERM, patience: float = 20) -> None:
    if process.poll() is not None:
        return
    process.send_signal(with_signal)
    try:
        process.wait(patience)
    except subprocess.TimeoutExpired:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """It and all that it has started: a Celery worker's scheduler would go on alone."""
    kill_all([process.pid, *descendants(process.pid)])
    process.wait()


def descendants(pid: int) -> list[int]:
    """Its children, theirs, and so on; none that has ended."""
    of_parent: dict[int, list[int]] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent = (folder / "stat").read_text().rpartition(")")[2].split()[:2]
            if state != "Z":
                of_parent.setdefault(int(parent), []).append(int(folder.name))
    found = list(of_parent.get(pid, []))
    for child in found:
        found += of_parent.get(child, [])
    return found


def command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    except OSError:
        return ""


def kill_all(pids: list[int]) -> None:
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def adopt_orphans() -> None:
    """What a child leaves behind becomes a child of this process, where it is found."""
    _libc.prctl(_PR_SET_CHILD_SUBREAPER, 1)


def wait_until(
    is_ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    *,
    what: str,
    output: Callable[[], str],
    patience: float = 120,
) -> None:
    """Return when ready; fail with the child's own words when it dies or takes too long."""
    deadline = time.monotonic() + patience
    while not is_ready():
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended with exit code {process.returncode}:\n{output()}")
        if time.monotonic() > deadline:
            stop(process)
            raise RuntimeError(f"{what} was not ready after {patience:.0f} seconds:\n{output()}")
        time.sleep(0.05)
