"""Requests to one address of this machine: counted on kept-open connections, or all at once, each on one of its own."""

import selectors
import socket
import statistics
import threading
import time
from collections.abc import Mapping

CONNECTIONS = 8


class Page:
    """One request, ready to be sent again and again."""

    def __init__(
        self, path: str, *, headers: Mapping[str, str] | None = None, status: int = 200, port: int | None = None
    ) -> None:
        """`port`: of another server than the one that the others are asked of."""
        lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{k}: {v}" for k, v in (headers or {}).items())]
        self.request = "\r\n".join([*lines, "", ""]).encode()
        self.status = status
        self.port = port

    def check(self, status: int) -> None:
        if status != self.status:
            msg = f"{self.request.split()[1].decode()} answered {status}, not {self.status}"
            raise RuntimeError(msg)

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
        with socket.create_connection(("127.0.0.1", page.port or port), timeout=10) as connection:
            while time.perf_counter() < deadline:
                connection.sendall(page.request)
                page.check(_answered(connection))
                counts[number] += 1

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(CONNECTIONS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / (time.perf_counter() - started)


def all_at_once(port: int, page: Page, *, visitors: int) -> list[float]:
    """The seconds that each of so many visitors waits, from opening a connection to the last byte.

    They share the machine with whom they ask, so they do as little as can be.
    """
    waits: list[float] = []
    with selectors.DefaultSelector() as crowd:
        for _visitor in range(visitors):
            connection = socket.socket()
            connection.settimeout(0)
            started = time.perf_counter()
            connection.connect_ex(("127.0.0.1", port))
            crowd.register(connection, selectors.EVENT_WRITE, (connection, started, bytearray()))
        while crowd.get_map():
            if not (ready := crowd.select(timeout=30)):
                msg = f"{len(crowd.get_map())} of {visitors} visitors got no answer."
                raise RuntimeError(msg)
            for key, events in ready:
                connection, started, received = key.data
                if events & selectors.EVENT_WRITE:
                    connection.sendall(page.request)
                    crowd.modify(connection, selectors.EVENT_READ, key.data)
                elif _is_whole(received, connection.recv(65536)):
                    waits.append(time.perf_counter() - started)
                    crowd.unregister(connection)
                    connection.close()
                    page.check(int(received[9:12]))
    return waits


def _is_whole(received: bytearray, more: bytes) -> bool:
    """Whether an answer has come to its end with these bytes."""
    if not more:
        msg = "The server hung up in the middle of an answer."
        raise RuntimeError(msg)
    received += more
    end = received.find(b"\r\n\r\n")
    return end >= 0 and len(received) >= end + 4 + _length(bytes(received[: end + 4]))


def _answered(connection: socket.socket) -> int:
    """The status of one answer, read to its end."""
    received = connection.recv(65536)
    while (end := received.find(b"\r\n\r\n")) < 0:
        received += connection.recv(65536)
    missing = end + 4 + _length(received[: end + 4]) - len(received)
    while missing > 0:
        missing -= len(connection.recv(min(missing, 262_144)))
    return int(received[9:12])


def _length(head: bytes) -> int:
    _before, found, after = head.lower().partition(b"content-length:")
    return int(after.split(b"\r\n", 1)[0]) if found else 0
