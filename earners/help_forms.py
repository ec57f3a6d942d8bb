from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.forms import EmailField
from badgecert.core.text import clean_person_name, clean_text
from issuers.models import Issuer, Topic

TEXT_LENGTH = 2000


class QuestionForm(forms.Form):
    """To an organisation, from anybody."""

    organisation = forms.ChoiceField(
        label=_("Organisation"),
        error_messages={
            "required": _("Choose the organisation. Its name is on the badge."),
            "invalid_choice": _("Choose one of these organisations."),
        },
    )
    topic = forms.ChoiceField(
        label=_("What it is about"), required=False, choices=[*Topic.choices, ("", _("Something else"))]
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=200,
        help_text=_("As it stands on the badge, if you can."),
        error_messages={"required": _("Enter your name.")},
    )
    email = EmailField(
        label=_("Your e-mail address"),
        help_text=_("The answer comes here. The address that the organisation knows is best."),
        error_messages={"required": _("Enter the address for the answer.")},
    )
    text = forms.CharField(
        label=_("Your question"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Never send a password."),
        error_messages={"required": _("Write a few words.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._issuers = {issuer.slug: issuer for issuer in Issuer.objects.only("slug", "name", "email", "contacts")}
        cast("forms.ChoiceField", self.fields["organisation"]).choices = [
            ("", _("Choose the organisation that gave you the badge")),
            *((issuer.slug, issuer.name) for issuer in self._issuers.values()),
        ]

    def clean_organisation(self) -> Issuer:
        return self._issuers[self.cleaned_data["organisation"]]

    def clean_name(self) -> str:
        return clean_person_name(self.cleaned_data["name"])

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"], limit=TEXT_LENGTH)
