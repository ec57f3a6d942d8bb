"""The icons of our pages: Lucide's, in one file."""

import re
from functools import cache, lru_cache

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.utils.html import format_html
from django.utils.safestring import SafeString

from badgecert.core.exceptions import ComponentError


@cache
def icon_names() -> frozenset[str]:
    """What static/img/icons.svg holds."""
    path = finders.find("img/icons.svg")
    if not isinstance(path, str):
        msg = "static/img/icons.svg is missing."
        raise ComponentError(msg)
    with open(path, encoding="utf-8") as sprite:
        return frozenset(re.findall(r'<symbol id="([^"]+)"', sprite.read()))


@lru_cache(maxsize=1000)
def drawn_icon(name: str, label: str) -> SafeString:
    if name not in icon_names():
        msg = f"There is no icon {name!r} in static/img/icons.svg; static/img/README.md says how to add one."
        raise ComponentError(msg)
    address = f"{staticfiles_storage.url('img/icons.svg')}#{name}"
    if label:
        return format_html('<svg class="icon" role="img" aria-label="{}"><use href="{}"/></svg>', label, address)
    return format_html('<svg class="icon" aria-hidden="true"><use href="{}"/></svg>', address)
