"""What staff type to make a badge."""

import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core.text import clean_email, clean_line
from badges.actions.badges import BadgeContent
from badges.admin_forms.days import DayField
from badges.admin_forms.pictures import PictureForm, art_values
from badges.certificate_forms import CertificateForm, certificate_values
from badges.models import AchievementType, Badge, ExpiryRule
from badges.picture_limits import count_picture
from badges.row_checks import clean_evidence
from issuers.models import Issuer, linkedin_number
from issuers.permissions import issuers_to_design_for

SKILLS_LIMIT = 30

_MARKDOWN_HINT = gettext_lazy("Plain text, or Markdown: - for a list, 1. for numbered steps, **bold**.")


_ADDRESS_AT_END = re.compile(r"\s(https?://\S+)$")


def _skill(line: str) -> tuple[str, str]:
    """Its name and, if the line ends in one, the address of its official description. Raises ValidationError."""
    line = line.strip()
    found = _ADDRESS_AT_END.search(line)
    name = clean_line(line[: found.start()] if found else line, limit=80)
    return name, clean_evidence(found[1]) if found else ""


class BadgeForm(PictureForm, CertificateForm):
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
    linkedin_organization_id = forms.CharField(
        label=gettext_lazy("LinkedIn organisation number"),
        required=False,
        max_length=20,
        validators=[linkedin_number],
        help_text=gettext_lazy("For a badge of a school or chapter with a LinkedIn page. Empty: the organisation's."),
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

    def __init__(
        self, data: Any = None, files: Any = None, *, user: User, badge: Badge | None = None, like: Badge | None = None
    ) -> None:
        """`like` is a badge that a new one begins as a copy of, drawn and to be given other words."""
        self.user, self.badge, self.advice = user, badge, []
        initial: dict[str, Any] = {"picture_source": "draw"}
        if like is not None:
            initial = _values_of(like) | initial | {"issuer": like.issuer_id}
        elif badge is not None:
            initial = _values_of(badge)
        model = badge or like
        said = model.current_version if model else None
        self.picture, self.art = (said.picture, said.art) if said else (None, {})
        super().__init__(data, files, initial=initial, said=said)
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

    def clean_reply_to(self) -> str:
        address = self.cleaned_data["reply_to"]
        return clean_email(address) if address else ""

    def clean(self) -> None:
        super().clean()
        self._check_expiry()
        if not self.errors:
            self._make_pictures()

    def _make_pictures(self) -> None:
        try:
            if self.files or self.cleaned_data["picture_source"] == "draw":
                count_picture(self.whose, by=self.user)
        except ValidationError as error:
            self.add_error(None, error)
        else:
            self.keep_signatures()
            self.make_picture(self.whose)

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

    # --- what the actions want ------------------------------------------------------------------

    @property
    def whose(self) -> Issuer:
        """The organisation that awards it."""
        issuer: Issuer = self.badge.issuer if self.badge else self.cleaned_data["issuer"]
        return issuer

    def content(self) -> BadgeContent:
        said = self.cleaned_data
        assert self.picture is not None  # noqa: S101  clean() made it or found an error
        has_certificate = said["has_certificate"]
        return BadgeContent(
            name=said["name"],
            description=said["description"],
            achievement_type=said["achievement_type"],
            criteria_to_earn=said["criteria_to_earn"],
            criteria_to_maintain=said["criteria_to_maintain"],
            skills=said["skills"],
            picture=self.picture,
            art=self.art,
            certificate_design=self.design if has_certificate else "",
            certificate_colour=self.whose.brand_colour if has_certificate and said["in_our_colour"] else "",
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


_LIVE_FIELDS = (
    "default_visibility",
    "invites_earners",
    "has_linkedin_button",
    "linkedin_organization_id",
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
        **art_values(said.art),
        **certificate_values(said),
        **{name: getattr(badge, name) for name in (*_LIVE_FIELDS, "expiry_rule", "expiry_months", "expiry_on")},
    }


def free_slug(name: str) -> str:
    """An address for a badge of this name that no other badge has."""
    stem = slugify(name)[:60].strip("-") or "badge"
    taken = set(Badge.objects.filter(slug__startswith=stem).values_list("slug", flat=True))
    candidates: Iterable[str] = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 3)))
    return next(slug for slug in candidates if slug not in taken)
