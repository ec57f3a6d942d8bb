"""Why did they not get it: for one address, also one that has no account here."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from badgecert.core.admin import desk_page
from badges.admin_views import staff
from notifications.stories import addresses_like, story_of_address


@require_GET
def why_not(request: HttpRequest) -> HttpResponse:
    address, by = request.GET.get("address", "").strip()[:254], staff(request)
    return desk_page(
        request,
        "admin/notifications/why_not.html",
        title=_("Why did they not get it?"),
        address=address,
        lines=story_of_address(address, by=by) if address else [],
        alike=addresses_like(address, by=by) if address else [],
    )
