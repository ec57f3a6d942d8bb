"""The mail that would go out."""

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from badges.admin_views import preview_refused, previewed
from notifications.messages import preview_issuance_mail

# A mail carries its own styles and our own pictures; it must not do anything else.
_MAIL_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@require_POST
def preview_mail(request: HttpRequest) -> HttpResponse:
    """The mail that would go out, as a mail program shows it."""
    try:
        disclosure, address = previewed(request)
    except ValidationError as error:
        return preview_refused(request, error)
    response = HttpResponse(preview_issuance_mail(disclosure, address).html)
    response["Content-Security-Policy"] = _MAIL_POLICY
    return response
