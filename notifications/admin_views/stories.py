"""Why did they not get it: for one address, also one that has no account here."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from badgecert.core.admin import desk_page
from badges.admin_views import staff
from notifications.stories import addresses_like, answers_in, earners_at, story_of_address


@require_GET
def why_not(request: HttpRequest) -> HttpResponse:
    address, by = request.GET.get("address", "").strip()[:254], staff(request)
    lines = story_of_address(address, by=by) if address else []
    return desk_page(
        request,
        "admin/notifications/why_not.html",
        title=_("Why did they not get it?"),
        address=address,
        lines=lines,
        answers=answers_in(lines),
        earners=earners_at(address, by=by) if address else [],
        alike=addresses_like(address, by=by) if address else [],
    )
