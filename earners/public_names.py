"""Names in the addresses of public pages: plain letters, and none that could speak for the site or an organisation."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.translation import gettext as _

from earners.models import PUBLIC_NAME_LENGTH

_SHORTEST = 3
_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_RESERVED = """
about account accounts admin administrator anonymous api archive badge badgecert badges board certificate
certificates contact council demo desk everybody example guest guides help helpdesk home info issuer issuers
legal link login log-in logout mail me moderator name nobody none null official operator owner page portfolio
postmaster press privacy profile public root sales search security service settings share site staff status
support system team terms test undefined user users verification verified verify webmaster welcome
"""
RESERVED = frozenset(_RESERVED.split())


def clean_public_name(text: str) -> str:
    """Raises ValidationError with what to do."""
    name = text.strip().lower()
    if len(name) < _SHORTEST:
        raise ValidationError(_("Use at least %(count)d letters."), code="short", params={"count": _SHORTEST})
    if not _NAME.fullmatch(name):
        raise ValidationError(
            _("Use the letters a to z, digits, and single hyphens between them, such as ana-nunez."), code="letters"
        )
    if name in RESERVED or name.replace("-", "") in RESERVED:
        raise ValidationError(
            _("This name is reserved, because others could take it for the site's own. Choose your own name."),
            code="reserved",
        )
    return name


def suggested(display_name: str) -> str:
    """Such as amara-okafor-lindqvist; empty for a name without a Latin letter."""
    plain = slugify(unicodedata.normalize("NFKD", display_name))[:PUBLIC_NAME_LENGTH].strip("-")
    try:
        return clean_public_name(plain)
    except ValidationError:
        return ""
