from collections.abc import Iterable
from datetime import date
from typing import Any, cast

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badgecert.core.text import clean_line
from badges.models import SharedPart, Visibility
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


class ShareLinkForm(forms.Form):
    name = forms.CharField(
        label=_("Who is it for?"),
        max_length=80,
        help_text=_("Such as “Acme HR”. Only you read it."),
        error_messages={"required": _("Give the link a name, so that you know later whom you gave it to.")},
    )
    parts = forms.MultipleChoiceField(
        label=_("What it shows besides the badge, its issuer and whether it is valid"),
        required=False,
        choices=SharedPart.choices,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Certificate and files hold your name, the dates, what you did and the evidence."),
    )
    ends_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Without one it works until you withdraw it."),
        error_messages={"invalid": _("Enter a day like 2027-03-14.")},
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._today = today

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], limit=80)

    def clean_ends_on(self) -> date | None:
        ends_on: date | None = self.cleaned_data["ends_on"]
        if ends_on and ends_on < self._today:
            raise ValidationError(gettext("Choose today or a later day."), code="past")
        return ends_on
