"""Child processes that never outlive the test run, not even one that is killed."""

import ctypes
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

_PR_SET_PDEATHSIG = 1
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
        process.kill()
        process.wait()


def wait_until(
    is_ready: Callable[[], bool],
    process: subprocess.Popen[bytes],
    *,
    what: str,
    output: Callable[[], str],
    patience: float = 30,
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
