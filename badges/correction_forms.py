"""Choosing what is corrected: by a file, or on all badges of one person."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.text import NAME_LENGTH, clean_person_name
from badges.actions.proposals.drafting import change_of
from badges.admin_forms import DAY_FORMATS, DayInput, UploadForm
from badges.models import Issuance, ProposedChange
from issuers.models import Issuer, IssuerQuerySet


class CorrectionFileForm(UploadForm):
    issuer = forms.ModelChoiceField(label=gettext_lazy("Organisation"), queryset=Issuer.objects.none())

    field_order = ("issuer", "file")

    def __init__(self, *args: Any, issuers: IssuerQuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["issuer"]
        field.queryset = issuers  # type: ignore[attr-defined]
        if len(issuers) == 1:
            field.initial, field.widget = issuers[0], forms.HiddenInput()


class HeldBadge(NamedTuple):
    """One line of the comparison."""

    issuance: Issuance
    issued_on: BoundField
    expires_on: BoundField


class PersonForm(forms.Form):
    """The name on all that one person holds from one organisation, and the dates of each."""

    recipient_name = forms.CharField(
        label=gettext_lazy("Name on all of these badges"),
        max_length=NAME_LENGTH,
        required=False,
        help_text=gettext_lazy("Empty: each keeps the name it has."),
    )

    def __init__(self, data: Any = None, *, issuances: Sequence[Issuance]) -> None:
        super().__init__(data)
        self.issuances = issuances
        names = {issuance.current_version.recipient_name for issuance in issuances}
        if len(names) == 1:
            self.fields["recipient_name"].initial = names.pop()
        for issuance in issuances:
            says = issuance.current_version
            badge = says.badge_version.name
            self.fields[f"issued_on_{issuance.pk}"] = forms.DateField(
                label=_("%(badge)s, issued on") % {"badge": badge},
                widget=DayInput(),
                input_formats=DAY_FORMATS,
                initial=says.issued_on,
            )
            self.fields[f"expires_on_{issuance.pk}"] = forms.DateField(
                label=_("%(badge)s, valid until") % {"badge": badge},
                widget=DayInput(),
                input_formats=DAY_FORMATS,
                initial=says.expires_on,
                required=False,
            )

    def held(self) -> Iterator[HeldBadge]:
        for issuance in self.issuances:
            yield HeldBadge(issuance, self[f"issued_on_{issuance.pk}"], self[f"expires_on_{issuance.pk}"])

    def clean_recipient_name(self) -> str:
        name = self.cleaned_data["recipient_name"]
        return clean_person_name(name) if name.strip() else ""

    def clean(self) -> None:
        if not self.errors and not self.changes():
            raise ValidationError(_("Nothing differs from what these badges say now."))

    def changes(self) -> list[ProposedChange]:
        """One for each badge that is to say something else."""
        said = self.cleaned_data
        found: list[ProposedChange] = []
        for issuance in self.issuances:
            wanted: dict[str, object] = {
                "issued_on": said[f"issued_on_{issuance.pk}"],
                "expires_on": said[f"expires_on_{issuance.pk}"],
            }
            if said["recipient_name"]:
                wanted["recipient_name"] = said["recipient_name"]
            stated = {name: value for name, value in wanted.items() if value != getattr(issuance.current_version, name)}
            if stated:
                found.append(change_of(issuance, line=len(found) + 1, stated=stated))
        return found
