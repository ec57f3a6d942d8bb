"""Where somebody types a code or pastes a link."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badgecert.core import codes

_LONGEST_ECHO = 200


@login_not_required
@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    typed = request.GET.get("code", "").strip()
    what_is_wrong = ""
    if "code" in request.GET:
        try:
            return redirect("certificates:verification", _code_in(typed))
        except codes.NotACodeError as error:
            what_is_wrong = str(error)
    context = {"typed": typed[:_LONGEST_ECHO], "what_is_wrong": what_is_wrong}
    response = render(request, "certificates/verify.html", context)
    response["Cache-Control"] = "no-cache"
    return response


def _code_in(typed: str) -> str:
    """The code, or the code in a link of ours. Raises NotACodeError with a sentence for the page."""
    if not typed:
        raise codes.NotACodeError(_("Type the code or paste the link."))
    if "/" not in typed:
        return codes.normalise(typed)
    # A link without its beginning is a link too: badges.example.org/v/….
    host = re.escape(urlsplit(settings.BASE_URL).netloc)
    ours = re.match(rf"(?:https?://)?{host}/v/([^/.?#]+)", typed, re.IGNORECASE)
    if ours is None:
        raise codes.NotACodeError(
            _("This is not a link to a badge here. Such a link begins with %(start)s.")
            % {"start": f"{settings.BASE_URL}/v/"}
        )
    return codes.normalise(ours[1])
