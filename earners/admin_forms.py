"""What staff type to approve what earners ask."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core import clock
from badgecert.core.text import clean_text
from badges.admin_forms import DAY_FORMATS, DayInput
from badges.correcting import CorrectionForm, RenewalForm
from earners.models import EarnerRequest
from earners.request_forms import ADDRESS_LENGTH, TEXT_LENGTH


class _AnswerMixin(forms.Form):
    answer = forms.CharField(
        label=gettext_lazy("A few words to them"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def clean_answer(self) -> str:
        return clean_text(self.cleaned_data["answer"], limit=TEXT_LENGTH)


class ApprovalForm(CorrectionForm, _AnswerMixin):
    """The correction that was asked for, filled in."""


class RenewalApprovalForm(RenewalForm, _AnswerMixin):
    """The renewal that was asked for, filled in."""


class LetterApprovalForm(_AnswerMixin):
    """What a letter of support says beside what the register says."""

    addressee = forms.CharField(
        label=gettext_lazy("To whom"),
        max_length=ADDRESS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("As it stands at the head of the letter, a line for each part."),
    )
    text = forms.CharField(
        label=gettext_lazy("In your words"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=gettext_lazy("Name, badge, dates, code and signature come by themselves."),
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=[("a4", "A4"), ("letter", gettext_lazy("US Letter"))],
        widget=forms.RadioSelect,
        initial="a4",
    )

    def clean_addressee(self) -> str:
        return clean_text(self.cleaned_data["addressee"], limit=ADDRESS_LENGTH)

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"], limit=TEXT_LENGTH)


class PaperForm(forms.Form):
    """Which paper certificates, and on which day they went to the post."""

    chosen = forms.ModelMultipleChoiceField(
        queryset=EarnerRequest.objects.none(), error_messages={"required": gettext_lazy("Tick at least one.")}
    )
    posted_on = forms.DateField(label=gettext_lazy("Posted on"), widget=DayInput(), input_formats=DAY_FORMATS)

    def __init__(self, *args: Any, open_paper: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].queryset = open_paper  # type: ignore[attr-defined]

    def clean_posted_on(self) -> Any:
        day = self.cleaned_data["posted_on"]
        if day > clock.today():
            raise forms.ValidationError(_("Choose today or a day before."))
        return day
