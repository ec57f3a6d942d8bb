from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.models import Picture
from badgecert.core.pictures import BYTES_LIMIT, picture_from_upload
from badgecert.core.text import clean_email, clean_line
from issuers.models import Issuer, StaffRole, Topic


class IssuerForm(forms.ModelForm):  # type: ignore[type-arg]  # a class without parameters at run time
    """What owners change of their organisation. Its address on this site stays: it is printed."""

    logo_upload = forms.FileField(
        label=gettext_lazy("Logo"),
        required=False,
        help_text=gettext_lazy("A PNG or JPEG, or a square SVG, 600 pixels or larger, up to 2 MB. Empty: as it is."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/svg+xml"}),
    )
    email = forms.CharField(
        label=gettext_lazy("Contact address"),
        max_length=254,
        help_text=gettext_lazy("Answers to our mails go here, and it is shown publicly."),
    )
    url = forms.URLField(label=gettext_lazy("Website"), assume_scheme="https", max_length=200)
    reminder_days = forms.CharField(
        label=gettext_lazy("Reminder days"),
        required=False,
        help_text=gettext_lazy(
            "Days after the mail on which somebody who has not claimed is reminded: 30, 60, 90, 120. Empty: never."
        ),
    )

    holidays = forms.CharField(
        label=gettext_lazy("Holidays"),
        required=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Days on which nobody works, such as 2026-12-25, 2027-01-01."),
    )

    class Meta:
        model = Issuer
        fields = (
            "name",
            "description",
            "url",
            "email",
            "postal_address",
            "brand_colour",
            "time_zone",
            "cooling_off_minutes",
            "single_delay_minutes",
            "reminder_days",
            "linkedin_organization_id",
            "certificate_numbers",
            "requires_second_factor",
            "answer_days",
            "issue_days",
            "approves_small_name_changes",
            "corrections_need_approval",
            "revocations_need_approval",
            "bulk_changes_need_approval",
        )
        widgets = {
            "description": forms.Textarea(attrs={"rows": 3}),
            "brand_colour": forms.TextInput(attrs={"type": "color"}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["reminder_days"] = ", ".join(str(day) for day in self.instance.reminder_days)
        self.initial["holidays"] = ", ".join(self.instance.holidays)
        self.logo: Picture | None = self.instance.logo
        for topic in Topic:
            self.fields[_contact_field(topic)] = forms.CharField(
                label=topic.label,
                required=False,
                max_length=254,
                initial=self.instance.contacts.get(topic, ""),
            )

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"])

    def clean_brand_colour(self) -> str:
        return str(self.cleaned_data["brand_colour"]).lower()

    def clean_email(self) -> str:
        return clean_email(self.cleaned_data["email"])

    def clean_reminder_days(self) -> list[int]:
        words = self.cleaned_data["reminder_days"].replace(",", " ").split()
        try:
            return [int(word) for word in words]
        except ValueError as error:
            raise ValidationError(_("Give whole numbers with commas between them, such as 30, 60, 90, 120.")) from error

    def clean_holidays(self) -> list[str]:
        words = self.cleaned_data["holidays"].replace(",", " ").split()
        try:
            return sorted({date.fromisoformat(word).isoformat() for word in words})
        except ValueError as error:
            raise ValidationError(_("Write each day like 2026-12-25, with commas between them.")) from error

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or self.cleaned_data
        for topic in Topic:
            field = _contact_field(topic)
            try:
                said[field] = clean_email(said[field]) if said.get(field) else ""
            except ValidationError as error:
                self.add_error(field, error)
        return said

    def contact_fields(self) -> list[forms.BoundField]:
        return [self[_contact_field(topic)] for topic in Topic]

    def clean_logo_upload(self) -> None:
        upload = self.cleaned_data["logo_upload"]
        if upload is None:
            return
        if upload.size > BYTES_LIMIT:
            raise ValidationError(
                _("The picture has %(size).1f MB; at most 2 MB fit. Save it smaller."),
                params={"size": upload.size / 1_000_000},
            )
        self.logo = picture_from_upload(upload.read(), square=False)

    def changed(self) -> Issuer:
        """The organisation as it is to be, unsaved."""
        issuer: Issuer = self.instance
        issuer.logo = self.logo
        issuer.holidays = self.cleaned_data["holidays"]
        given = {topic.value: self.cleaned_data[_contact_field(topic)] for topic in Topic}
        issuer.contacts = {topic: address for topic, address in given.items() if address}
        return issuer


def _contact_field(topic: Topic) -> str:
    return f"contact_{topic.value}"


class StaffForm(forms.Form):
    """Somebody who is to work for an organisation here."""

    issuer = forms.ModelChoiceField(label=gettext_lazy("Organisation"), queryset=Issuer.objects.none())
    email = forms.CharField(
        label=gettext_lazy("E-mail address"),
        max_length=320,
        help_text=gettext_lazy("Without an account yet, they open the log-in page and choose Request new password."),
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Role"), choices=StaffRole.choices, widget=forms.RadioSelect, initial=StaffRole.MANAGER
    )

    def __init__(self, *args: Any, issuers: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["issuer"]
        field.queryset = issuers  # type: ignore[attr-defined]
        if len(issuers) == 1:
            field.initial, field.widget = issuers[0], forms.HiddenInput()

    def clean_email(self) -> str:
        return clean_email(self.cleaned_data["email"])


class UnlockForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("How you know that it is them. It stays in the record."),
        error_messages={"required": gettext_lazy("Write why, in a few words.")},
    )

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


class RoleForm(forms.Form):
    """What somebody may do for the organisation."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=StaffRole.choices, widget=forms.RadioSelect)


class RemovalForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        help_text=gettext_lazy("It stays in the record."),
        error_messages={"required": gettext_lazy("Write why, in a few words.")},
    )

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])
