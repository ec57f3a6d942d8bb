"""Nobody can make the site ask an address of their choice in its own network (U74 to U119)."""

import gzip
import itertools
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from ipaddress import ip_address

import pytest

from certificates.fetching import MOST_BYTES, GuardedClient, is_public
from certificates.openbadges.exceptions import UnavailableError

PUBLIC = "93.184.215.14"
DOCUMENT = {"id": "https://board.example.org/did.json"}


class Network:
    """A resolver that answers as told, and a connector that remembers whom it was sent to."""

    def __init__(self, *answers: bytes, names: dict[str, list[str]] | None = None) -> None:
        self.answers = list(answers)
        self.names = names or {}
        self.resolved: list[str] = []
        self.connected: list[tuple[str, str]] = []
        self.requests: list[bytes] = []

    def client(self) -> GuardedClient:
        return GuardedClient(resolver=self.resolve, connector=self.connect)

    def resolve(self, host: str) -> list[str]:
        self.resolved.append(host)
        return self.names.get(host, [PUBLIC])

    def connect(self, address: str, host: str, seconds: float) -> socket.socket:
        self.connected.append((address, host))
        ours, theirs = socket.socketpair()
        threading.Thread(target=self._serve, args=(theirs, self.answers.pop(0)), daemon=True).start()
        return ours

    def _serve(self, connection: socket.socket, answer: bytes) -> None:
        with connection:
            self.requests.append(connection.recv(65_536))
            with suppress(OSError):
                connection.sendall(answer)


def answered(body: bytes, status: str = "200 OK", *headers: str) -> bytes:
    lines = (f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def moved(address: str) -> bytes:
    return answered(b"", "302 Found", f"Location: {address}")


GOOD = answered(json.dumps(DOCUMENT).encode())


def test_a_document_is_fetched_from_the_very_address_that_was_looked_at() -> None:
    network = Network(GOOD)

    document = network.client().document_at("https://board.example.org/did.json?v=1")

    assert document == DOCUMENT
    assert network.resolved == ["board.example.org"]
    assert network.connected == [(PUBLIC, "board.example.org")]
    assert network.requests[0].startswith(b"GET /did.json?v=1 HTTP/1.1\r\nHost: board.example.org\r\n")


def test_a_document_may_be_packed_and_in_chunks() -> None:
    packed = gzip.compress(json.dumps(DOCUMENT).encode())
    body = f"{len(packed):x}\r\n".encode() + packed + b"\r\n0\r\n\r\n"
    network = Network(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n\r\n" + body)

    assert network.client().document_at("https://board.example.org/") == DOCUMENT


def test_gone_means_revoked() -> None:
    network = Network(answered(b'{"id": "https://board.example.org/1"}', "410 Gone"))

    document = network.client().document_at("https://board.example.org/1")

    assert document == {"id": "https://board.example.org/1", "revoked": True}


def test_a_redirect_is_followed_and_looked_at_again() -> None:
    network = Network(moved("https://www.example.org/x"), moved("/y"), GOOD)

    assert network.client().document_at("https://board.example.org/") == DOCUMENT
    assert network.resolved == ["board.example.org", "www.example.org", "www.example.org"]


@pytest.mark.parametrize(
    "address",
    [
        pytest.param(address, id=f"U{number}")
        for number, address in [
            (74, "http://127.0.0.1/"),
            (75, "http://localhost/"),
            ("75b", "https://localhost/"),
            (76, "https://[::1]/"),
            (77, "https://[::ffff:127.0.0.1]/"),
            (78, "https://2130706433/"),
            (79, "https://0x7f000001/"),
            (80, "https://017700000001/"),
            (81, "https://127.1/"),
            (82, "https://0/"),
            (83, "https://0.0.0.0/"),
            (84, "https://127.0.0.1./"),
            (85, "https://①②⑦.0.0.1/"),
            (86, "https://127。0。0。1/"),
            (87, "https://good.example.org@127.0.0.1/"),
            ("87b", "https://good.example.org@board.example.org/"),
            (88, "https://127.0.0.1\\@good.example.org/"),
            (92, "https://[64:ff9b::a9fe:a9fe]/"),
            (93, "https://[2002:7f00:1::]/"),
            (101, "https://board.example.org:6379/"),
            ("101b", "https://board.example.org:22/"),
            (102, "ftp://board.example.org/"),
            ("102b", "gopher://board.example.org/"),
            (103, "file:///etc/passwd"),
            (104, "data:application/json,{}"),
            (105, "javascript:alert(1)"),
            (109, "http://board.example.org/"),
            (114, "https://"),
            (115, "https://[::1"),
            (116, "https://board.example.org:99999/"),
            (118, "https://board.example.org/\r\nX: y"),
            (119, "no address"),
            ("119b", ""),
            ("119c", "https://board.example.org/" + "x" * 2_000),
        ]
    ],
)
def test_an_address_that_is_not_plain_is_not_even_resolved(address: str) -> None:
    network = Network(GOOD)

    with pytest.raises(UnavailableError, match=r"could not be read\.$"):
        network.client().document_at(address)

    assert network.resolved == []
    assert network.connected == []


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param(answers, id=f"U{number}")
        for number, answers in [
            (89, ["127.0.0.1"]),
            ("89b", []),
            (90, [PUBLIC, "10.0.0.1"]),
            (94, ["100.64.0.1"]),
            (95, ["::ffff:100.64.0.1"]),
            (96, ["192.0.0.9"]),
            (97, ["fec0::1"]),
            (98, ["169.254.169.254"]),
            ("98b", ["fe80::1"]),
            (99, ["10.1.2.3"]),
            ("99b", ["172.31.255.255"]),
            ("99c", ["192.168.1.1"]),
            ("99d", ["fd00::1"]),
            (100, ["224.0.0.1"]),
            ("100b", ["255.255.255.255"]),
            ("100c", ["ff02::1"]),
        ]
    ],
)
def test_a_name_with_an_address_that_is_not_public_is_not_connected_to(answers: list[str]) -> None:
    network = Network(GOOD, names={"board.example.org": answers})

    with pytest.raises(UnavailableError):
        network.client().document_at("https://board.example.org/")

    assert network.connected == []


def test_U91_a_name_is_resolved_once() -> None:  # noqa: N802  # the corpus's own number
    network = Network(GOOD)
    turns = iter([[PUBLIC], ["127.0.0.1"]])

    GuardedClient(resolver=lambda host: next(turns), connector=network.connect).document_at(
        "https://board.example.org/"
    )

    assert network.connected == [(PUBLIC, "board.example.org")]
    assert next(turns) == ["127.0.0.1"]


@pytest.mark.parametrize(
    "answers",
    [
        pytest.param([moved("https://inside.example.org/")], id="U106"),
        pytest.param([moved("https://127.0.0.1/")], id="U106b"),
        pytest.param([moved("https://board.example.org/")] * 3, id="U107"),
        pytest.param([moved(f"https://board.example.org/{n}") for n in range(4)], id="U108"),
        pytest.param([moved("http://board.example.org/")], id="U109"),
        pytest.param([answered(b'{"a": "' + b"x" * (MOST_BYTES + 1) + b'"}')], id="U111"),
        pytest.param(
            [answered(gzip.compress(b" " * 50_000_000), "200 OK", "Content-Encoding: gzip")],
            id="U112",
        ),
        pytest.param([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 2_000_000 + b"\r\n{}"], id="U113"),
        pytest.param([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 1_000 + b"\r\n{}"], id="U113b"),
        pytest.param([answered(b"<html>")], id="no JSON"),
        pytest.param([answered(b"{}", "404 Not Found")], id="not found"),
        pytest.param([answered(b"{}", "200 OK", "Content-Encoding: br")], id="packed otherwise"),
        pytest.param([b""], id="nothing"),
        pytest.param([b"SSH-2.0-OpenSSH_9.2\r\n"], id="another protocol"),
    ],
)
def test_an_answer_beyond_the_bounds_is_not_taken(answers: list[bytes]) -> None:
    network = Network(*answers, names={"inside.example.org": ["10.0.0.1"]})

    with pytest.raises(UnavailableError, match=r"^https://board\.example\.org/ could not be read\.$"):
        network.client().document_at("https://board.example.org/")

    assert {address for address, _host in network.connected} == {PUBLIC}


def test_U110_a_body_that_drips_is_given_up() -> None:  # noqa: N802  # the corpus's own number
    # Each look at the clock is a second later.
    seconds = itertools.count()
    network = Network(GOOD)
    client = GuardedClient(resolver=network.resolve, connector=dripping, clock=lambda: float(next(seconds)))

    with pytest.raises(UnavailableError):
        client.document_at("https://board.example.org/")


def dripping(address: str, host: str, seconds: float) -> socket.socket:
    ours, theirs = socket.socketpair()

    def drip() -> None:
        with theirs:
            try:
                while True:
                    theirs.sendall(b"H")
            except OSError:
                pass

    threading.Thread(target=drip, daemon=True).start()
    return ours


@contextmanager
def loopback_listener() -> Iterator[tuple[int, list[object]]]:
    """Counts who knocks."""
    knocks: list[object] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def accept() -> None:
            while True:
                try:
                    knocks.append(server.accept())
                except OSError:
                    return

        threading.Thread(target=accept, daemon=True).start()
        yield server.getsockname()[1], knocks


def test_the_real_client_never_reaches_loopback() -> None:
    with loopback_listener() as (port, knocks):
        for host in ("127.0.0.1", "localhost", "[::1]", "127.1", "2130706433", "localhost.", "ip6-localhost"):
            for scheme in ("http", "https"):
                with pytest.raises(UnavailableError):
                    GuardedClient().document_at(f"{scheme}://{host}:{port}/")

    assert knocks == []


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:4700::1111", "2a00:1450::1"])
def test_public_addresses_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "::",
        "::1",
        "::ffff:8.8.8.8",
        "64:ff9b::808:808",
        "2002:808:808::1",
        "2001::1",
        "2001:db8::1",
        "fc00::1",
        "3fff::1",
    ],
)
def test_addresses_of_the_sixth_version_that_lead_elsewhere_are_not(address: str) -> None:
    assert not is_public(ip_address(address))
