from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from badgecert.core.text import NAME_LENGTH, clean_person_name
from badges.models import Visibility
from earners.portfolio import Card, Order


class FindForm(forms.Form):
    """Find, filter and sort one's badges. Sent by GET, so that the address can be kept."""

    q = forms.CharField(label=_("Find a badge"), required=False, max_length=200, widget=forms.SearchInput)
    issuer = forms.ChoiceField(label=_("Issuer"), required=False)
    sort = forms.ChoiceField(
        label=_("Sort by"),
        required=False,
        choices=(
            (Order.NEWEST, _("Newest first")),
            (Order.NAME, _("Name")),
            (Order.EXPIRY, _("Expires first")),
        ),
    )

    def __init__(self, *args: Any, cards: Iterable[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        issuers = {card.issuer_slug: card.issuer_name for card in cards}
        cast("forms.ChoiceField", self.fields["issuer"]).choices = [
            ("", _("All issuers")),
            *sorted(issuers.items(), key=lambda pair: pair[1]),
        ]


class VisibilityForm(forms.Form):
    visibility = forms.ChoiceField(label=_("Who can see it"), choices=Visibility.choices, widget=forms.RadioSelect)


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label=_("Display name"),
        max_length=NAME_LENGTH,
        help_text=_(
            "How this site calls you. It never changes a badge: the name there comes from its issuer, who corrects it."
        ),
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def clean_display_name(self) -> str:
        return clean_person_name(self.cleaned_data["display_name"])


class WelcomeForm(ProfileForm):
    """What the first visit asks: the profile, and which of the waiting badges are claimed."""

    claimed = forms.MultipleChoiceField(label=_("Your new badges"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, new: Iterable[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page shows each card whole, so the card is its own label.
        cast("forms.ChoiceField", self.fields["claimed"]).choices = [(str(card.id), card) for card in new]
