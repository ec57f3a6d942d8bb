"""Requests on kept-open connections to one address of this machine, counted. Bounded in time by the caller."""

import socket
import statistics
import threading
import time
from collections.abc import Mapping

CONNECTIONS = 8


class Page:
    """One request, ready to be sent again and again."""

    def __init__(self, path: str, *, headers: Mapping[str, str] | None = None, status: int = 200) -> None:
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        self.request = "\r\n".join([*lines, "", ""]).encode()
        self.status = status

    def ask_once(self, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            connection.sendall(self.request)
            _answered(connection)


def in_rotation(port: int, pages: Mapping[str, Page], *, rounds: int = 5, seconds: float = 1.5) -> dict[str, float]:
    """Requests per second of each page: the median over rounds in which the pages take turns, so a machine that
    slows down slows all of them."""
    rates: dict[str, list[float]] = {name: [] for name in pages}
    for page in pages.values():
        _rate(port, page, seconds=0.3)
    for _round in range(rounds):
        for name, page in pages.items():
            rates[name].append(_rate(port, page, seconds=seconds))
    return {name: statistics.median(measured) for name, measured in rates.items()}


def _rate(port: int, page: Page, *, seconds: float) -> float:
    counts = [0] * CONNECTIONS
    started = time.perf_counter()
    deadline = started + seconds

    def ask(number: int) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            while time.perf_counter() < deadline:
                connection.sendall(page.request)
                status = _answered(connection)
                if status != page.status:
                    msg = f"{page.request.split()[1].decode()} answered {status}, not {page.status}"
                    raise RuntimeError(msg)
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def _answered(connection: socket.socket) -> int:
    """The status of one answer, read to its end."""
    received = connection.recv(65536)
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += connection.recv(65536)
    head = received[:end].lower()
    at = head.find(b"content-length:")
    length = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    missing = end + 4 + length - len(received)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 262_144)))
    return int(received[9:12])
