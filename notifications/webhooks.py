"""What the mail provider tells of mails that it took, through anymail's own views.

Only the view of the provider that EMAIL_BACKEND names is open, and only with ANYMAIL_WEBHOOK_SECRET set: whoever may
post here could stop the mail to any address.
"""

import re
from uuid import UUID

import structlog
from anymail.exceptions import AnymailConfigurationError, AnymailError
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason, tracking
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.dispatch import receiver
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.urls import resolve
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from badgecert.core.text import canonical_email
from notifications.actions.bounces import record_bounce, record_taken
from notifications.models import BounceKind, Message
from notifications.providers import METADATA_KEY

logger = structlog.get_logger(__name__)

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# It came back for good, or never left the provider.
_FINAL = {EventType.BOUNCED, EventType.REJECTED, EventType.FAILED}
_TAKEN = {EventType.QUEUED, EventType.SENT, EventType.DELIVERED}
_NOT_WANTED = {RejectReason.SPAM, RejectReason.UNSUBSCRIBED}
# An enhanced status code of class 4 (RFC 3463): the mailbox is there and full, or its server is away.
_TEMPORARY = re.compile(r"\b4\.\d{1,3}\.\d{1,3}\b")


def provider() -> str:
    """The name of the configured provider as in anymail's addresses; "" when mail goes by SMTP."""
    found = re.fullmatch(r"anymail\.backends\.(\w+)\.EmailBackend", settings.EMAIL_BACKEND)
    return found[1] if found else ""


# The secret in the request is the permission; a provider has no token of ours.
@csrf_exempt
@login_not_required
@require_http_methods(["HEAD", "POST"])
def provider_webhook(request: HttpRequest, name: str) -> HttpResponse:
    """Wrong secret or signature: 400, and nothing changed. A message that is none of ours: 200, and nothing changed."""
    if not settings.ANYMAIL.get("WEBHOOK_SECRET") or name != provider():
        raise Http404
    view = resolve(f"/{name}/tracking/", urlconf="anymail.urls").func
    try:
        response: HttpResponse = view(request)
    except (ValueError, LookupError, AttributeError, TypeError, AnymailError, AnymailConfigurationError) as error:
        # With the right secret, but not what this provider says; its text may quote the mail.
        logger.warning("A provider told something that we do not understand", kind=type(error).__name__)
        return HttpResponseBadRequest()
    return response


@receiver(tracking)
def heed(event: AnymailTrackingEvent, **kwargs: object) -> None:
    """Record what the provider told, if it is about a mail of ours and to whom we sent it."""
    kind = _bounce_kind(event)
    if kind is None and event.event_type not in _TAKEN:
        return
    message = _message_of(event)
    if message is None:
        logger.info("A provider told of a mail that is none of ours", kind=event.event_type)
    elif kind is None:
        record_taken(message, happened_at=event.timestamp)
    else:
        detail = event.mta_response or event.description or ""
        record_bounce(message, kind=kind, detail=str(detail), happened_at=event.timestamp)


def _bounce_kind(event: AnymailTrackingEvent) -> BounceKind | None:
    if event.event_type == EventType.COMPLAINED or event.event_type == EventType.UNSUBSCRIBED:
        return BounceKind.COMPLAINT
    if event.event_type == EventType.DEFERRED:
        return BounceKind.SOFT
    if event.event_type not in _FINAL:
        return None
    if event.reject_reason in _NOT_WANTED:
        return BounceKind.COMPLAINT
    return BounceKind.SOFT if _is_temporary(event) else BounceKind.HARD


def _is_temporary(event: AnymailTrackingEvent) -> bool:
    told = event.esp_event
    # Postmark's word for a mailbox that is full; anymail calls it bounced like any other.
    is_soft = isinstance(told, dict) and told.get("Type") == "SoftBounce"
    return is_soft or _TEMPORARY.search(str(event.mta_response or "")) is not None


def _message_of(event: AnymailTrackingEvent) -> Message | None:
    """By what we gave along, by our Message-ID, or by the provider's own name for it."""
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    message_id = str(event.message_id or "")
    for words in (str(metadata.get(METADATA_KEY, "")), message_id):
        if (found := _UUID.search(words)) and (message := Message.objects.filter(pk=UUID(found[0])).first()):
            return message if _is_to(message, event.recipient) else None
    message = Message.objects.filter(provider_id=message_id).first() if message_id else None
    return message if message and _is_to(message, event.recipient) else None


def _is_to(message: Message, recipient: str | None) -> bool:
    """A copy to somebody else may come back too."""
    return bool(message.to_address) and (not recipient or _mailbox(recipient) == _mailbox(message.to_address))


def _mailbox(address: str) -> str:
    name, _at, domain = canonical_email(address).rpartition("@")
    try:
        return f"{name}@{domain.encode('idna').decode('ascii')}"
    except UnicodeError:
        return f"{name}@{domain}"
