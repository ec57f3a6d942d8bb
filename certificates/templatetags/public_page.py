"""Parts of the public page of a badge."""

from django import template
from django.conf import settings
from django.utils.safestring import SafeString, mark_safe

from badgecert.core.templatetags.kept import kept
from badges.disclosure import Disclosure

register = template.Library()

# Has a code's form, and is nobody's: what is kept names no badge.
_STAND_IN = "000000000000"


@register.simple_tag
def record_card(seen: Disclosure, *, has_files: bool) -> SafeString:
    """What one can take away. It differs by the code alone, which stands in nothing but addresses."""
    card = kept(
        "certificates/record_card.html",
        code=_STAND_IN,
        url=f"{settings.BASE_URL}/v/{_STAND_IN}",
        has_files=has_files,
        has_certificate=seen.has_certificate,
        is_issued=seen.version_id is not None,
    )
    return mark_safe(card.replace(_STAND_IN, seen.code))  # noqa: S308  # a code is letters and digits
