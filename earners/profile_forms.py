"""What people may say about themselves, section by section, and the addresses they add."""

import ipaddress
import unicodedata
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.forms import EmailField
from badgecert.core.dates import time_zones
from badgecert.core.pictures import PHOTO_BYTES_LIMIT, photo_from_upload
from badgecert.core.text import NAME_LENGTH, clean_line, clean_person_name, has_control_characters

LINE_LENGTH = 200
ABOUT_LENGTH = 1000
LINKS_LIMIT = 5
LINK_LENGTH = 200

_AREAS = (
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)
_is_web_address = URLValidator(schemes=["http", "https"])


def time_zone_choices() -> list[tuple[str, Any]]:
    """By continent, as people look for theirs; UTC first."""
    by_area: dict[str, list[tuple[str, str]]] = {area: [] for area in _AREAS}
    for name in sorted(time_zones()):
        area, _slash, place = name.partition("/")
        if place and area in by_area:
            by_area[area].append((name, place.replace("_", " ").replace("/", ", ")))
    return [("", "UTC"), *by_area.items()]


class NameForm(forms.Form):
    display_name = forms.CharField(
        label=gettext_lazy("Display name"),
        max_length=NAME_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
        help_text=gettext_lazy("How this site calls you. It changes no badge."),
    )

    def clean_display_name(self) -> str:
        return clean_person_name(self.cleaned_data["display_name"])


class WorkForm(forms.Form):
    employer = forms.CharField(
        label=gettext_lazy("Employer"),
        required=False,
        max_length=LINE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )
    job_title = forms.CharField(
        label=gettext_lazy("Job title"),
        required=False,
        max_length=LINE_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
    )
    place = forms.CharField(
        label=gettext_lazy("Place"),
        required=False,
        max_length=LINE_LENGTH,
        help_text=gettext_lazy("Town or country, as you want others to read it."),
    )

    def clean_employer(self) -> str:
        return clean_line(self.cleaned_data["employer"])

    def clean_job_title(self) -> str:
        return clean_line(self.cleaned_data["job_title"])

    def clean_place(self) -> str:
        return clean_line(self.cleaned_data["place"])


class AboutForm(forms.Form):
    about = forms.CharField(
        label=gettext_lazy("About you"),
        required=False,
        max_length=ABOUT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=gettext_lazy("A few sentences of plain text."),
    )

    def clean_about(self) -> str:
        text = unicodedata.normalize("NFC", self.cleaned_data["about"]).replace("\r\n", "\n")
        if any(has_control_characters(line) for line in text.split("\n")):
            raise ValidationError(_("Remove the invisible control characters."), code="control")
        return text


class LinksForm(forms.Form):
    links = forms.CharField(
        label=gettext_lazy("Links"),
        required=False,
        max_length=LINKS_LIMIT * (LINK_LENGTH + 2),
        widget=forms.Textarea(attrs={"rows": LINKS_LIMIT, "inputmode": "url", "spellcheck": "false"}),
        help_text=gettext_lazy("Web addresses, one on each line: your site, a page about your work. Up to five."),
    )

    def clean_links(self) -> list[str]:
        lines = [line.strip() for line in self.cleaned_data["links"].splitlines() if line.strip()]
        if len(lines) > LINKS_LIMIT:
            raise ValidationError(_("Give at most %(limit)d links."), code="many", params={"limit": LINKS_LIMIT})
        return list(dict.fromkeys(_clean_link(line) for line in lines))


def _clean_link(line: str) -> str:
    """A public address of the web. It is shown, and never fetched by us."""
    address = line if ":" in line.split("/")[0] else f"https://{line}"
    wrong = ValidationError(
        _("“%(line)s” is no web address. Write it like https://example.org/me."),
        code="link",
        params={"line": line[:60]},
    )
    if has_control_characters(address) or len(address) > LINK_LENGTH:
        raise wrong
    try:
        _is_web_address(address)
        parts = urlsplit(address)
        host, user = parts.hostname or "", parts.username
    except (ValidationError, ValueError) as error:
        raise wrong from error
    if user is not None or "." not in host or _is_number(host):
        raise wrong
    return address


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


class PhotoForm(forms.Form):
    photo = forms.FileField(
        label=gettext_lazy("Choose a picture"),
        help_text=gettext_lazy("A PNG or JPEG, 200 pixels or larger, up to 10 MB. We cut it to a square."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg"}),
        error_messages={"required": gettext_lazy("Choose a picture first.")},
    )

    def clean_photo(self) -> bytes:
        upload = self.cleaned_data["photo"]
        # One byte more than fits says that it does not; the rest is never read.
        return photo_from_upload(upload.read(PHOTO_BYTES_LIMIT + 1))


class LanguageForm(forms.Form):
    language = forms.ChoiceField(label=gettext_lazy("Language"), choices=settings.LANGUAGES)
    time_zone = forms.ChoiceField(
        label=gettext_lazy("Time zone"),
        required=False,
        choices=time_zone_choices,
        help_text=gettext_lazy("For times on your pages and in your mail. Dates on badges are the same everywhere."),
    )


class AddressForm(forms.Form):
    address = EmailField(
        label=gettext_lazy("Another address"),
        help_text=gettext_lazy("We send a link there. Open it in this browser."),
        error_messages={"required": gettext_lazy("Enter an e-mail address.")},
    )
