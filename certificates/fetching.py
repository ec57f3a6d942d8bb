"""The only way out: one guarded client for other people's public documents, switched off by default.

Whoever presents a badge chooses the address, so nothing about it is believed: https on port 443 only; the name is
resolved once, every answer must be a plain public address, and the connection goes to that very address.
"""

import http.client
import io
import ipaddress
import math
import socket
import ssl
import time
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from django.utils.translation import gettext as _

from certificates.openbadges.canonical import JsonObject
from certificates.openbadges.exceptions import UnavailableError
from certificates.openbadges.strict_json import parse_object

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str], list[str]]
Connector = Callable[[str, str, float], socket.socket]

PORT = 443
MOST_SECONDS = 5.0
MOST_BYTES = 1_048_576
MOST_REDIRECTS = 2
_MOST_ADDRESS_CHARACTERS = 2_000
_REDIRECTS = {301, 302, 303, 307, 308}
_ACCEPT = "application/did+json, application/vc, application/ld+json, application/json"
_GONE = 410

# Our own table, because ipaddress of older Pythons calls several of these global (IANA special-purpose registries).
_REFUSED_V4 = [
    ipaddress.IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
]
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_REFUSED_V6 = [
    ipaddress.IPv6Network(network)
    for network in (
        # Teredo, benchmarking, ORCHID and their neighbours; documentation; 6to4; segment routing.
        "2001::/23",
        "2001:db8::/32",
        "2002::/16",
        "2620:4f:8000::/48",
        "3fff::/20",
    )
]


def is_public(address: Address) -> bool:
    """A plain public unicast address. Forms that carry an IPv4 address inside (mapped, NAT64, 6to4, Teredo) are none."""
    if isinstance(address, ipaddress.IPv4Address):
        return not any(address in network for network in _REFUSED_V4)
    return address in _GLOBAL_V6 and not any(address in network for network in _REFUSED_V6)


def resolve(host: str) -> list[str]:
    """Every address of a name. Raises OSError."""
    return sorted({str(entry[4][0]) for entry in socket.getaddrinfo(host, PORT, type=socket.SOCK_STREAM)})


def connect(address: str, host: str, seconds: float) -> socket.socket:
    """A TLS connection to this very address, on which the certificate must be the host's. Raises OSError."""
    plain = socket.create_connection((address, PORT), timeout=seconds)
    try:
        return ssl.create_default_context().wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@dataclass(frozen=True, slots=True)
class GuardedClient:
    """Fetches JSON documents. Resolver, connector and clock can be others in tests; the rules cannot."""

    resolver: Resolver = resolve
    connector: Connector = connect
    clock: Callable[[], float] = time.monotonic
    # By the clock above: when all that is fetched together must be there.
    ends: float = math.inf

    def document_at(self, address: str) -> JsonObject:
        """The JSON object at an address; `revoked` is set when the answer is 410. Raises UnavailableError.

        The sentence is the same whatever stands in the way, so that nobody maps a network with it.
        """
        try:
            status, body = self._get(address)
            document = parse_object(body)
        except (_RefusedAnswerError, OSError, http.client.HTTPException, zlib.error, ValueError) as error:
            msg = _("%(address)s could not be read.") % {"address": _shown(address)}
            raise UnavailableError(msg) from error
        return {**document, "revoked": True} if status == _GONE else document

    def _get(self, address: str) -> tuple[int, bytes]:
        ends = min(self.clock() + MOST_SECONDS, self.ends)
        for _hop in range(MOST_REDIRECTS + 1):
            host, target = _parsed(address)
            with self._connected(host, ends) as connection:
                answer = _exchanged(connection, host, target, ends=ends, clock=self.clock)
                if answer.location is None:
                    return answer.status, answer.body
            address = urljoin(address, answer.location)
        raise _RefusedAnswerError

    def _connected(self, host: str, ends: float) -> socket.socket:
        answers = self.resolver(host)
        if not answers or not all(is_public(ipaddress.ip_address(answer)) for answer in answers):
            raise _RefusedAnswerError
        return self.connector(answers[0], host, _seconds_until(ends, self.clock))


class _RefusedAnswerError(Exception):
    """An address that is not asked, or an answer that is not taken."""


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    location: str | None
    body: bytes


def _exchanged(
    connection: socket.socket, host: str, target: str, *, ends: float, clock: Callable[[], float]
) -> _Answer:
    """One request and its answer, all of it read before any of it is understood."""
    lines = (f"GET {target} HTTP/1.1", f"Host: {host}", f"Accept: {_ACCEPT}", "Accept-Encoding: gzip")
    connection.sendall("\r\n".join([*lines, "Connection: close", "", ""]).encode("ascii"))
    received = bytearray()
    while True:
        connection.settimeout(_seconds_until(ends, clock))
        part = connection.recv(65_536)
        if not part:
            break
        received += part
        if len(received) > MOST_BYTES:
            raise _RefusedAnswerError
    response = http.client.HTTPResponse(_Received(bytes(received)))  # type: ignore[arg-type]  # it only calls makefile()
    response.begin()
    if response.status in _REDIRECTS:
        return _Answer(response.status, response.headers.get("Location", ""), b"")
    if response.status not in {200, _GONE}:
        raise _RefusedAnswerError
    return _Answer(response.status, None, _inflated(response.read(), response.headers.get("Content-Encoding", "")))


@dataclass(frozen=True, slots=True)
class _Received:
    content: bytes

    def makefile(self, _mode: str) -> io.BytesIO:
        return io.BytesIO(self.content)


def _inflated(body: bytes, encoding: str) -> bytes:
    if encoding not in {"", "identity", "gzip"}:
        raise _RefusedAnswerError
    if encoding == "gzip":
        body = zlib.decompressobj(wbits=31).decompress(body, MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        raise _RefusedAnswerError
    return body


def _parsed(address: str) -> tuple[str, str]:
    """Host and target of an address that may be asked at all. Raises _RefusedAnswerError, ValueError."""
    if len(address) > _MOST_ADDRESS_CHARACTERS or not address.isascii() or not address.isprintable():
        raise _RefusedAnswerError
    parts = urlsplit(address)
    host = parts.hostname or ""
    is_plain = parts.scheme == "https" and parts.port in {None, PORT} and "@" not in parts.netloc
    # A name with a dot in it whose last part is no number: addresses in any notation are none.
    last = host.removesuffix(".").rpartition(".")[2]
    is_name = "." in host and not last[:1].isdigit() and all(c.isalnum() or c in "-." for c in host)
    if not is_plain or not is_name or " " in address or "\\" in address:
        raise _RefusedAnswerError
    return host, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _seconds_until(ends: float, clock: Callable[[], float]) -> float:
    left = ends - clock()
    if left <= 0:
        raise TimeoutError
    return left


def _shown(address: str) -> str:
    return address if len(address) < 200 else f"{address[:200]}…"
