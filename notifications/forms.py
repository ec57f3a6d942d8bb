import re
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.models import User
from badgecert.core.text import canonical_email, clean_email
from notifications.actions.preferences import issuers_of
from notifications.actions.sharing import SHARED_AT_ONCE
from notifications.models import OptionalMail, Preference, WordedMail
from notifications.models.wordings import OPENING_LENGTH, SUBJECT_LENGTH
from notifications.wording import Words, clean_opening, clean_subject


class MailPreferencesForm(forms.Form):
    """One group of boxes for each organisation; a ticked one is wanted."""

    def __init__(self, data: Any = None, *, user: User) -> None:
        super().__init__(data)
        self.issuers = issuers_of(user)
        saved = {preference.issuer_id: preference for preference in Preference.objects.filter(user=user)}
        for issuer in self.issuers:
            preference = saved.get(issuer.pk)
            self.fields[_name(issuer.pk)] = forms.MultipleChoiceField(
                label=issuer.name,
                required=False,
                choices=OptionalMail.choices,
                widget=forms.CheckboxSelectMultiple,
                initial=[
                    mails.value
                    for mails in OptionalMail
                    if preference is None or not getattr(preference, mails.stopped_at)
                ],
                error_messages={"invalid_choice": _("Choose from the boxes on this page.")},
            )

    def wanted(self) -> dict[UUID, list[str]]:
        return {issuer.pk: self.cleaned_data[_name(issuer.pk)] for issuer in self.issuers}


def _name(issuer_id: UUID) -> str:
    return f"issuer-{issuer_id}"


class ShareByMailForm(forms.Form):
    """Up to five addresses, however people write a list of them."""

    addresses = forms.CharField(
        label=_("E-mail addresses"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "email"}),
        help_text=_("Up to five, separated by commas, spaces or lines."),
        error_messages={"required": _("Enter the address of somebody who is to see the badge.")},
    )

    def clean_addresses(self) -> list[str]:
        addresses: dict[str, str] = {}
        for text in re.split(r"[\s,;]+", self.cleaned_data["addresses"]):
            if not text:
                continue
            try:
                address = clean_email(text)
            except ValidationError as error:
                raise ValidationError(
                    _t("%(text)s: %(problem)s"), params={"text": text[:100], "problem": error.messages[0]}
                ) from error
            addresses.setdefault(canonical_email(address), address)
        if not addresses:
            raise ValidationError(self.fields["addresses"].error_messages["required"])
        if len(addresses) > SHARED_AT_ONCE:
            raise ValidationError(_t("Send to at most %(limit)d addresses at once."), params={"limit": SHARED_AT_ONCE})
        return list(addresses.values())


class WordingForm(forms.Form):
    """An organisation's own words for one kind of mail; empty ones are the site's."""

    subject = forms.CharField(label=_("Subject"), required=False, max_length=SUBJECT_LENGTH)
    opening = forms.CharField(
        label=_("Opening words"),
        required=False,
        max_length=OPENING_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("They stand in the place of the first paragraph. What the mail tells after it stays."),
    )

    def __init__(self, data: Any = None, *, mail: WordedMail, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        self.mail = mail

    def clean_subject(self) -> str:
        return clean_subject(self.cleaned_data["subject"], self.mail)

    def clean_opening(self) -> str:
        return clean_opening(self.cleaned_data["opening"], self.mail)

    @property
    def words(self) -> Words:
        return Words(self.cleaned_data["subject"], self.cleaned_data["opening"])
