"""How much memory this process holds, as Linux tells it: `ru_maxrss` is inherited from whoever started the process."""

import time
from collections.abc import Callable
from pathlib import Path

_SELF = Path("/proc/self")
# Documented in proc(5): the peak starts anew from what is held now.
_FORGET_THE_PEAK = "5"


def memory(what: str) -> float:
    """MB: VmRSS now, VmHWM at most so far."""
    lines = (_SELF / "status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{what}:"))


def grown_by(work: Callable[[], object]) -> tuple[float, float]:
    """How many MB more this took, at its peak, than was held when it began; and how many seconds."""
    (_SELF / "clear_refs").write_text(_FORGET_THE_PEAK)
    before, started = memory("VmRSS"), time.perf_counter()
    work()
    return memory("VmHWM") - before, time.perf_counter() - started
