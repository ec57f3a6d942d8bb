"""Parts of pages that are the same on many of them."""

import re
from collections.abc import Hashable, Mapping
from functools import cache, lru_cache
from uuid import uuid4

from django import template
from django.template.loader import render_to_string
from django.urls import get_script_prefix
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
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


def kept_around(template_name: str, *, own: Mapping[str, str], **said: Hashable) -> SafeString:
    """As kept(), for what differs on each page by texts that the template does no more with than show them, or put them
    into an address: those are filled in afterwards, escaped as the template would have done.
    """
    marks = {name: _mark_of(name) for name in own}
    part = kept(template_name, **marks, **said)
    texts = {marks[name]: conditional_escape(text) for name, text in own.items()}
    return mark_safe(_MARK.sub(lambda found: texts.get(found[0], found[0]), part))  # noqa: S308  # escaped above


@cache
def _mark_of(name: str) -> str:
    """Nobody can guess it, so it stands in nobody's words. Of a form that an address takes for an id."""
    return str(uuid4())


_MARK = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


# Typed, because "<" is not the same word as a safe "<".
@lru_cache(maxsize=500, typed=True)
def _part(
    template_name: str, language: str | None, time_zone: str, script_prefix: str, /, **said: Hashable
) -> SafeString:
    """All that it can depend on is named here: the template sees no request and nobody's context."""
    return render_to_string(template_name, said)
