"""Why staff do something."""

from django import forms
from django.utils.translation import gettext_lazy

from badgecert.core.text import clean_line


class ReasonForm(forms.Form):
    """Why staff do something that others will ask about."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=200,
        widget=forms.TextInput,
        error_messages={"required": gettext_lazy("Write why, in a few words.")},
    )

    def clean_reason(self) -> str:
        return clean_line(self.cleaned_data["reason"])


class DecisionForm(ReasonForm):
    """A decision about somebody's badge, of which they should hear."""

    notify = forms.BooleanField(
        label=gettext_lazy("Tell the earner by mail"),
        required=False,
        initial=True,
        help_text=gettext_lazy("It leaves at once, in your organisation's name."),
    )
