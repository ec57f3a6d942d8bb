"""A real SMTP server on loopback that keeps what it is given, and misbehaves on request."""

import socket
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

Mode = Literal["accept", "refuse", "tempfail"]

_ANSWERS: dict[Mode, str] = {
    "accept": "250 OK",
    "refuse": "550 5.1.1 No such mailbox",
    "tempfail": "451 4.3.0 Try again later",
}


@dataclass(frozen=True)
class Received:
    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return message_from_bytes(self.raw, policy=policy.default)

    def body(self, kind: Literal["plain", "html"]) -> str:
        part = self.message.get_body(preferencelist=(kind,))
        return "" if part is None else part.get_content()


class MailServer:
    """`mode` decides what every recipient is answered; `stop()` is the mail server that is down, `start()` its return."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.mode: Mode = "accept"
        self.received: list[Received] = []
        with socket.socket() as probe:
            probe.bind((self.host, 0))
            self.port: int = probe.getsockname()[1]
        self._controller: Controller | None = None

    def start(self) -> None:
        self._controller = Controller(self, hostname=self.host, port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def to(self, address: str) -> list[Received]:
        return [received for received in self.received if address in received.recipients]

    # The two hooks that aiosmtpd calls, in its server thread.

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, rcpt_options: list[str]
    ) -> str:
        if self.mode == "accept":
            envelope.rcpt_tos.append(address)
        return _ANSWERS[self.mode]

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        assert isinstance(envelope.original_content, bytes)
        self.received.append(Received(envelope.mail_from or "", list(envelope.rcpt_tos), envelope.original_content))
        return _ANSWERS["accept"]
