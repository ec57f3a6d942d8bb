"""A few processes that print, kept warm. Whoever prints a second time does not wait for libraries to load.

A process that takes too long, too much memory or too much of the processor is ended, and its job is tried once more.
"""

import contextlib
import os
import queue
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from certificates.rendering.exceptions import (
    BrokenAssetError,
    BusyPressError,
    CertificateError,
    JammedPressError,
    UnrenderableTextError,
)
from certificates.rendering.jobs import Job
from certificates.rendering.wire import Answer, receive_answer, send_job

_HERE = Path(__file__).parent
_PROJECT = _HERE.parent.parent
_REFUSALS: dict[str, type[CertificateError]] = {
    refusal.__name__: refusal for refusal in (CertificateError, UnrenderableTextError, BrokenAssetError)
}
_TRIES = 2


class Press:
    """Each process serves one caller at a time."""

    def __init__(
        self, *, processes: int, seconds: float, cpu_seconds: int, memory_bytes: int, idle_seconds: int = 600
    ) -> None:
        self._free: queue.LifoQueue[_Process] = queue.LifoQueue()
        for _number in range(processes):
            self._free.put(_Process(seconds, [cpu_seconds, memory_bytes, idle_seconds]))

    def do(self, job: Job, *, patience: float = 0) -> bytes:
        """The PDF, or what wire.unpacked() reads.

        Raises BusyPressError when no process is free within `patience` seconds, JammedPressError when none finished it,
        and CertificateError when it cannot be done.
        """
        try:
            process = self._free.get(timeout=patience) if patience else self._free.get_nowait()
        except queue.Empty:
            raise BusyPressError from None
        try:
            return _content_of(*_twice(process, job))
        finally:
            self._free.put(process)

    def close(self) -> None:
        """Ends the processes that are free."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._free.get_nowait().end()


def _twice(process: "_Process", job: Job) -> tuple[Answer, bytes]:
    for _try in range(_TRIES):
        try:
            return process.do(job)
        except (OSError, EOFError, ValueError) as error:
            cause = error
            process.end()
    msg = f"The process that prints ended or hung {_TRIES} times."
    raise JammedPressError(msg) from cause


def _content_of(answer: Answer, content: bytes) -> bytes:
    if answer == Answer.DONE:
        return content
    if answer == Answer.REFUSED:
        kind, _colon, sentence = content.decode().partition(": ")
        raise _REFUSALS[kind](sentence)
    raise JammedPressError(content.decode(errors="replace"))


class _Process:
    """Started when it is first needed, and again after it has ended."""

    def __init__(self, seconds: float, limits: list[int]) -> None:
        self._seconds = seconds
        self._limits = limits
        self._running: subprocess.Popen[bytes] | None = None

    def do(self, job: Job) -> tuple[Answer, bytes]:
        """Raises OSError (TimeoutError), EOFError or ValueError when the process did not do it."""
        if self._running is None or self._running.poll() is not None:
            self.end()
            self._start()
        deadline = time.monotonic() + self._seconds
        self._connection.settimeout(self._seconds)
        send_job(self._connection, job)
        self._connection.settimeout(max(0.001, deadline - time.monotonic()))
        return receive_answer(self._connection)

    def end(self) -> None:
        if self._running is None:
            return
        self._running.kill()
        self._running.wait()
        self._running = None
        self._connection.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self) -> None:
        # Fonts are written here; nothing of it outlives the process.
        self._folder = tempfile.mkdtemp(prefix="badgecert-press-")
        self._connection, other_end = socket.socketpair()
        # It knows no secret of this site, and no font but the bundled ones.
        environment = {
            "PATH": os.defpath,
            "LANG": "C.UTF-8",
            "PYTHONWARNINGS": "ignore:No fonts configured",
            "FONTCONFIG_FILE": str(_HERE / "fonts.conf"),
            **dict.fromkeys(("HOME", "TMPDIR", "XDG_CACHE_HOME"), self._folder),
        }
        command = [sys.executable, "-m", "certificates.rendering.child", str(other_end.fileno())]
        self._running = subprocess.Popen(  # noqa: S603  # our own words only
            [*command, *map(str, self._limits)],
            cwd=_PROJECT,
            env=environment,
            stdin=subprocess.DEVNULL,
            pass_fds=[other_end.fileno()],
        )
        other_end.close()

    def __del__(self) -> None:
        self.end()
