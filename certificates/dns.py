"""Asking the domain name system for the texts under a name (RFC 1035, RFC 6891): all that is needed of it here.

Python resolves names to addresses and nothing else. The servers are those of this machine.
"""

import secrets
import socket
import struct
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

_RESOLVERS = Path("/etc/resolv.conf")
_PORT = 53
_SECONDS = 3.0
_TXT, _IN, _OPT = 16, 1, 41
_LARGEST_ANSWER = 1232
_HEADER = struct.Struct(">HHHHHH")
_RECORD = struct.Struct(">HHIH")
_RECURSE, _IS_ANSWER, _IS_CUT, _CODE = 0x0100, 0x8000, 0x0200, 0x000F
_POINTER = 0xC0
_LONGEST_LABEL, _LONGEST_NAME = 63, 253

Server = tuple[str, int]


class NoAnswerError(Exception):
    """No server answered, or none in a way that can be read."""


def texts_at(name: str, *, servers: Sequence[Server] | None = None) -> list[str]:
    """The TXT records of a name; none when there is no such name. Raises NoAnswerError."""
    question = _question(name)
    for server in _own_servers() if servers is None else servers:
        number = secrets.token_bytes(2)
        try:
            return _texts_in(_asked(number + question, server), number)
        except (OSError, ValueError, IndexError, struct.error):
            continue
    raise NoAnswerError


def _own_servers() -> list[Server]:
    try:
        lines = _RESOLVERS.read_text().splitlines()
    except OSError:
        lines = []
    return [(line.split()[1], _PORT) for line in lines if line.startswith("nameserver ") and len(line.split()) > 1]


def _question(name: str) -> bytes:
    labels = name.removesuffix(".").encode("idna").split(b".")
    if not all(0 < len(label) <= _LONGEST_LABEL for label in labels) or len(name) > _LONGEST_NAME:
        raise NoAnswerError
    written = b"".join(bytes([len(label)]) + label for label in labels) + b"\0"
    # One question, and one record that says how large an answer may be.
    header = _HEADER.pack(0, _RECURSE, 1, 0, 0, 1)[2:]
    return header + written + struct.pack(">HH", _TXT, _IN) + b"\0" + _RECORD.pack(_OPT, _LARGEST_ANSWER, 0, 0)


def _asked(message: bytes, server: Server) -> bytes:
    family = socket.AF_INET6 if ":" in server[0] else socket.AF_INET
    until = time.monotonic() + _SECONDS
    with closing(socket.socket(family, socket.SOCK_DGRAM)) as line:
        # Connected: what others send is not received.
        line.connect(server)
        line.send(message)
        answer = b""
        while answer[:2] != message[:2]:
            line.settimeout(max(0.001, until - time.monotonic()))
            answer = line.recv(_LARGEST_ANSWER)
    is_cut = struct.unpack_from(">H", answer, 2)[0] & _IS_CUT
    return _asked_by_stream(message, server, family) if is_cut else answer


def _asked_by_stream(message: bytes, server: Server, family: socket.AddressFamily) -> bytes:
    with closing(socket.socket(family, socket.SOCK_STREAM)) as line:
        line.settimeout(_SECONDS)
        line.connect(server)
        line.sendall(struct.pack(">H", len(message)) + message)
        with line.makefile("rb") as answers:
            [length] = struct.unpack(">H", answers.read(2))
            return answers.read(length)


def _texts_in(answer: bytes, number: bytes) -> list[str]:
    """Raises ValueError, IndexError, struct.error for what is no answer to this question."""
    _id, flags, questions, answers, _authorities, _more = _HEADER.unpack_from(answer)
    if answer[:2] != number or not flags & _IS_ANSWER or flags & _CODE not in {0, 3}:
        raise ValueError
    place = _HEADER.size
    for _question_read in range(questions):
        place = _after_name(answer, place) + 4
    texts = []
    for _record_read in range(answers):
        place = _after_name(answer, place)
        kind, _class, _seconds, length = _RECORD.unpack_from(answer, place)
        place += _RECORD.size
        if kind == _TXT:
            texts.append(_joined(answer[place : place + length]))
        place += length
    return texts


def _after_name(answer: bytes, place: int) -> int:
    while length := answer[place]:
        if length >= _POINTER:
            return place + 2
        place += 1 + length
    return place + 1


def _joined(content: bytes) -> str:
    """A text is written in parts of 255 bytes at most."""
    parts, place = [], 0
    while place < len(content):
        length = content[place]
        parts.append(content[place + 1 : place + 1 + length])
        place += 1 + length
    return b"".join(parts).decode("utf-8", errors="replace")
