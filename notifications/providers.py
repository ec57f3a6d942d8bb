"""Handing a finished mail to a mail provider by its API (django-anymail), as sure of the outcome as by SMTP."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import requests
from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import (
    AnymailAPIError,
    AnymailError,
    AnymailInvalidAddress,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
)
from anymail.message import AnymailMessage
from urllib3.exceptions import MaxRetryError, NewConnectionError

from notifications import mime
from notifications.exceptions import MailServerLostError, NotTakenError, RefusedMailError, UnknownOutcomeError

# Providers give this back in what they tell later: it names the message even when their answer to us got lost.
METADATA_KEY = "message"

# Made anew by the provider from what we give it.
_ITS_OWN = {"from", "to", "reply-to", "subject", "mime-version"}
# Something about us that somebody can put right, or a provider that is busy: the next mail would fare the same.
_NOBODY_GETS_ANY = {401, 402, 403, 404, 407, 421, 429, 503}


def send_by_provider(backend: AnymailBaseBackend, content: bytes, *, sender: str, to: str) -> str:
    """Returns the provider's own name for the mail when it has taken it.

    Raises NotTakenError, MailServerLostError, RefusedMailError, UnknownOutcomeError.
    """
    mail = _as_provider_mail(message_from_bytes(content, policy=policy.default), backend, sender=sender, to=to)
    name = backend.esp_name
    try:
        backend.open()
        backend.send_messages([mail])
    except AnymailRecipientsRefused as error:
        raise RefusedMailError(f"{name} does not send to this address; it bounced before or cannot exist.") from error
    except AnymailInvalidAddress as error:
        raise RefusedMailError(f"{name} cannot send to an address that is written like this.") from error
    except AnymailRequestsAPIError as error:
        raise _judged(error, name) from error
    except AnymailAPIError as error:
        raise UnknownOutcomeError(f"{name} answered something that we do not understand.") from error
    except AnymailError as error:
        # Before anything was handed over: a setting is wrong or a feature is missing.
        raise MailServerLostError(f"{name} cannot be used as it is set up: {type(error).__name__}.") from error
    if mail.anymail_status.status == {"failed"}:
        raise NotTakenError(f"{name} could not send it and does not say why.")
    message_id = mail.anymail_status.message_id
    return message_id[:200] if isinstance(message_id, str) else ""


def _as_provider_mail(parsed: EmailMessage, backend: AnymailBaseBackend, *, sender: str, to: str) -> AnymailMessage:
    text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
    mail = AnymailMessage(
        subject=str(parsed["Subject"] or ""),
        body=text.get_content() if text else "",
        from_email=str(parsed["From"] or sender),
        to=[str(parsed["To"] or to)],
        reply_to=[str(parsed["Reply-To"])] if parsed["Reply-To"] else None,
        headers={
            name: str(value)
            for name, value in parsed.items()
            if name.lower() not in _ITS_OWN and not name.lower().startswith("content-")
        },
        metadata={METADATA_KEY: str(parsed["Message-ID"] or "").strip("<>")},
    )
    if html:
        mail.attach_alternative(html.get_content(), "text/html")
    for part in parsed.iter_attachments():
        mail.attach(part.get_filename(), part.get_content(), part.get_content_type())
    if backend.esp_name == "Postmark":
        # It would put a Message-ID of its own in the place of ours.
        mail.extra_headers["X-PM-KeepID"] = "true"
    return mail


def _judged(error: AnymailRequestsAPIError, name: str) -> Exception:
    """What a failed request means for the mail: taken, later, never, or nobody knows."""
    status: int | None = error.status_code
    if status is None:
        if _was_sent(error.__cause__):
            return UnknownOutcomeError(f"No answer from {name} after the mail was handed over.")
        return MailServerLostError(f"{name} cannot be reached.")
    said = f"{name} answered {status}{_sentence(error.response)}"
    if status in _NOBODY_GETS_ANY:
        return MailServerLostError(f"{said}.")
    if 400 <= status < 500 and status != 408:
        # Its sentence may speak of the address or of our settings: tried again, so that nothing is lost by a slip of ours.
        return NotTakenError(f"{said}.")
    return UnknownOutcomeError(f"{said} after the mail was handed over.")


def _was_sent(cause: BaseException | None) -> bool:
    """Whether a request that got no answer may have arrived."""
    if isinstance(cause, requests.ReadTimeout):
        return True
    if isinstance(cause, requests.ConnectTimeout | requests.exceptions.SSLError | requests.exceptions.ProxyError):
        return False
    if isinstance(cause, requests.ConnectionError):
        tried = cause.args[0] if cause.args else None
        return not (isinstance(tried, MaxRetryError) and isinstance(tried.reason, NewConnectionError))
    # Such as an address of the API that is none.
    return isinstance(cause, requests.exceptions.ChunkedEncodingError | requests.exceptions.ContentDecodingError)


def _sentence(response: requests.Response | None) -> str:
    """The provider's own words, if its answer has some in the usual places."""
    try:
        answer: Any = response.json() if response is not None else {}
    except ValueError:
        return ""
    words = (answer.get("message") or answer.get("Message") or "") if isinstance(answer, dict) else ""
    return f": {mime.one_line(str(words))[:200].rstrip('.')}" if words else ""
