"""What staff type to issue a badge."""

from typing import Any

from django import forms
from django.core import signing
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.text import NAME_LENGTH, canonical_email, clean_email, clean_person_name
from badges.actions.badges import expiry_for
from badges.actions.issuances import NewIssuance
from badges.admin_forms.days import DayField
from badges.models import Badge, BadgeState
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
from issuers.permissions import issuers_to_issue_for

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
