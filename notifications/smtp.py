"""SMTP, a step at a time.

Django's own sending raises the same error whether a mail was taken or not; here each step is judged by itself.
"""

import re
import smtplib  # every error of it is an OSError
from collections.abc import Sequence

from django.core.mail.backends.smtp import EmailBackend

from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError

_CLOSING = 421
# The first digit of the answers to MAIL, RCPT and DATA that let a mail go on.
_AGREES = (2, 2, 3)
_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpConnection:
    """One connection, one transaction for each mail: agree(), hand_over(), answer(). All raise NotTakenError,
    MailServerLostError, RefusedMailError, and the last two UnknownOutcomeError."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend

    def agree(self, *, sender: str, to: str) -> None:
        """Say for whom the mail is; returns when the server waits for the words."""
        smtp, is_new = self._open()
        try:
            self._ask(smtp, [f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"])
        except OSError as error:
            self.hang_up()
            if is_new:
                raise MailServerLostError(f"The mail server hung up: {_reason(error)}.") from error
            # The server had closed the connection while it lay idle; nothing was handed over yet.
            self.agree(sender=sender, to=to)

    def hang_up(self) -> None:
        """Without a farewell, whose answer a server that hangs or waits for words would keep us waiting for."""
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None

    def hand_over(self, content: bytes) -> None:
        """Returns when the words are on their way."""
        smtp = self._connection
        try:
            smtp.send(_with_dots_doubled(content) + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"))
        except OSError as error:
            raise self._lost_sight(error) from error

    def answer(self) -> None:
        """Returns when the server has taken the mail."""
        try:
            code, said = self._connection.getreply()
        except OSError as error:
            raise self._lost_sight(error) from error
        if code // 100 != 2:
            raise self._refusal(code, said)

    def _open(self) -> tuple[smtplib.SMTP, bool]:
        """The connection, and whether it was opened just now."""
        try:
            is_new = bool(self._backend.open())
        except smtplib.SMTPAuthenticationError as error:
            raise MailServerLostError("The mail server does not accept our user name and password.") from error
        except OSError as error:
            raise MailServerLostError(f"The mail server cannot be reached: {_reason(error)}.") from error
        return self._connection, is_new

    @property
    def _connection(self) -> smtplib.SMTP:
        smtp = self._backend.connection
        assert smtp is not None  # noqa: S101  it was opened for this mail, and nothing has closed it
        return smtp

    def _ask(self, smtp: smtplib.SMTP, commands: Sequence[str]) -> None:
        """Raises OSError when it hung up, and why it does not want the mail."""
        answers = self._answers(smtp, commands)
        for number, (code, said) in enumerate(answers):
            if code // 100 == _AGREES[number]:
                continue
            if number == 0 and code == _CLOSING:
                raise smtplib.SMTPServerDisconnected(_said(code, said))
            if answers[-1][0] == 354:
                # It would take whatever we say next as the mail.
                self.hang_up()
            if number == 0:
                # It says something about us, not about the recipient: somebody can put it right.
                self._forget_this_mail()
                raise MailServerLostError(f"The mail server does not accept our sender address: {_said(code, said)}")
            raise self._refusal(code, said)

    def _answers(self, smtp: smtplib.SMTP, commands: Sequence[str]) -> list[tuple[int, bytes]]:
        """All commands at once where the server allows it (PIPELINING, RFC 2920), else each for as long as it agrees."""
        smtp.ehlo_or_helo_if_needed()
        at_once = smtp.has_extn("pipelining")
        if at_once:
            # In one packet: a second one would wait until the first is acknowledged.
            smtp.send("".join(f"{command}\r\n" for command in commands))
        answers: list[tuple[int, bytes]] = []
        agrees = True
        for command, agreed in zip(commands, _AGREES, strict=True):
            if not at_once and not agrees:
                break
            try:
                if not at_once:
                    smtp.putcmd(command)
                answers.append(smtp.getreply())
            except OSError:
                if agrees:
                    raise
                # It hung up after it had said why.
                self.hang_up()
                break
            code = answers[-1][0]
            agrees = agrees and code // 100 == agreed
            if code == _CLOSING:
                break
        return answers

    def _refusal(self, code: int, said: bytes) -> NotTakenError | RefusedMailError:
        """What it says about one recipient or one mail: later, or never."""
        if code == _CLOSING:
            # It is closing the connection: nobody's mail gets through now.
            self.hang_up()
            return MailServerLostError(f"The mail server asks to try later: {_said(code, said)}")
        self._forget_this_mail()
        if code // 100 == 5:
            return RefusedMailError(f"The mail server refused it: {_said(code, said)}")
        return NotTakenError(f"The mail server asks to try later: {_said(code, said)}")

    def _forget_this_mail(self) -> None:
        smtp = self._backend.connection
        if smtp is None:
            return
        try:
            code, _said = smtp.rset()
        except OSError:
            code = 0
        if code != 250:
            self.hang_up()

    def _lost_sight(self, error: OSError) -> UnknownOutcomeError:
        self.hang_up()
        return UnknownOutcomeError(f"No answer after the mail was handed over: {_reason(error)}.")


def _with_dots_doubled(content: bytes) -> bytes:
    """A line of one dot would end the mail (RFC 5321, 4.5.2). Few mails have a line that begins with one."""
    return _LEADING_DOT.sub(b"..", content) if b"\n." in content or content.startswith(b".") else content


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _said(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    return error.strerror or str(error) or type(error).__name__


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"
