"""SMTP, a step at a time.

Django's own sending raises the same error whether a mail was taken or not; here each step is judged by itself.
"""

import re
import smtplib  # every error of it is an OSError

from django.core.mail.backends.smtp import EmailBackend

from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError

_CLOSING = 421
# The first digit of the answers to MAIL, RCPT and DATA that let a mail go on.
_AGREES = (2, 2, 3)
_LEADING_DOT = re.compile(rb"(?m)^\.")


class SmtpConnection:
    """One connection, one transaction for each mail: begin(), hand_over(), answer()."""

    def __init__(self, backend: EmailBackend) -> None:
        self._backend = backend
        self._commands: list[str] = []
        self._number_said = 0

    def begin(self, *, sender: str, to: str) -> None:
        """Say for whom it is, over a connection that is open already, without waiting for the answers.

        All at once where the server allows it (PIPELINING, RFC 2920), else the first command alone.
        """
        self._commands = [f"MAIL FROM:<{sender}>", f"RCPT TO:<{to}>", "DATA"]
        self._number_said = 0
        if self._backend.connection is not None:
            try:
                self._say(self._backend.connection)
            except OSError:
                # Nothing was handed over: hand_over() begins again.
                self.hang_up()

    def hang_up(self) -> None:
        """Without a farewell, whose answer a server that hangs or waits for words would keep us waiting for."""
        if self._backend.connection is not None:
            self._backend.connection.close()
            self._backend.connection = None

    def hand_over(self, content: bytes) -> None:
        """Returns when the words are on their way. Raises as answer() does."""
        smtp, is_new = self._open()
        if is_new:
            self._number_said = 0
        try:
            self._agree(smtp)
        except OSError as error:
            self.hang_up()
            if is_new:
                raise MailServerLostError(f"The mail server hung up: {_reason(error)}.") from error
            # The server had closed the connection while it lay idle; nothing was handed over yet.
            self.hand_over(content)
            return
        try:
            smtp.send(_LEADING_DOT.sub(b"..", content) + (b".\r\n" if content.endswith(b"\r\n") else b"\r\n.\r\n"))
        except OSError as error:
            raise self._lost_sight(error) from error

    def answer(self) -> None:
        """Returns when the server has taken the mail.

        Raises NotTakenError, MailServerLostError, RefusedMailError, UnknownOutcomeError.
        """
        smtp = self._backend.connection
        assert smtp is not None  # noqa: S101  hand_over() left it open
        try:
            code, said = smtp.getreply()
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
        smtp = self._backend.connection
        assert smtp is not None  # noqa: S101  open() does not fail silently here
        return smtp, is_new

    def _say(self, smtp: smtplib.SMTP) -> None:
        """The next command, or all that are left."""
        smtp.ehlo_or_helo_if_needed()
        number = len(self._commands) if smtp.has_extn("pipelining") else self._number_said + 1
        # In one packet: a second one would wait until the first is acknowledged.
        smtp.send("".join(f"{command}\r\n" for command in self._commands[self._number_said : number]))
        self._number_said = number

    def _agree(self, smtp: smtplib.SMTP) -> None:
        """Until the server waits for the words. Raises OSError when it hung up, and why it does not want the mail."""
        answers = self._answers(smtp)
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

    def _answers(self, smtp: smtplib.SMTP) -> list[tuple[int, bytes]]:
        """To all that was said, and to the rest of our commands for as long as the server goes along."""
        answers: list[tuple[int, bytes]] = []
        while len(answers) < len(self._commands):
            agrees = all(code // 100 == agreed for (code, _said), agreed in zip(answers, _AGREES, strict=False))
            if len(answers) == self._number_said:
                if not agrees:
                    break
                self._say(smtp)
            if answers and answers[-1][0] == _CLOSING:
                break
            try:
                answers.append(smtp.getreply())
            except OSError:
                if agrees:
                    raise
                # It hung up after it had said why.
                self.hang_up()
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


def _reason(error: OSError) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = error.smtp_error
        return _said(error.smtp_code, said if isinstance(said, bytes) else said.encode())
    return error.strerror or str(error) or type(error).__name__


def _said(code: int, answer: bytes) -> str:
    return f"{code} {answer.decode('utf-8', 'replace')}"
