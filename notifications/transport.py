"""One connection to the mail server, kept open over many mails, that tells refused from not taken from unknown.

Django's own sending raises the same error whether a mail was taken or not; here each step is taken by itself.
"""

import smtplib  # every error of it is an OSError
from types import TracebackType
from typing import Self

from anymail.backends.base import AnymailBaseBackend
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError
from notifications.providers import send_by_provider


class Transport:
    """Opens at the first mail. Use it as a context manager."""

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = get_connection(fail_silently=False)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._backend.close()

    def send(self, content: bytes, *, sender: str, to: str) -> str:
        """Returns when the mail server has taken it: the name that a mail provider gave it, or "".

        Raises NotTakenError, MailServerLostError, RefusedMailError, UnknownOutcomeError.
        """
        if isinstance(self._backend, SmtpBackend):
            self._send_by_smtp(self._backend, content, sender=sender, to=to)
            return ""
        if isinstance(self._backend, AnymailBaseBackend):
            return send_by_provider(self._backend, content, sender=sender, to=to)
        try:
            self._backend.send_messages([_Finished(content, sender=sender, to=to)])
        except OSError as error:
            raise MailServerLostError(f"The mail could not be kept: {error.strerror or error}.") from error
        return ""

    def _send_by_smtp(self, backend: SmtpBackend, content: bytes, *, sender: str, to: str) -> None:
        smtp, is_new = self._open(backend)
        try:
            self._address(smtp, sender=sender, to=to)
        except OSError as error:
            self._backend.close()
            if is_new:
                raise MailServerLostError(f"The mail server hung up: {_reason(error)}.") from error
            # The server had closed the connection while it lay idle; nothing was handed over yet.
            self._send_by_smtp(backend, content, sender=sender, to=to)
            return
        try:
            code, answer = smtp.data(content)
        except smtplib.SMTPDataError as error:
            code, answer = error.smtp_code, _bytes(error.smtp_error)
        except OSError as error:
            self._backend.close()
            raise UnknownOutcomeError(f"No answer after the mail was handed over: {_reason(error)}.") from error
        self._judge(code, answer)

    def _open(self, backend: SmtpBackend) -> tuple[smtplib.SMTP, bool]:
        """The connection, and whether it was opened just now."""
        try:
            is_new = bool(backend.open())
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerLostError("The mail server does not accept our user name and password.") from error
        except OSError as error:
            raise MailServerLostError(f"The mail server cannot be reached: {_reason(error)}.") from error
        assert backend.connection is not None  # noqa: S101  open() does not fail silently here
        return backend.connection, is_new

    def _address(self, smtp: smtplib.SMTP, *, sender: str, to: str) -> None:
        smtp.ehlo_or_helo_if_needed()
        code, answer = smtp.mail(sender)
        if code == 421:
            raise smtplib.SMTPServerDisconnected(_said(code, answer))
        if code != 250:
            # It says something about us, not about the recipient: somebody can put it right.
            self._forget_this_mail()
            raise MailServerLostError(f"The mail server does not accept our sender address: {_said(code, answer)}")
        self._judge(*smtp.rcpt(to))

    def _judge(self, code: int, answer: bytes) -> None:
        """The answer about one recipient or one mail: taken, later, or never."""
        if 200 <= code < 300:
            return
        if code == 421:
            # It is closing the connection: nobody's mail gets through now.
            self._backend.close()
            raise MailServerLostError(f"The mail server asks to try later: {_said(code, answer)}")
        self._forget_this_mail()
        if 500 <= code < 600:
            raise RefusedMailError(f"The mail server refused it: {_said(code, answer)}")
        raise NotTakenError(f"The mail server asks to try later: {_said(code, answer)}")

    def _forget_this_mail(self) -> None:
        smtp: smtplib.SMTP = self._backend.connection  # type: ignore[attr-defined]
        try:
            code, _answer = smtp.rset()
        except OSError:
            code = 0
        if code != 250:
            self._backend.close()


class _Finished(EmailMessage):
    """A mail that is bytes already, for Django's backends that do not speak SMTP."""

    def __init__(self, content: bytes, *, sender: str, to: str) -> None:
        super().__init__(from_email=sender, to=[to])
        self.content = content

    def message(self, *, policy: object = None) -> "_Finished":  # type: ignore[override]
        return self

    def as_bytes(self, *, linesep: str = "\r\n") -> bytes:
        return self.content


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        return _said(error.smtp_code, _bytes(error.smtp_error))
    return (error.strerror if isinstance(error, OSError) else "") or str(error) or type(error).__name__


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"


def _bytes(answer: bytes | str) -> bytes:
    return answer if isinstance(answer, bytes) else answer.encode()
