"""Mail by a provider's API: a real server on loopback answers as a provider does, also when it fails."""

import json
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from notifications.actions.delivery import deliver_due_messages
from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError
from notifications.models import Message, MessageState
from notifications.transport import Transport

# Who it is to is filled in.
TAKEN = (200, {"ErrorCode": 0, "Message": "OK", "MessageID": "provider-1", "To": ""})
MAIL = (
    b'From: "Northgate Council" <badges@site.example>\r\nTo: "Ana" <b@example.org>\r\nReply-To: desk@example.org\r\n'
    b"Subject: =?utf-8?q?Na=C3=AFve?=\r\nMessage-ID: <01a201eb-0000-7000-8000-000000000000@site.example>\r\n"
    b"Date: Sun, 22 Nov 2026 06:00:00 +0000\r\nList-Unsubscribe: <https://site.example/mail/stop/x>\r\n"
    b'MIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="b"\r\n\r\n'
    b"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nIn words\r\n"
    b"--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>In pictures</p>\r\n--b--\r\n"
)


class Provider:
    """`answer` is the status and body of the next answers; None hangs up, as after a crash."""

    def __init__(self) -> None:
        self.answer: tuple[int, object] | None = TAKEN
        self.received: list[dict] = []
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                provider.received.append(json.loads(body))
                if provider.answer is None:
                    self.close_connection = True
                    return
                status, answer = provider.answer
                if isinstance(answer, dict) and "To" in answer:
                    answer["To"] = provider.received[-1]["To"]
                content = answer.encode() if isinstance(answer, str) else json.dumps(answer).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    server = Provider()
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {
        "POSTMARK_SERVER_TOKEN": "token",
        "POSTMARK_API_URL": server.url,
        "REQUESTS_TIMEOUT": 5,
        "IGNORE_UNSUPPORTED_FEATURES": True,
    }
    yield server
    server.close()


def send() -> str:
    with Transport() as transport:
        transport.begin(sender="badges@site.example", to="b@example.org")
        transport.hand_over(MAIL)
        return transport.answer()


def test_provider_gets_the_whole_mail(provider):
    name = send()

    [mail] = provider.received
    headers = {header["Name"]: header["Value"] for header in mail["Headers"]}
    assert name == "provider-1"
    assert (mail["From"], mail["To"]) == ("Northgate Council <badges@site.example>", "Ana <b@example.org>")
    assert (mail["ReplyTo"], mail["Subject"]) == ("desk@example.org", "Naïve")
    assert (mail["TextBody"].strip(), mail["HtmlBody"].strip()) == ("In words", "<p>In pictures</p>")
    assert mail["Metadata"] == {"message": "01a201eb-0000-7000-8000-000000000000@site.example"}
    assert headers == {
        "Message-ID": "<01a201eb-0000-7000-8000-000000000000@site.example>",
        "Date": "Sun, 22 Nov 2026 06:00:00 +0000",
        "List-Unsubscribe": "<https://site.example/mail/stop/x>",
        # Or it would give the mail a name of its own.
        "X-PM-KeepID": "true",
    }


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((422, {"ErrorCode": 406, "Message": "…\n Found inactive addresses: b@example.org.\n Inactive recipients are …"}),
         RefusedMailError, "does not send to this address"),
        ((422, {"ErrorCode": 300, "Message": "Invalid 'To' address: 'b@example.org'."}), RefusedMailError, "cannot exist"),
        ((422, {"ErrorCode": 400, "Message": "The sender signature was not found."}),
         NotTakenError, "Postmark answered 422: The sender signature was not found."),
        ((401, {"ErrorCode": 10, "Message": "Bad or missing API token."}), MailServerLostError, "Bad or missing API token"),
        ((429, "Slow down"), MailServerLostError, "Postmark answered 429."),
        ((503, ""), MailServerLostError, "answered 503"),
        ((413, "<html>"), NotTakenError, "answered 413"),
        ((408, ""), UnknownOutcomeError, "answered 408 after the mail was handed over"),
        ((500, {"Message": "Oops\r\nBcc: x"}), UnknownOutcomeError, "answered 500: Oops Bcc: x after"),
        ((200, "not JSON"), UnknownOutcomeError, "do not understand|answered 200"),
        (None, UnknownOutcomeError, "No answer from Postmark after the mail was handed over"),
    ],
)  # fmt: skip
def test_answers_tell_apart_what_happened_to_the_mail(provider, answer, error, says):
    provider.answer = answer

    with pytest.raises(error, match=says) as raised:
        send()

    assert raised.type is error


def test_provider_that_is_away_has_taken_nothing(provider, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "POSTMARK_API_URL": "http://127.0.0.1:1/"}

    with pytest.raises(MailServerLostError, match="Postmark cannot be reached"):
        send()


def test_provider_that_answers_too_late_may_have_taken_it(provider, settings):
    settings.ANYMAIL = {**settings.ANYMAIL, "REQUESTS_TIMEOUT": 0.2}
    held = threading.Event()
    provider.answer = (200, _Late(held))

    with pytest.raises(UnknownOutcomeError, match="No answer"):
        send()
    held.set()


class _Late(dict):
    """An answer that is not written before `held` is set."""

    def __init__(self, held: threading.Event) -> None:
        super().__init__(TAKEN[1])
        self._held = held

    def items(self):
        self._held.wait(5)
        return super().items()


def test_setting_that_is_missing_is_named(settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {"MAILGUN_API_KEY": "key", "MAILGUN_SENDER_DOMAIN": "a/b"}

    with pytest.raises(MailServerLostError, match="Mailgun cannot be used as it is set up"):
        send()


def test_message_keeps_the_providers_name_and_is_repeated_with_the_same_bytes(provider, issuance):
    provider.answer = (500, {"Message": "Oops"})
    deliver_due_messages()
    message = Message.objects.get()
    doubtful = (message.state, message.provider_id)
    provider.answer = TAKEN
    Message.objects.update(next_at=message.created_at)
    deliver_due_messages()

    message.refresh_from_db()
    first, second = provider.received
    assert doubtful == (MessageState.UNCERTAIN, "")
    assert (message.state, message.provider_id) == (MessageState.SENT, "provider-1")
    assert first == second


def test_mail_of_the_test_is_one_that_programs_read():
    parsed = message_from_bytes(MAIL, policy=policy.default)

    assert parsed.get_body(("html",)).get_content().strip() == "<p>In pictures</p>"
