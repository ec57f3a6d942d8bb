"""What staff type when they decide about one badge or about many: why, and whether its earners are told."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.admin_forms import DAY_FORMATS, DayInput, DecisionForm
from badges.correcting import HistoryForm
from badges.models import ChangeKind

_IN_OWN_WORDS = "own"

_USUAL = {
    ChangeKind.SUSPEND: (
        gettext_lazy("A complaint is being looked into"),
        gettext_lazy("Evidence is being checked again"),
    ),
    ChangeKind.RESTORE: (
        gettext_lazy("The complaint was unfounded"),
        gettext_lazy("The evidence is in order"),
    ),
    ChangeKind.REVOKE: (
        gettext_lazy("Issued in error"),
        gettext_lazy("Requirements are no longer met"),
        gettext_lazy("Earned by misconduct"),
    ),
    ChangeKind.REINSTATE: (
        gettext_lazy("Revoked in error"),
        gettext_lazy("Requirements are met again"),
    ),
    ChangeKind.RENEW: (gettext_lazy("Requirements for renewal are met"),),
}


class WhyForm(DecisionForm):
    """A reason from a short list, or one's own words."""

    def __init__(self, *args: Any, kind: ChangeKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = [str(words) for words in _USUAL[kind]]
        own = self.fields["reason"]
        own.required, own.label = False, _("Your words")
        if kind == ChangeKind.REVOKE:
            own.help_text = _("The public page shows the reason.")
        self.fields["usual"] = forms.ChoiceField(
            label=_("Reason"),
            choices=[*((words, words) for words in usual), (_IN_OWN_WORDS, _("In your words"))],
            widget=forms.RadioSelect,
            required=False,
        )

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        usual = said.pop("usual", "")
        if usual and usual != _IN_OWN_WORDS:
            said["reason"] = usual
        elif not said.get("reason") and "reason" not in self.errors:
            self.add_error("reason" if usual else "usual", _("Write why, in a few words."))


class LastDayForm(forms.Form):
    expires_on = forms.DateField(label=gettext_lazy("Valid until"), widget=DayInput(), input_formats=DAY_FORMATS)


def why_form(kind: ChangeKind, data: Any = None) -> DecisionForm:
    """What is asked before a change of this kind is sent off."""
    if kind == ChangeKind.CORRECT:
        return HistoryForm(data)
    return WhyForm(data, kind=kind)
