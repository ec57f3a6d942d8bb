"""What staff type to make a badge and to issue it."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.models import Picture
from badgecert.core.picture_advice import advice_on
from badgecert.core.pictures import BYTES_LIMIT, picture_from_drawing, picture_from_upload
from badgecert.core.text import NAME_LENGTH, canonical_email, clean_email, clean_line, clean_person_name
from badges.actions.badges import BadgeContent, expiry_for
from badges.actions.issuances import NewIssuance
from badges.certificate_forms import CertificateForm, certificate_values
from badges.drawing.badge import HIGHEST_LEVEL, RIBBON_LENGTH, RING_TEXT_LENGTH, BadgeArt, draw_badge
from badges.drawing.exceptions import BadgeArtError
from badges.drawing.palettes import ACCENTS, OWN, PALETTES
from badges.drawing.pictures import to_png
from badges.drawing.shapes import SHAPES
from badges.drawing.symbols import icon_for, icon_names, icon_words
from badges.models import AchievementType, Badge, BadgeState, ExpiryRule
from badges.models.badge import BadgeQuerySet
from badges.row_checks import (
    EVIDENCE_LENGTH,
    NARRATIVE_LENGTH,
    already_holds,
    clean_evidence,
    holding_since,
    problem_with_dates,
    problem_with_letters,
)
from issuers.models import Issuer
from issuers.permissions import issuers_to_design_for, issuers_to_issue_for

SKILLS_LIMIT = 30

_MARKDOWN_HINT = gettext_lazy("Plain text, or Markdown: - for a list, 1. for numbered steps, **bold**.")


_ADDRESS_AT_END = re.compile(r"\s(https?://\S+)$")


def _skill(line: str) -> tuple[str, str]:
    """Its name and, if the line ends in one, the address of its official description. Raises ValidationError."""
    line = line.strip()
    found = _ADDRESS_AT_END.search(line)
    name = clean_line(line[: found.start()] if found else line, limit=80)
    return name, clean_evidence(found[1]) if found else ""


# What a browser's calendar sends, and what people type where there is none; 01/02 is a different day in each country.
DAY_FORMATS = ["%Y-%m-%d", "%d %B %Y", "%d %b %Y"]


class DayInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day that means the same to everybody who reads what was typed."""

    widget = DayInput
    input_formats = DAY_FORMATS
    default_error_messages = {"invalid": gettext_lazy("Write the day like 2025-03-14 or 14 March 2025.")}


class BadgeForm(CertificateForm):
    """A badge on one page: what it says (its next version) and what stays live."""

    also_printed = ("name", "description")

    issuer = forms.ModelChoiceField(label=gettext_lazy("Organisation"), queryset=Issuer.objects.none())
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("Description"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What somebody who holds it can do. Employers read this first."),
    )
    achievement_type = forms.ChoiceField(label=gettext_lazy("Kind"), choices=AchievementType.choices)
    criteria_to_earn = forms.CharField(
        label=gettext_lazy("What it takes to earn"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_MARKDOWN_HINT,
    )
    criteria_to_maintain = forms.CharField(
        label=gettext_lazy("What it takes to keep"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_MARKDOWN_HINT,
    )
    skills = forms.CharField(
        label=gettext_lazy("Skills"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One on each line. An address after it leads to its official description, as in ESCO."),
    )

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
        choices=[(name, name.replace("-", " ").capitalize()) for name in SHAPES],
    )
    palette = forms.ChoiceField(
        label=gettext_lazy("Colours"),
        required=False,
        choices=[*((name, name.capitalize()) for name in PALETTES), (OWN, gettext_lazy("A colour of our own"))],
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
        label=gettext_lazy("Accent"), required=False, choices=[(name, name.capitalize()) for name in ACCENTS]
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

    expiry_rule = forms.ChoiceField(
        label=gettext_lazy("Expires"), choices=ExpiryRule.choices, widget=forms.RadioSelect, initial=ExpiryRule.NEVER
    )
    expiry_months = forms.IntegerField(
        label=gettext_lazy("Months after issue"),
        required=False,
        validators=[MinValueValidator(1), MaxValueValidator(600)],
    )
    expiry_on = DayField(label=gettext_lazy("Fixed date"), required=False)

    default_visibility = forms.ChoiceField(
        label=gettext_lazy("Visible before it is claimed"),
        choices=Badge._meta.get_field("default_visibility").choices or (),
        widget=forms.RadioSelect,
        initial="link",
    )
    invites_earners = forms.BooleanField(
        label=gettext_lazy("Invite earners to log in"),
        required=False,
        initial=True,
        help_text=gettext_lazy("The mail carries a user name and, the first time, a temporary password."),
    )
    has_linkedin_button = forms.BooleanField(
        label=gettext_lazy("LinkedIn button in the mail"), required=False, initial=True
    )
    reply_to = forms.CharField(
        label=gettext_lazy("Reply address"),
        required=False,
        help_text=gettext_lazy("Empty: the organisation's contact address."),
    )
    offers_paper = forms.BooleanField(
        label=gettext_lazy("Earners can ask for a paper certificate"),
        required=False,
        help_text=gettext_lazy("You print and post it; their addresses wait under Requests."),
    )
    renewal_url = forms.URLField(
        label=gettext_lazy("How to renew: link"), required=False, assume_scheme="https", max_length=200
    )
    renewal_instructions = forms.CharField(
        label=gettext_lazy("How to renew: steps"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Any = None, files: Any = None, *, user: User, badge: Badge | None = None) -> None:
        self.badge = badge
        # What the designer should know about the picture; it is kept all the same.
        self.advice: list[str] = []
        self.picture: Picture | None = badge.current_version.picture if badge else None
        initial = _values_of(badge) if badge else {"picture_source": "draw"}
        super().__init__(data, files, initial=initial, said=badge.current_version if badge else None)
        self.issuers = issuers_to_design_for(user)
        if badge is not None:
            del self.fields["issuer"]
            source = self.fields["picture_source"]
            source.choices = [("keep", _("Keep this one")), *source.choices]  # type: ignore[attr-defined]
        else:
            field = self.fields["issuer"]
            field.queryset = self.issuers  # type: ignore[attr-defined]
            if len(self.issuers) == 1:
                field.initial = self.issuers[0]
                field.widget = forms.HiddenInput()

    # --- cleaning --------------------------------------------------------------------------------

    def clean_name(self) -> str:
        return clean_line(self.cleaned_data["name"], limit=120)

    def clean_skills(self) -> list[dict[str, str]]:
        skills = dict(_skill(line) for line in self.cleaned_data["skills"].splitlines() if line.strip())
        if len(skills) > SKILLS_LIMIT:
            raise ValidationError(_("Name at most %(limit)d skills."), params={"limit": SKILLS_LIMIT})
        return [{"name": name, "url": url} for name, url in skills.items()]

    def clean_icon(self) -> str:
        words = self.cleaned_data["icon"] or "award"
        if self.cleaned_data.get("picture_source") != "draw":
            return words
        try:
            return icon_for(words)
        except BadgeArtError as error:
            raise ValidationError(str(error)) from error

    def clean_reply_to(self) -> str:
        address = self.cleaned_data["reply_to"]
        return clean_email(address) if address else ""

    def clean(self) -> None:
        super().clean()
        self._check_expiry()
        if not self.errors:
            self.keep_signatures()
            self._make_picture()

    def _check_expiry(self) -> None:
        rule = self.cleaned_data.get("expiry_rule")
        if (
            rule == ExpiryRule.PERIOD
            and not self.cleaned_data.get("expiry_months")
            and "expiry_months" not in self.errors
        ):
            self.add_error("expiry_months", _("Say after how many months it expires."))
        if rule == ExpiryRule.FIXED and not self.cleaned_data.get("expiry_on") and "expiry_on" not in self.errors:
            self.add_error("expiry_on", _("Choose the last day on which it is valid."))

    def _make_picture(self) -> None:
        source = self.cleaned_data["picture_source"]
        try:
            if source == "upload":
                self.picture = self._uploaded()
            elif source == "draw":
                self.picture = self._drawn()
        except ValidationError as error:
            self.add_error("upload", error)
        except BadgeArtError as error:
            self.add_error("top_text", str(error))

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

    def _drawn(self) -> Picture:
        issuer = self.badge.issuer if self.badge else self.cleaned_data["issuer"]
        art = art_from(self.cleaned_data, default_text=issuer.name)
        if art.palette == OWN and art.colours.main != art.colour.lower():
            self.advice = [
                _(
                    "Your colour %(colour)s is too light for the words on it: %(shade)s is taken, the nearest that is not."
                )
                % {"colour": art.colour, "shade": art.colours.main}
            ]
        svg = draw_badge(art)
        return picture_from_drawing(svg=svg, png=to_png(svg, 600))

    # --- what the actions want ------------------------------------------------------------------

    @property
    def icons(self) -> list[tuple[str, str]]:
        return [(name, icon_words(name)) for name in icon_names()]

    def content(self) -> BadgeContent:
        said = self.cleaned_data
        assert self.picture is not None  # noqa: S101  clean() made it or found an error
        has_certificate = said["has_certificate"]
        issuer = self.badge.issuer if self.badge else said["issuer"]
        return BadgeContent(
            name=said["name"],
            description=said["description"],
            achievement_type=said["achievement_type"],
            criteria_to_earn=said["criteria_to_earn"],
            criteria_to_maintain=said["criteria_to_maintain"],
            skills=said["skills"],
            picture=self.picture,
            certificate_design=self.design if has_certificate else "",
            certificate_colour=issuer.brand_colour if has_certificate and said["in_our_colour"] else "",
            certificate_wording=self.wording if has_certificate else {},
            signatories=self.signatories if has_certificate else [],
        )

    def live(self) -> dict[str, Any]:
        said = self.cleaned_data
        rule = said["expiry_rule"]
        live = {
            "expiry_rule": rule,
            "expiry_months": said["expiry_months"] if rule == ExpiryRule.PERIOD else None,
            "expiry_on": said["expiry_on"] if rule == ExpiryRule.FIXED else None,
            **{name: said[name] for name in _LIVE_FIELDS},
        }
        return live if self.badge else {"slug": free_slug(said["name"]), **live}


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


_LIVE_FIELDS = (
    "default_visibility",
    "invites_earners",
    "has_linkedin_button",
    "reply_to",
    "offers_paper",
    "renewal_url",
    "renewal_instructions",
)


def _values_of(badge: Badge) -> dict[str, Any]:
    said = badge.current_version
    return {
        "picture_source": "keep",
        **{name: getattr(said, name) for name in ("name", "description", "achievement_type")},
        **{name: getattr(said, name) for name in ("criteria_to_earn", "criteria_to_maintain")},
        "skills": "\n".join(f"{skill['name']} {skill['url']}".strip() for skill in said.skills),
        **certificate_values(said),
        **{name: getattr(badge, name) for name in (*_LIVE_FIELDS, "expiry_rule", "expiry_months", "expiry_on")},
    }


def free_slug(name: str) -> str:
    """An address for a badge of this name that no other badge has."""
    stem = slugify(name)[:60].strip("-") or "badge"
    taken = set(Badge.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates: Iterable[str] = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for slug in candidates if slug not in taken)


# --- issuing -------------------------------------------------------------------------------------

# A preview left open longer than a day is typed again.
_PREVIEW_SECONDS = 60 * 60 * 24
_SALT = "badges.issue"


class BadgeChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # a class without parameters at run time
    def label_from_instance(self, obj: Any) -> str:
        return str(obj)


def published_badges(user: User) -> BadgeQuerySet:
    """What this person may issue."""
    return (
        Badge.objects.filter(issuer__in=issuers_to_issue_for(user), state=BadgeState.PUBLISHED)
        .select_related("current_version", "issuer")
        .order_by("current_version__name")
    )


class IssueForm(forms.Form):
    """One badge for one person. `signed()` carries what was typed to the preview and back."""

    badge = BadgeChoice(
        label=gettext_lazy("Badge"), queryset=Badge.objects.none(), empty_label=gettext_lazy("Choose a badge")
    )
    recipient_name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("As it is to stand on the badge and the certificate."),
    )
    recipient_email = forms.CharField(label=gettext_lazy("E-mail address"), max_length=320)
    issued_on = DayField(label=gettext_lazy("Issued on"), required=False, help_text=gettext_lazy("Empty: today."))
    expires_on = DayField(
        label=gettext_lazy("Valid until"),
        required=False,
        help_text=gettext_lazy("The last valid day. Empty: as the badge says."),
    )
    completed_on = DayField(
        label=gettext_lazy("Completed on"),
        required=False,
        help_text=gettext_lazy("The day of the course or examination."),
    )
    evidence_url = forms.CharField(
        label=gettext_lazy("Evidence: link"),
        required=False,
        max_length=EVIDENCE_LENGTH,
        widget=forms.URLInput,
        help_text=gettext_lazy("Something employers may open, such as a thesis."),
    )
    narrative = forms.CharField(
        label=gettext_lazy("What they did"),
        required=False,
        max_length=NARRATIVE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("Shown on the public page."),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        badges = published_badges(user)
        self.fields["badge"].queryset = badges  # type: ignore[attr-defined]
        first = badges.first()
        self.fields["issued_on"].initial = clock.today(first.issuer.time_zone) if first else clock.today()

    def clean_recipient_name(self) -> str:
        return clean_person_name(self.cleaned_data["recipient_name"])

    def clean_recipient_email(self) -> str:
        return clean_email(self.cleaned_data["recipient_email"])

    def clean_evidence_url(self) -> str:
        return clean_evidence(self.cleaned_data["evidence_url"])

    def clean(self) -> None:
        said = self.cleaned_data
        badge: Badge | None = said.get("badge")
        if badge is None:
            return
        if "issued_on" not in self.errors and "expires_on" not in self.errors:
            today = clock.today(badge.issuer.time_zone)
            said["issued_on"] = said["issued_on"] or today
            said["expires_on"] = expiry_for(badge, issued_on=said["issued_on"], chosen=said["expires_on"])
            if problem := problem_with_dates(said["issued_on"], said["expires_on"], today=today):
                self.add_error("expires_on" if said["issued_on"] <= today else "issued_on", problem)
        name = said.get("recipient_name")
        if name and (problem := problem_with_letters(name, badge.current_version)):
            self.add_error("recipient_name", problem)
        if email := said.get("recipient_email"):
            since = holding_since(badge, [canonical_email(email)])
            if since:
                self.add_error("recipient_email", already_holds(since[canonical_email(email)]))

    def new_issuance(self) -> NewIssuance:
        said = self.cleaned_data
        return NewIssuance(
            recipient_name=said["recipient_name"],
            recipient_email=said["recipient_email"],
            issued_on=said["issued_on"],
            expires_on=said["expires_on"],
            completed_on=said["completed_on"],
            narrative=said["narrative"],
            evidence=[{"name": said["evidence_url"], "url": said["evidence_url"]}] if said["evidence_url"] else [],
        )

    def signed(self) -> str:
        """What was typed, in a form that nobody can change on its way through the preview."""
        typed = {name: self.data.get(name, "") for name in self.fields}
        return signing.dumps({**typed, "at": clock.now().isoformat()}, salt=_SALT, compress=True)


def opened(token: str) -> dict[str, str]:
    """What signed() wrote. Raises signing.BadSignature when it was changed or is more than a day old."""
    typed: dict[str, str] = signing.loads(token, salt=_SALT, max_age=_PREVIEW_SECONDS)
    return typed


class UploadForm(forms.Form):
    """A table that is read line by line."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or Excel (XLSX). The first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> "UploadedFile[Any]":
        file: UploadedFile[Any] = self.cleaned_data["file"]
        if file.size and file.size > settings.BATCH_BYTES_LIMIT:
            raise ValidationError(
                _("The file has %(size).1f MB; at most %(limit).0f MB fit. Split it."),
                params={"size": file.size / 1_000_000, "limit": settings.BATCH_BYTES_LIMIT / 1_000_000},
            )
        return file


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
