from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from badgecert.core.admin import desk_page
from badges.admin_views import preview_refused, previewed
from notifications.messages import masked_mail, preview_issuance_mail
from notifications.models import Message, MessageState

# A mail carries its own styles and our own pictures; it must not do anything else.
_MAIL_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


_TONES = {MessageState.SENT: "valid", MessageState.FAILED: "danger", MessageState.UNCERTAIN: "warn"}


def tone_of(message: Message) -> str:
    return _TONES.get(MessageState(message.state), "calm")


@require_POST
def preview_mail(request: HttpRequest) -> HttpResponse:
    """The mail that would go out, as a mail program shows it."""
    try:
        disclosure, address = previewed(request)
    except ValidationError as error:
        return preview_refused(request, error)
    return _as_mail(preview_issuance_mail(disclosure, address).html)


@require_GET
def message_page(request: HttpRequest, message: Message) -> HttpResponse:
    return desk_page(
        request,
        "admin/notifications/message.html",
        title=message.subject or message.get_kind_display(),
        message_row=message,
        tone=tone_of(message),
        mail=masked_mail(message),
        note=_("Written anew from what is known today; secrets are masked."),
    )


def _as_mail(html: str) -> HttpResponse:
    response = HttpResponse(html)
    response["Content-Security-Policy"] = _MAIL_POLICY
    return response
