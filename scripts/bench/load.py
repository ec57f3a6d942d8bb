"""Requests to one address of this machine: counted on kept-open connections, or all at once, each on one of its own."""

import asyncio
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


def all_at_once(port: int, page: Page, *, visitors: int) -> list[float]:
    """The seconds that each of so many visitors waits, from opening a connection to the last byte."""

    async def visit() -> float:
        started = time.perf_counter()
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(page.request)
        head = await reader.readuntil(b"\r\n\r\n")
        await reader.readexactly(_length(head))
        writer.close()
        if int(head[9:12]) != page.status:
            msg = f"{page.request.split()[1].decode()} answered {head[9:12].decode()}, not {page.status}"
            raise RuntimeError(msg)
        return time.perf_counter() - started

    async def crowd() -> list[float]:
        return await asyncio.gather(*(visit() for _visitor in range(visitors)))

    return asyncio.run(crowd())


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
