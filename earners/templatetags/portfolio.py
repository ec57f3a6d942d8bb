"""Parts of an earner's portfolio."""

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from badgecert.core.templatetags.kept import kept, kept_around
from badgecert.core.written import short_date
from earners.portfolio import Card

register = template.Library()


@register.simple_tag(takes_context=True)
def badge_card(context: Context, card: Card) -> SafeString:
    """One badge in its earner's list. All cards in the same state are alike but for a few texts."""
    return kept_around(
        "earners/badge_card.html",
        own={
            "id": str(card.id),
            "name": card.name,
            "issuer_name": card.issuer_name,
            "picture_url": card.picture.screen_url,
            "tags": kept("earners/state_tags.html", is_new=card.is_new, state=card.state, days_left=card.days_left),
            "issued": short_date(card.issued_on),
            "until": short_date(card.expires_on),
            "back": context["request"].get_full_path(),
            "csrf_token": str(context["csrf_token"]),
        },
        has_expiry=card.expires_on is not None,
        is_archived=card.is_archived,
        is_new=card.is_new,
        state=card.state,
        visibility=card.visibility,
        visibility_when_off=card.visibility_when_off,
        can_be_renewed=card.can_be_renewed,
    )
