"""The code in what somebody typed or pasted: a code, or a link of ours."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from badgecert.core import codes


def code_in(typed: str) -> str:
    """Raises NotACodeError with a sentence for the page."""
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
