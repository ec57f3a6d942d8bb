"""Parts of the public page of a badge."""

from collections.abc import Iterable
from urllib.parse import quote

from django import template
from django.conf import settings
from django.template.context import Context
from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe

from badgecert.core.templatetags.kept import kept, kept_around
from badgecert.core.templatetags.ui import check
from badges.disclosure import Disclosure
from certificates.checks import Check

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


@register.simple_tag
def plate_facts(seen: Disclosure, *, time_left: str) -> SafeString:
    """Under the verdict. The same for all who got a badge on one day, but for the code."""
    return kept_around(
        "certificates/plate_facts.html",
        own={"code": seen.grouped_code},
        has_code=bool(seen.code),
        issuer_name=seen.issuer.name if seen.issuer else "",
        state=seen.state,
        issued_on=seen.issued_on,
        expires_on=seen.expires_on,
        revoked_on=seen.revoked_on,
        time_left=time_left,
    )


@register.simple_tag
def check_lines(checks: Iterable[Check]) -> SafeString:
    """One `{% check %}` for each answer."""
    return format_html_join(
        "", "{}", ((check(escape(line.sentence), outcome=line.shown_as, title=line.title),) for line in checks)
    )


@register.simple_tag(takes_context=True)
def verification_meta(context: Context) -> SafeString:
    """What programs read of the page: search engines, and those that draw a card of a link."""
    seen, verdict = context["seen"], context["verdict"]
    width, height = context["preview_size"]
    return kept_around(
        "certificates/verification_meta.html",
        own={
            "title": verdict.title,
            "summary": verdict.summary,
            "url": seen.url,
            "quoted_url": quote(seen.url, safe=""),
            "preview_url": context["preview_url"],
        },
        site_name=context["site_name"],
        base_url=context["base_url"],
        preview_width=width,
        preview_height=height,
        is_listed=seen.is_listed,
        has_code=bool(seen.code),
        has_files=context["has_files"],
        is_embeddable=seen.badge is not None and seen.version == seen.current_version,
    )
