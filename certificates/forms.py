from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from certificates.batch_checks import MOST_LINES, lines_in
from certificates.openbadges.reading import MOST_TEXT_BYTES

_ACCEPTED_FILES = ".png,.svg,.json,.jsonld,.jwt,.jws,.txt,.pdf"


class PresentedForm(forms.Form):
    """A badge that somebody brings: as a text or as a file."""

    text = forms.CharField(
        label=gettext_lazy("Badge data"),
        help_text=gettext_lazy("Paste Open Badges JSON, a signed text (JWT), a link or a code."),
        required=False,
        max_length=MOST_TEXT_BYTES,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}),
    )
    file = forms.FileField(
        label=gettext_lazy("Badge file"),
        help_text=gettext_lazy("A PNG, SVG, JSON or PDF file, also from another platform. We keep nothing of it."),
        required=False,
        max_length=200,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": _ACCEPTED_FILES}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and bool(cleaned.get("text")) == (cleaned.get("file") is not None):
            raise forms.ValidationError(
                _("Choose a file or paste the data of the badge, not both.")
                if cleaned.get("text")
                else _("Choose a file or paste the data of the badge.")
            )
        return cleaned

    @property
    def content(self) -> bytes:
        file = self.cleaned_data["file"]
        content: bytes = file.read() if file else self.cleaned_data["text"].encode()
        return content


class ListForm(forms.Form):
    """Links and codes, one a line."""

    lines = forms.CharField(
        label=gettext_lazy("Links or codes"),
        help_text=gettext_lazy(
            "One in each line, fifty at most: codes, links to badges here, links to other platforms."
        ),
        max_length=MOST_LINES * 2_000,
        widget=forms.Textarea(
            attrs={"rows": 10, "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"}
        ),
    )

    def clean_lines(self) -> list[str]:
        lines = lines_in(self.cleaned_data["lines"])
        if len(lines) > MOST_LINES:
            raise forms.ValidationError(
                _("These are %(number)d. Check at most %(most)d at a time; nothing was checked."),
                params={"number": len(lines), "most": MOST_LINES},
            )
        return lines


class CertificateFileForm(forms.Form):
    """A certificate of an authority with its private key."""

    file = forms.FileField(
        label=gettext_lazy("Certificate file"),
        help_text=gettext_lazy("PKCS #12 (.p12 or .pfx), with the private key."),
        max_length=200,
        widget=forms.FileInput(attrs={"accept": ".p12,.pfx"}),
    )
    password = forms.CharField(
        label=gettext_lazy("Its password"),
        required=False,
        max_length=200,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )


class DomainForm(forms.Form):
    domain = forms.CharField(
        label=gettext_lazy("Domain"),
        help_text=gettext_lazy("Such as northgate.example, without https:// and www."),
        max_length=260,
        widget=forms.TextInput(attrs={"autocapitalize": "off", "spellcheck": "false", "inputmode": "url"}),
    )


class LetterForm(forms.Form):
    """A letter of support, besides what the register says."""

    addressee = forms.CharField(
        label=gettext_lazy("To whom"),
        help_text=gettext_lazy("As on an envelope: a line for each part."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    text = forms.CharField(
        label=gettext_lazy("What you want to add"),
        help_text=gettext_lazy("An empty line begins a paragraph."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    paper = forms.ChoiceField(
        label=gettext_lazy("Paper"),
        choices=[("a4", gettext_lazy("A4")), ("letter", gettext_lazy("Letter"))],
        initial="a4",
        widget=forms.RadioSelect,
    )
