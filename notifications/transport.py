"""One connection to whoever takes our mail, kept open over many mails, that tells refused from not taken from unknown.

A mail is sent in three steps, so that its sender can do something else while the other side works:
begin() says for whom it is, hand_over() says its words, and only answer() tells that it was taken.
"""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from types import TracebackType
from typing import Self

from anymail.backends.base import AnymailBaseBackend
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.core.mail.backends.smtp import EmailBackend as SmtpBackend

from notifications.exceptions import MailServerLostError
from notifications.providers import send_by_provider
from notifications.smtp import SmtpConnection


class Transport:
    """Opens at the first mail. Use it as a context manager.

    hand_over() and answer() raise NotTakenError, MailServerLostError, RefusedMailError, UnknownOutcomeError.
    """

    def __init__(self) -> None:
        self._backend: BaseEmailBackend = get_connection(fail_silently=False)
        self._smtp = SmtpConnection(self._backend) if isinstance(self._backend, SmtpBackend) else None
        self._sender = self._to = self._provider_id = ""
        # Speaks with the mail server while its owner speaks with the database.
        self._speaker = ThreadPoolExecutor(1)
        self._agreement: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.abandon()
        self._speaker.shutdown()
        self._backend.close()

    def begin(self, *, sender: str, to: str) -> None:
        """Does not wait. Nothing is handed over yet, nothing is raised."""
        self._sender, self._to, self._provider_id = sender, to, ""
        if self._smtp:
            self._agreement = self._speaker.submit(self._smtp.agree, sender=sender, to=to)

    def abandon(self) -> None:
        """In the place of hand_over(): this mail is not ours any more."""
        agreement, self._agreement = self._agreement, None
        if self._smtp and agreement:
            wait([agreement])
            # It waits for the words.
            self._smtp.hang_up()

    def hand_over(self, content: bytes) -> None:
        """From here on it may have been taken, unless an error says otherwise."""
        agreement, self._agreement = self._agreement, None
        if self._smtp and agreement:
            agreement.result()
            self._smtp.hand_over(content)
        elif isinstance(self._backend, AnymailBaseBackend):
            self._provider_id = send_by_provider(self._backend, content, sender=self._sender, to=self._to)
        else:
            try:
                self._backend.send_messages([_Finished(content, sender=self._sender, to=self._to)])
            except OSError as error:
                raise MailServerLostError(f"The mail could not be kept: {error.strerror or error}.") from error

    def answer(self) -> str:
        """Returns when it has been taken: the name that a mail provider gave it, or ""."""
        if self._smtp:
            self._smtp.answer()
        return self._provider_id


class _Finished(EmailMessage):
    """A mail that is bytes already, for Django's backends that do not speak SMTP."""

    def __init__(self, content: bytes, *, sender: str, to: str) -> None:
        super().__init__(from_email=sender, to=[to])
        self.content = content

    def message(self, *, policy: object = None) -> "_Finished":  # type: ignore[override]
        return self

    def as_bytes(self, *, linesep: str = "\r\n") -> bytes:
        return self.content
