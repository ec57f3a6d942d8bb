"""What staff choose for the certificate of a badge."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.glyphs import unrenderable
from badgecert.core.models import Picture
from badgecert.core.pictures import BYTES_LIMIT, picture_from_upload
from badges.certificate_wording import DESIGNS, PLACES, WORDINGS, unknown_places
from badges.models import BadgeVersion

_SIGNATORIES = (1, 2)
_PLACES_HINT = gettext_lazy("You can use %(places)s.")


class CertificateForm(forms.Form):
    """The part of a badge's page that is about its certificate; its preview reads this part alone."""

    has_certificate = forms.BooleanField(label=gettext_lazy("Earners can download a certificate (PDF)"), required=False)
    certificate_design = forms.ChoiceField(
        label=gettext_lazy("Design"),
        choices=DESIGNS,
        initial=DESIGNS[0][0],
        widget=forms.RadioSelect,
        required=False,
        help_text=gettext_lazy("Engraved like a banknote, modern with a deep column, or classical and cheap to print."),
    )
    in_our_colour = forms.BooleanField(
        label=gettext_lazy("In your organisation's colour"),
        required=False,
        help_text=gettext_lazy("Made darker where it could not be read on paper. Off: the design's own colour."),
    )
    heading = forms.CharField(
        label=gettext_lazy("Heading"),
        required=False,
        max_length=60,
        help_text=gettext_lazy("Empty: as the design has it."),
    )
    awarded_to = forms.CharField(
        label=gettext_lazy("Before the name"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Empty: as the design has it."),
    )
    met_requirements = forms.CharField(label=gettext_lazy("Before the badge"), required=False, max_length=120)
    signatory_1_name = forms.CharField(label=gettext_lazy("First signatory"), required=False, max_length=80)
    signatory_1_title = forms.CharField(label=gettext_lazy("Their title"), required=False, max_length=80)
    signatory_2_name = forms.CharField(label=gettext_lazy("Second signatory"), required=False, max_length=80)
    signatory_2_title = forms.CharField(label=gettext_lazy("Their title"), required=False, max_length=80)
    preview_name = forms.CharField(
        label=gettext_lazy("Name in the preview"), required=False, max_length=200, initial="Amara Okafor-Lindqvist"
    )

    # What the certificate says besides, in the fields of the whole page.
    also_printed: tuple[str, ...] = ()

    def __init__(self, *args: Any, said: BadgeVersion | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = ", ".join(f"{{{place}}}" for place in PLACES)
        self.fields["met_requirements"].help_text = _PLACES_HINT % {"places": places}
        kept = said.signatories if said else []
        for number in _SIGNATORIES:
            self.fields[f"signatory_{number}_upload"] = forms.FileField(
                label=gettext_lazy("Picture of the signature"),
                required=False,
                help_text=gettext_lazy("PNG or JPEG. Without one the name is written in script."),
                widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
            )
            self.fields[f"signatory_{number}_script"] = forms.BooleanField(
                label=gettext_lazy("Write the name in script instead of the picture"), required=False
            )
        self.signatures = {number: _signature(kept, number) for number in _SIGNATORIES}

    def clean(self) -> None:
        self._check_signatories()
        self._check_places()
        self._check_letters()

    def _check_signatories(self) -> None:
        for number in _SIGNATORIES:
            name, title = (self.cleaned_data.get(f"signatory_{number}_{part}") for part in ("name", "title"))
            if title and not name:
                self.add_error(f"signatory_{number}_name", _("Enter the name that goes with this title."))

    def _check_places(self) -> None:
        for field in WORDINGS:
            if unknown := unknown_places(self.cleaned_data.get(field) or ""):
                self.add_error(
                    field,
                    _("Nothing can be filled in for %(unknown)s. Use %(places)s.")
                    % {"unknown": ", ".join(unknown), "places": ", ".join(f"{{{place}}}" for place in PLACES)},
                )

    def _check_letters(self) -> None:
        """Nothing may be asked of the certificate that its fonts cannot print."""
        if not self.cleaned_data.get("has_certificate"):
            return
        signatories = [f"signatory_{number}_{part}" for number in _SIGNATORIES for part in ("name", "title")]
        for field in (*self.also_printed, *WORDINGS, *signatories, "preview_name"):
            if missing := unrenderable(self.cleaned_data.get(field) or ""):
                self.add_error(
                    field,
                    _("The certificate has no letters for %(missing)s. Leave them out.") % {"missing": missing},
                )

    def keep_signatures(self) -> None:
        """Reads what was uploaded; call it once everything else is right, because pictures stay for ever."""
        for number in _SIGNATORIES:
            upload: UploadedFile[Any] | None = self.cleaned_data[f"signatory_{number}_upload"]
            if self.cleaned_data[f"signatory_{number}_script"]:
                self.signatures[number] = ""
            elif upload is not None:
                try:
                    self.signatures[number] = _picture_of(upload).sha256
                except ValidationError as error:
                    self.add_error(f"signatory_{number}_upload", error)

    @property
    def design(self) -> str:
        return self.cleaned_data["certificate_design"] or DESIGNS[0][0]

    @property
    def wording(self) -> dict[str, str]:
        return {name: self.cleaned_data[name] for name in WORDINGS if self.cleaned_data[name]}

    @property
    def signatories(self) -> list[dict[str, str]]:
        return [
            {
                "name": self.cleaned_data[f"signatory_{number}_name"],
                "title": self.cleaned_data[f"signatory_{number}_title"],
                **({"signature": self.signatures[number]} if self.signatures[number] else {}),
            }
            for number in _SIGNATORIES
            if self.cleaned_data[f"signatory_{number}_name"]
        ]


def certificate_values(said: BadgeVersion) -> dict[str, Any]:
    """What the form shows of a badge as it is."""
    values: dict[str, Any] = {"has_certificate": said.has_certificate, **said.certificate_wording}
    if said.has_certificate:
        values |= {"certificate_design": said.certificate_design, "in_our_colour": bool(said.certificate_colour)}
    for number, signatory in enumerate(said.signatories, start=1):
        values[f"signatory_{number}_name"] = signatory["name"]
        values[f"signatory_{number}_title"] = signatory["title"]
    return values


def _signature(signatories: list[dict[str, str]], number: int) -> str:
    return signatories[number - 1].get("signature", "") if number <= len(signatories) else ""


def _picture_of(upload: "UploadedFile[Any]") -> Picture:
    if upload.size and upload.size > BYTES_LIMIT:
        raise ValidationError(
            _("The picture has %(size).1f MB; at most 2 MB fit. Save it smaller."),
            params={"size": upload.size / 1_000_000},
        )
    return picture_from_upload(upload.read(), square=False)
