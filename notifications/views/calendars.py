import uuid

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from badgecert.core import clock
from badges.disclosure import can_see
from earners.views.access import PersonRequest, own_issuance
from notifications.calendar_files import MEDIA_TYPE, calendar_file
from notifications.messages.expiring import ExpiringBadge


@require_safe
def expiry_calendar(request: PersonRequest, issuance_id: uuid.UUID) -> HttpResponse:
    """The last day of one's badge, as the mails about it bring it too: whoever takes both has one entry."""
    issuance = own_issuance(request, issuance_id)
    seen = can_see(issuance.code, viewer=request.user)
    if seen.badge is None or seen.expires_on is None:
        raise Http404
    badge = ExpiringBadge(issuance=issuance, disclosure=seen, expires_on=seen.expires_on)
    if not badge.still_expires:
        raise Http404
    content = calendar_file([badge.calendar_entry], written_at=clock.now())
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{seen.badge.slug}-expires.ics"'
    return response
