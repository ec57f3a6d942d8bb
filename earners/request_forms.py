"""What earners type to ask for something, one form for each kind, and what both sides add to a thread."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core import clock
from badgecert.core.text import NAME_LENGTH, clean_line, clean_person_name, clean_text
from badges.admin_forms import DAY_FORMATS, DayInput
from badges.models import Issuance
from badges.row_checks import FIRST_DAY, problem_with_letters
from earners.actions.requests import Wish
from earners.attachments import ACCEPTED, BYTES_LIMIT, SafeFile, safe_file
from earners.models import RequestKind

TEXT_LENGTH = 2000
ADDRESS_LENGTH = 400
FILES_AT_ONCE = 3


class _Files(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """A few PDFs or pictures, each made safe."""

    widget = _Files(attrs={"accept": ACCEPTED})

    def clean(self, data: Any, initial: Any = None) -> list[SafeFile]:
        uploads: Sequence[UploadedFile[Any]] = data if isinstance(data, list | tuple) else [data] if data else []
        if len(uploads) > FILES_AT_ONCE:
            raise ValidationError(_("Attach at most %(limit)d files at once."), params={"limit": FILES_AT_ONCE})
        return [
            # One byte more than fits is enough to refuse it.
            safe_file(name=upload.name or "", content=upload.read(BYTES_LIMIT + 1))
            for upload in uploads
            if super(FilesField, self).clean(upload, initial)
        ]


class EntryForm(forms.Form):
    """Some words and perhaps some files."""

    text = forms.CharField(
        label=gettext_lazy("Your message"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Write a few words.")},
    )
    attached = FilesField(
        label=gettext_lazy("Attach"),
        required=False,
        help_text=gettext_lazy("PDF, PNG or JPEG, up to three at once and 8 MB each."),
    )

    def clean_text(self) -> str:
        return clean_text(self.cleaned_data["text"], limit=TEXT_LENGTH)

    def said(self) -> dict[str, Any]:
        """What the actions want to know."""
        typed = dict(self.cleaned_data)
        return {"files": typed.pop("attached"), **typed}


class RequestForm(EntryForm):
    """The part that every kind has; a kind adds what it asks for."""

    kind: RequestKind
    intro: Any = ""
    words_required = False

    def __init__(self, *args: Any, issuance: Issuance, **kwargs: Any) -> None:
        self.issuance = issuance
        super().__init__(*args, **kwargs)
        self.fields["text"].required = self.words_required
        self.order_fields([name for name in self.fields if name not in {"text", "attached"}])

    def wish(self) -> Wish:
        return Wish(kind=self.kind, **self.said())


class NameForm(RequestForm):
    kind = RequestKind.NAME
    intro = gettext_lazy("Write your name as it should stand on the badge and its certificate.")

    wanted_name = forms.CharField(
        label=gettext_lazy("Your name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )

    def __init__(self, *args: Any, issuance: Issuance, **kwargs: Any) -> None:
        initial = {"wanted_name": issuance.current_version.recipient_name, **kwargs.pop("initial", {})}
        super().__init__(*args, issuance=issuance, initial=initial, **kwargs)
        self.fields["text"].label = _("What happened")
        self.fields["attached"].help_text = _(
            "For a new name, something that shows it, such as a marriage certificate. PDF, PNG or JPEG."
        )

    def clean_wanted_name(self) -> str:
        name = clean_person_name(self.cleaned_data["wanted_name"])
        now_says = self.issuance.current_version
        if name == now_says.recipient_name:
            raise ValidationError(_("This is the name that the badge has now. Write how it should be."))
        if problem := problem_with_letters(name, now_says.badge_version):
            raise ValidationError(problem)
        return name


class DateForm(RequestForm):
    kind = RequestKind.DATE
    intro = gettext_lazy("Say on which day it was issued.")

    wanted_on = forms.DateField(label=gettext_lazy("Issued on"), widget=DayInput(), input_formats=DAY_FORMATS)

    def clean_wanted_on(self) -> Any:
        day = self.cleaned_data["wanted_on"]
        if not FIRST_DAY <= day <= clock.today(self.issuance.issuer.time_zone):
            raise ValidationError(_("Choose a day in the past. Check the year."))
        if day == self.issuance.current_version.issued_on:
            raise ValidationError(_("This is the day that the badge says now."))
        return day


class ExpiryForm(RequestForm):
    kind = RequestKind.EXPIRY
    intro = gettext_lazy("Say until which day it is valid.")

    wanted_on = forms.DateField(label=gettext_lazy("Valid until"), widget=DayInput(), input_formats=DAY_FORMATS)

    def clean_wanted_on(self) -> Any:
        day, now_says = self.cleaned_data["wanted_on"], self.issuance.current_version
        if day < now_says.issued_on:
            raise ValidationError(_("Choose a day after the one on which it was issued."))
        if day == now_says.expires_on:
            raise ValidationError(_("This is the day that the badge says now."))
        return day


class RenewalForm(RequestForm):
    kind = RequestKind.RENEWAL
    intro = gettext_lazy("Say when you renewed. A receipt helps the issuer to find it.")

    wanted_on = forms.DateField(
        label=gettext_lazy("Renewed on"), required=False, widget=DayInput(), input_formats=DAY_FORMATS
    )

    def clean_wanted_on(self) -> Any:
        day = self.cleaned_data["wanted_on"]
        if day and not FIRST_DAY <= day <= clock.today(self.issuance.issuer.time_zone):
            raise ValidationError(_("Choose a day in the past. Check the year."))
        return day


class PaperForm(RequestForm):
    kind = RequestKind.PAPER
    intro = gettext_lazy("The issuer prints your certificate and posts it to this address.")

    postal_address = forms.CharField(
        label=gettext_lazy("Name and postal address"),
        max_length=ADDRESS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "street-address"}),
        help_text=gettext_lazy("As on a letter, a line for each part, the country last."),
    )

    def clean_postal_address(self) -> str:
        lines = clean_text(self.cleaned_data["postal_address"], limit=ADDRESS_LENGTH).splitlines()
        filled = [line for line in lines if line]
        if not 3 <= len(filled) <= 7:
            raise ValidationError(_("Write the address in three to seven lines: name, street, place, country."))
        return "\n".join(filled)


class LetterForm(RequestForm):
    kind = RequestKind.LETTER
    intro = gettext_lazy("The issuer writes to an employer that you hold this badge.")

    employer = forms.CharField(
        label=gettext_lazy("To which employer"),
        max_length=200,
        help_text=gettext_lazy("As it should stand in the letter."),
    )

    def clean_employer(self) -> str:
        return clean_line(self.cleaned_data["employer"])


class OtherForm(RequestForm):
    kind = RequestKind.OTHER
    intro = gettext_lazy("Write what is wrong or what you need.")
    words_required = True


FORMS: dict[RequestKind, type[RequestForm]] = {
    form.kind: form for form in (NameForm, DateForm, ExpiryForm, RenewalForm, PaperForm, LetterForm, OtherForm)
}
