"""How jobs and answers pass between a web process and the process that prints.

A job is pickled: it comes from us. An answer is not: it comes from a process that has read strangers' names and files,
so it is bytes with one letter before them that says what they are.
"""

import json
import pickle
import socket
import struct
from enum import Enum

from certificates.rendering.inspected import Inspected, Signature
from certificates.rendering.jobs import Job

_LENGTH = struct.Struct(">Q")
_LARGEST_ANSWER = 64_000_000


class Answer(bytes, Enum):
    DONE = b"d"
    # The facts cannot be printed; the text is "kind: sentence".
    REFUSED = b"r"
    # A fault of ours; the text is the traceback.
    FAILED = b"f"


def send_job(connection: socket.socket, job: Job) -> None:
    content = pickle.dumps(job)
    connection.sendall(_LENGTH.pack(len(content)) + content)


def receive_job(connection: socket.socket) -> Job:
    """Raises EOFError when nobody will send one any more."""
    [length] = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    job: Job = pickle.loads(_exactly(connection, length))  # noqa: S301  # our own, through a socket that only we hold
    return job


def send_answer(connection: socket.socket, kind: Answer, content: bytes) -> None:
    connection.sendall(kind.value + _LENGTH.pack(len(content)) + content)


def receive_answer(connection: socket.socket) -> tuple[Answer, bytes]:
    """Raises EOFError when the process has ended, ValueError for what is no answer."""
    kind = Answer(_exactly(connection, 1))
    [length] = _LENGTH.unpack(_exactly(connection, _LENGTH.size))
    if length > _LARGEST_ANSWER:
        msg = f"An answer of {length} bytes is none."
        raise ValueError(msg)
    return kind, _exactly(connection, length)


def packed(inspected: Inspected) -> bytes:
    return json.dumps(inspected).encode()


def unpacked(content: bytes) -> Inspected:
    signatures, lines = json.loads(content)
    return Inspected(tuple(Signature(*signature) for signature in signatures), tuple(lines))


def _exactly(connection: socket.socket, length: int) -> bytes:
    content = bytearray()
    while len(content) < length:
        part = connection.recv(min(length - len(content), 1_000_000))
        if not part:
            raise EOFError
        content += part
    return bytes(content)
