"""The picture of a badge: uploaded, or drawn from what staff choose."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core.models import Picture
from badgecert.core.picture_advice import advice_on
from badgecert.core.pictures import BYTES_LIMIT, picture_from_drawing, picture_from_upload
from badgecert.core.translating import translated
from badges.admin_forms import drawing_words
from badges.drawing.badge import HIGHEST_LEVEL, RIBBON_LENGTH, RING_TEXT_LENGTH, BadgeArt, draw_badge
from badges.drawing.exceptions import BadgeArtError
from badges.drawing.palettes import ACCENTS, OWN, PALETTES
from badges.drawing.pictures import to_png
from badges.drawing.shapes import SHAPES
from badges.drawing.symbols import icon_for, icon_names, icon_words
from issuers.models import Issuer

_ART_FIELDS = ("shape", "palette", "art_colour", "accent", "icon", "top_text", "bottom_text", "ribbon", "level")


class PictureForm(forms.Form):
    """The part of a badge's page that is about its picture."""

    picture: Picture | None
    # What it was drawn from, for drawing it again.
    art: dict[str, Any]
    # What the designer should know about the picture; it is kept all the same.
    advice: list[str]

    picture_source = forms.ChoiceField(
        label=gettext_lazy("Picture"),
        choices=[
            ("draw", gettext_lazy("Draw it for me")),
            ("upload", gettext_lazy("Upload one")),
        ],
        widget=forms.RadioSelect,
    )
    upload = forms.FileField(
        label=gettext_lazy("Picture file"),
        required=False,
        help_text=gettext_lazy("A square PNG, JPEG or SVG, 600 pixels or larger, up to 2 MB."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/svg+xml"}),
    )
    shape = forms.ChoiceField(
        label=gettext_lazy("Shape"),
        required=False,
        choices=[(name, drawing_words.SHAPES[name]) for name in SHAPES],
    )
    palette = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        required=False,
        choices=[
            *((name, drawing_words.PALETTES[name]) for name in PALETTES),
            (OWN, gettext_lazy("A colour of our own")),
        ],
    )
    art_colour = forms.CharField(
        label=gettext_lazy("Your colour"),
        required=False,
        max_length=7,
        initial="#5b1f55",
        widget=forms.TextInput(attrs={"type": "color"}),
        help_text=gettext_lazy("The nearest shade is taken on which every word can be read."),
    )
    accent = forms.ChoiceField(
        label=gettext_lazy("Accent"), required=False, choices=[(name, drawing_words.ACCENTS[name]) for name in ACCENTS]
    )
    icon = forms.CharField(
        label=gettext_lazy("Icon"),
        required=False,
        initial="award",
        max_length=40,
        widget=forms.TextInput(attrs={"list": "icons", "autocomplete": "off"}),
        help_text=gettext_lazy("An English word, such as heart, book, law or team: the first icon that fits is drawn."),
    )
    top_text = forms.CharField(
        label=gettext_lazy("Words on the ring"),
        required=False,
        max_length=RING_TEXT_LENGTH,
        help_text=gettext_lazy("Two or three words. Empty: the organisation's name."),
    )
    bottom_text = forms.CharField(label=gettext_lazy("Words below"), required=False, max_length=RING_TEXT_LENGTH)
    ribbon = forms.CharField(
        label=gettext_lazy("Ribbon"),
        required=False,
        max_length=RIBBON_LENGTH,
        help_text=gettext_lazy("A level or a year, in place of the words below."),
    )
    level = forms.IntegerField(
        label=gettext_lazy("Stars"), required=False, min_value=0, max_value=HIGHEST_LEVEL, initial=0
    )

    def clean_icon(self) -> str:
        words = self.cleaned_data["icon"] or "award"
        if self.cleaned_data.get("picture_source") != "draw":
            return words
        try:
            return icon_for(words)
        except BadgeArtError as error:
            raise ValidationError(translated(str(error))) from error

    def make_picture(self, issuer: Issuer) -> None:
        """Reads or draws it; call it once everything else is right, because pictures stay for ever."""
        source = self.cleaned_data["picture_source"]
        try:
            if source == "upload":
                self.picture, self.art = self._uploaded(), {}
            elif source == "draw":
                self.picture = self._drawn(issuer)
        except ValidationError as error:
            self.add_error("upload", error)
        except BadgeArtError as error:
            self.add_error("top_text", translated(str(error)))

    def _uploaded(self) -> Picture:
        upload: UploadedFile[Any] | None = self.cleaned_data["upload"]
        if upload is None:
            raise ValidationError(_("Choose a picture file, or let it be drawn."))
        if upload.size and upload.size > BYTES_LIMIT:
            raise ValidationError(
                _("The picture has %(size).1f MB; at most 2 MB fit. Save it smaller."),
                params={"size": upload.size / 1_000_000},
            )
        picture = picture_from_upload(upload.read())
        self.advice = advice_on(picture)
        return picture

    def _drawn(self, issuer: Issuer) -> Picture:
        art = art_from(self.cleaned_data, default_text=issuer.name)
        if art.palette == OWN and art.colours.main != art.colour.lower():
            self.advice = [
                _(
                    "Your colour %(colour)s is too light for the words on it: %(shade)s is taken, the nearest that is not."
                )
                % {"colour": art.colour, "shade": art.colours.main}
            ]
        svg = draw_badge(art)
        self.art = asdict(art)
        return picture_from_drawing(svg=svg, png=to_png(svg, 600))

    @property
    def art_query(self) -> str:
        """The drawing as the form shows it, for the address of its preview."""
        return urlencode({name: self[name].value() or "" for name in _ART_FIELDS})

    @property
    def icons(self) -> list[tuple[str, str]]:
        return [(name, icon_words(name)) for name in icon_names()]


def art_values(art: Mapping[str, Any]) -> dict[str, Any]:
    """What the form shows of a picture that was drawn; nothing of one that was uploaded."""
    return {("art_colour" if name == "colour" else name): value for name, value in art.items() if value != ""}


def art_from(typed: Mapping[str, Any], *, default_text: str) -> BadgeArt:
    """The drawing as it was typed. Raises BadgeArtError."""

    def text(name: str) -> str:
        return str(typed.get(name) or "").strip()

    return BadgeArt(
        shape=text("shape") or "circle",
        palette=text("palette") or "plum",
        colour=text("art_colour"),
        accent=text("accent") or "brass",
        icon=icon_for(text("icon") or "award"),
        top_text=(text("top_text") or default_text[:RING_TEXT_LENGTH]).upper(),
        bottom_text=text("bottom_text").upper(),
        ribbon=text("ribbon").upper(),
        level=int(text("level")) if text("level").isdecimal() else 0,
    )
