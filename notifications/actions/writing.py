"""Writing one mail that was taken: its bytes, and how they are kept until it is sent."""

import zlib
from functools import cached_property

from django.conf import settings

from badgecert.core import seal
from notifications import mime
from notifications.messages import Mail, Secrets


class Draft:
    """A mail that may be written ahead of its turn: while the mail server is busy with the one before."""

    def __init__(self, mail: Mail, secrets: Secrets | None) -> None:
        self.message = mail.message
        self._mail, self._secrets = mail, secrets
        # Kept until its turn comes: nobody must lose the outcome of one mail over the words of the next.
        self.error: Exception | None = None

    def write(self) -> None:
        """Once: later calls do nothing. What prevents it is in `error`."""
        try:
            _ = self.content
        except Exception as error:
            self.error = error

    @cached_property
    def content(self) -> bytes:
        """What an earlier attempt sealed, or else made and sealed now."""
        message = self.message
        if message.sealed_body:
            return zlib.decompress(seal.open_sealed(bytes(message.sealed_body)))
        content = _composed(self._mail, self._secrets)
        message.sealed_body = seal.seal(zlib.compress(content, 1))
        return content


def _composed(mail: Mail, secrets: Secrets | None) -> bytes:
    message, rendered = mail.message, mail.render(secrets)
    message.subject = mime.one_line(rendered.subject)[:250]
    return mime.compose(
        sender=(mail.sender_name, settings.MAIL_FROM_ADDRESS),
        to=(mail.recipient_name, message.to_address),
        reply_to=mail.reply_to,
        subject=rendered.subject,
        message_id=message.message_id,
        written_at=message.created_at,
        text=rendered.text,
        html=rendered.html,
        headers=mail.headers,
        attachments=mail.attachments,
    )
