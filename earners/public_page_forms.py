from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from badgecert.core.text import clean_line
from badges.models import Visibility
from earners.models import PUBLIC_NAME_LENGTH, TITLE_LENGTH
from earners.public_names import clean_public_name


class PublicPageForm(forms.Form):
    """Who sees one's badges, besides what is set for each of them."""

    is_public = forms.BooleanField(label=_("My public page is on"), required=False)
    public_name = forms.CharField(
        label=_("Name in the address"),
        required=False,
        max_length=PUBLIC_NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("Such as ana-nunez. When you change it, links to the old one lead nowhere."),
    )
    shows_photo = forms.BooleanField(label=_("Show my photo"), required=False)
    shows_work = forms.BooleanField(label=_("Show my employer, job title and place"), required=False)
    shows_about = forms.BooleanField(label=_("Show what I say about me"), required=False)
    shows_links = forms.BooleanField(label=_("Show my links"), required=False)
    allows_search_engines = forms.BooleanField(
        label=_("Search engines may list my public page and my public badges"),
        required=False,
        help_text=_("What they have copied can stay with them for weeks after you take this back."),
    )
    new_badges = forms.ChoiceField(
        label=_("My new badges are"),
        required=False,
        choices=[("", _("As the issuer sets it")), *Visibility.choices],
        widget=forms.RadioSelect,
        help_text=_("You can change each badge later. A public badge stands on your page once you have claimed it."),
    )

    def clean_public_name(self) -> str:
        name = self.cleaned_data["public_name"]
        return clean_public_name(name) if name.strip() else ""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("is_public") and "public_name" in cleaned and not cleaned["public_name"]:
            self.add_error(
                "public_name", ValidationError(gettext("Choose the name under which others find it."), code="missing")
            )
        return cleaned


class CollectionForm(forms.Form):
    title = forms.CharField(
        label=_("Title"),
        max_length=TITLE_LENGTH,
        help_text=_("Such as “Clinical” or “For recruiters”."),
        error_messages={"required": _("Give the collection a title.")},
    )

    def clean_title(self) -> str:
        return clean_line(self.cleaned_data["title"], limit=TITLE_LENGTH)
