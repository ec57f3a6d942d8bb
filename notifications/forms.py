from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from badgecert.accounts.models import User
from notifications.actions.preferences import issuers_of
from notifications.models import OptionalMail, Preference


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
