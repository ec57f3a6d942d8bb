"""Parts of pages that are the same on many of them."""

from collections.abc import Hashable
from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone_name
from django.utils.translation import get_language

register = template.Library()


@register.simple_tag
def kept(template_name: str, **said: Hashable) -> SafeString:
    """As `{% include template_name with … only %}`, made once by this process for the same words in the same language.

    For what many pages share, such as their footer or what they say of an organisation. Nothing of a person is kept: it
    would only push that out.
    """
    return _part(template_name, get_language(), get_current_timezone_name(), get_script_prefix(), **said)


# Typed, because "<" is not the same word as a safe "<".
@lru_cache(maxsize=500, typed=True)
def _part(
    template_name: str, language: str | None, time_zone: str, script_prefix: str, /, **said: Hashable
) -> SafeString:
    """All that it can depend on is named here: the template sees no request and nobody's context."""
    return render_to_string(template_name, said)
