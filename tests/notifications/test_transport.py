"""A mail server that misbehaves at one step: what was taken, what goes later, what never goes."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError
from notifications.transport import Transport

POLITE = {
    "EHLO": "250 mail.example.org",
    "MAIL": "250 OK",
    "RCPT": "250 OK",
    "DATA": "354 Go on",
    ".": "250 Taken",
    "RSET": "250 OK",
    "QUIT": "221 Bye",
}


class Script:
    """A mail server that answers each command from a table; an empty answer hangs up."""

    def __init__(self, answers: dict[str, str], *, greeting: str = "220 mail.example.org") -> None:
        self.answers = POLITE | answers
        self.greeting = greeting
        self.taken = 0
        self.commands: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def close(self) -> None:
        self._listener.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _address = self._listener.accept()
            except OSError:
                return
            with connection, suppress(ConnectionError):
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        if not self.greeting:
            return
        connection.sendall(f"{self.greeting}\r\n".encode())
        is_content = False
        for line in connection.makefile("rb"):
            words = line.decode("latin-1").strip()
            if is_content and words != ".":
                continue
            command = words.partition(" ")[0].upper()
            if command not in self.answers:
                # Not a command: somebody speaks TLS.
                return
            self.commands.append(command)
            self.taken += command == "."
            is_content = command == "DATA" and self.answers["DATA"].startswith("3")
            if not self.answers[command]:
                return
            connection.sendall(f"{self.answers[command]}\r\n".encode())


@pytest.fixture
def served_by(settings) -> Iterator:
    servers = []

    def start(answers: dict[str, str], **options: str) -> Script:
        servers.append(Script(answers, **options))
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", servers[-1].port
        return servers[-1]

    yield start
    for server in servers:
        server.close()


def wait_until(is_true) -> None:
    deadline = time.monotonic() + 10
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def send(transport: Transport) -> None:
    transport.begin(sender="a@example.org", to="b@example.org")
    transport.hand_over(b"Subject: one\r\n\r\nText\r\n.dots\r\n")
    transport.answer()


PIPELINING = {"EHLO": "250-mail.example.org\r\n250 PIPELINING"}


@pytest.mark.parametrize("offers", [{}, PIPELINING], ids=["plain", "pipelining"])
@pytest.mark.parametrize(
    ("answers", "error", "says"),
    [
        ({"MAIL": "530 5.7.0 Log in first"}, MailServerLostError, "does not accept our sender address: 530"),
        ({"MAIL": "421 Too busy"}, MailServerLostError, "hung up: 421 Too busy"),
        ({"MAIL": ""}, MailServerLostError, "hung up"),
        ({"RCPT": "550 Unknown"}, RefusedMailError, "refused it: 550 Unknown"),
        ({"RCPT": "450 Greylisted"}, NotTakenError, "try later: 450 Greylisted"),
        ({"RCPT": "421 Closing"}, MailServerLostError, "try later: 421 Closing"),
        ({"RCPT": ""}, MailServerLostError, "hung up"),
        ({"RCPT": "550 Unknown", "DATA": "554 No recipients"}, RefusedMailError, "refused it: 550 Unknown"),
        ({"DATA": ""}, MailServerLostError, "hung up"),
        ({"DATA": "250 What"}, NotTakenError, "try later: 250 What"),
        ({"DATA": "451 Later"}, NotTakenError, "try later: 451 Later"),
        ({"DATA": "554 No"}, RefusedMailError, "refused it: 554 No"),
        ({".": "452 Disk full"}, NotTakenError, "try later: 452 Disk full"),
        ({".": "554 Spam"}, RefusedMailError, "refused it: 554 Spam"),
        ({".": ""}, UnknownOutcomeError, "No answer after the mail was handed over"),
        ({"RCPT": "550 Unknown", "RSET": ""}, RefusedMailError, "refused it: 550 Unknown"),
        ({"RCPT": "550 Unknown", "RSET": "500 What"}, RefusedMailError, "refused it: 550 Unknown"),
    ],
)
def test_answer_tells_apart_what_happened_to_the_mail(served_by, offers, answers, error, says):
    served_by(offers | answers)

    with Transport() as transport, pytest.raises(error, match=says) as raised:
        send(transport)

    assert raised.type is error


@pytest.mark.parametrize("greeting", ["", "554 Go away"])
def test_server_that_does_not_greet_is_lost(served_by, greeting):
    served_by({}, greeting=greeting)

    with Transport() as transport, pytest.raises(MailServerLostError, match="cannot be reached"):
        send(transport)


def test_wrong_password_is_told_without_the_password(served_by, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "badges", "hunter2-hunter2"
    served_by({"EHLO": "250-mail.example.org\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 Wrong"})

    with Transport() as transport, pytest.raises(MailServerLostError) as raised:
        send(transport)

    assert str(raised.value) == "The mail server does not accept our user name and password."


def test_server_that_fails_at_the_farewell_has_taken_the_mail(served_by):
    server = served_by({"QUIT": "500 What"})

    with Transport() as transport:
        send(transport)
        send(transport)

    assert server.taken == 2


@pytest.mark.parametrize("offers", [{}, PIPELINING], ids=["plain", "pipelining"])
@pytest.mark.parametrize("answer_to_data", ["354 Go on", "554 No recipients"])
def test_refused_mail_leaves_the_next_one_alone(served_by, offers, answer_to_data):
    server = served_by(offers | {"RCPT": "550 Unknown", "DATA": answer_to_data})

    with Transport() as transport:
        with pytest.raises(RefusedMailError):
            send(transport)
        server.answers |= POLITE | offers
        send(transport)

    assert server.taken == 1


@pytest.mark.parametrize(("offers", "hears"), [({}, []), (PIPELINING, ["DATA"])], ids=["plain", "pipelining"])
def test_server_hears_at_once_only_what_it_offers_to(served_by, offers, hears):
    server = served_by(offers | {"RCPT": "550 Unknown"})

    with Transport() as transport, pytest.raises(RefusedMailError):
        send(transport)

    assert [command for command in server.commands if command == "DATA"] == hears


@pytest.mark.parametrize("offers", [{}, PIPELINING], ids=["plain", "pipelining"])
def test_server_agrees_before_it_gets_the_words(served_by, offers):
    server = served_by(offers)

    with Transport() as transport:
        send(transport)
        transport.begin(sender="a@example.org", to="c@example.org")
        wait_until(lambda: server.commands.count("DATA") == 2)
        taken_before_the_words = server.taken

    assert (taken_before_the_words, server.taken) == (1, 1)


def test_mail_that_is_begun_and_not_ours_any_more_is_never_taken(served_by):
    server = served_by(PIPELINING)

    with Transport() as transport:
        send(transport)
        transport.begin(sender="a@example.org", to="c@example.org")
        transport.abandon()
        send(transport)

    assert server.taken == 2


def test_server_without_starttls_gets_no_mail_where_it_is_required(served_by, settings):
    server = served_by({})
    settings.EMAIL_USE_TLS = True

    with Transport() as transport, pytest.raises(MailServerLostError, match="STARTTLS extension not supported"):
        send(transport)

    assert (server.taken, server.commands) == (0, ["EHLO", "QUIT"])


def test_server_that_breaks_starttls_gets_no_mail_where_it_is_required(served_by, settings):
    server = served_by({"EHLO": "250-mail.example.org\r\n250 STARTTLS", "STARTTLS": "220 Go on"})
    settings.EMAIL_USE_TLS = True

    with Transport() as transport, pytest.raises(MailServerLostError, match="cannot be reached"):
        send(transport)

    assert server.taken == 0
    assert not {"MAIL", "RCPT", "DATA"} & set(server.commands)
