from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from badges.models import Visibility
from earners.portfolio import Card, Order
from earners.profile_forms import NameForm


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


class WelcomeForm(NameForm):
    """What the first visit asks: name, language, and which of the waiting badges are claimed."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    claimed = forms.MultipleChoiceField(label=_("Your new badges"), required=False, widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, new: Iterable[Card], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The page shows each card whole, so the card is its own label.
        cast("forms.ChoiceField", self.fields["claimed"]).choices = [(str(card.id), card) for card in new]
