"""What staff type to correct or renew what was issued, beside what it says now."""

from collections.abc import Iterator
from datetime import date
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.core import clock
from badgecert.core.dates import long_date
from badgecert.core.text import NAME_LENGTH, clean_line, clean_person_name
from badges.admin_forms import DAY_FORMATS, DayInput, DecisionForm
from badges.models import Issuance, IssuanceVersion
from badges.models.issuance import IssuanceQuerySet
from badges.renewing import renewed_until
from badges.row_checks import NARRATIVE_LENGTH, clean_evidence, problem_with_dates, problem_with_letters

EVIDENCE_LIMIT = 10

_IN_OWN_WORDS, _NOT_SHOWN = "own", "none"
_ALIKE = 0.5


class Row(NamedTuple):
    """One line of the comparison: what it says now, and the control that says what it will say."""

    field: BoundField
    now: str
    is_changed: bool
    # What was put in and taken out, where that can be seen at a glance.
    difference: str = ""


class OtherBadges(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # a class without parameters at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.current_version.badge_version.name}, {long_date(obj.current_version.issued_on)}"


class _NextVersionForm(DecisionForm):
    """It is made from the version that its reader saw: who was overtaken looks again."""

    seen_version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, issuance: Issuance, initial: dict[str, Any] | None = None) -> None:
        self.issuance = issuance
        self.now_says: IssuanceVersion = issuance.current_version
        super().__init__(data, initial={"seen_version": self.now_says.number, **(initial or {})})

    def clean(self) -> None:
        if self.cleaned_data.pop("seen_version", None) != self.now_says.number:
            raise ValidationError(
                _("Somebody changed this badge meanwhile. Check what it says now and enter the change again.")
            )


class HistoryForm(DecisionForm):
    """Why something is corrected: for one's own records, and what the public history says."""

    public_reason = forms.ChoiceField(
        label=gettext_lazy("The public history says"),
        choices=[
            ("name", gettext_lazy("Change of name")),
            ("spelling", gettext_lazy("Misspelling")),
            ("date", gettext_lazy("Wrong date")),
            (_IN_OWN_WORDS, gettext_lazy("In your words")),
            (_NOT_SHOWN, gettext_lazy("No reason")),
        ],
        widget=forms.RadioSelect,
        initial=_NOT_SHOWN,
        help_text=gettext_lazy("It always says what was corrected and when, and never what it said before."),
    )
    public_words = forms.CharField(label=gettext_lazy("Your words, shown to everybody"), required=False, max_length=120)
    hides_earlier_name = forms.BooleanField(
        label=gettext_lazy("Hide the earlier name"),
        required=False,
        help_text=gettext_lazy("Old versions and old certificates then check as superseded without naming anybody."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reason = self.fields["reason"]
        reason.label, reason.help_text = _("Why, for your records"), _("Only your staff reads this.")

    def clean_public_words(self) -> str:
        return clean_line(self.cleaned_data["public_words"], limit=120)

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        chosen, words = said.get("public_reason"), said.pop("public_words", "")
        if chosen == _IN_OWN_WORDS and not words and "public_words" not in self.errors:
            self.add_error("public_words", _("Write what the public history is to say."))
        said["public_reason"] = words if chosen == _IN_OWN_WORDS else _public_words(chosen)


class CorrectionForm(HistoryForm, _NextVersionForm):
    """What the badge is to say, beginning with what it says now or with what its earner asked for."""

    recipient_name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_LENGTH)
    issued_on = forms.DateField(label=gettext_lazy("Issued on"), widget=DayInput(), input_formats=DAY_FORMATS)
    expires_on = forms.DateField(
        label=gettext_lazy("Valid until"),
        required=False,
        widget=DayInput(),
        input_formats=DAY_FORMATS,
        help_text=gettext_lazy("The last valid day. Empty: it never expires."),
    )
    narrative = forms.CharField(
        label=gettext_lazy("What they did"),
        required=False,
        max_length=NARRATIVE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    evidence = forms.CharField(
        label=gettext_lazy("Evidence"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("One web address on each line, followed by a space and its title."),
    )

    def __init__(self, data: Any = None, *, issuance: Issuance, initial: dict[str, Any] | None = None) -> None:
        now_says = issuance.current_version
        super().__init__(
            data,
            issuance=issuance,
            initial={
                **{
                    name: getattr(now_says, name) for name in ("recipient_name", "issued_on", "expires_on", "narrative")
                },
                "evidence": _evidence_lines(now_says.evidence),
                "hides_earlier_name": now_says.hides_earlier_name,
                **(initial or {}),
            },
        )
        if now_says.hides_earlier_name:
            self.fields["hides_earlier_name"].disabled = True
        others = _others_with_this_name(issuance)
        if others:
            self.fields["also"] = OtherBadges(
                queryset=others,
                label=_("Correct the name on their other badges from you, too"),
                required=False,
                widget=forms.CheckboxSelectMultiple,
                initial=others if self.corrects_others_too else None,
            )

    @property
    def corrects_others_too(self) -> bool:
        """Their earner asked for another name: it is meant for all of them."""
        return "recipient_name" in self.initial and self.initial["recipient_name"] != self.now_says.recipient_name

    def compared(self) -> Iterator[Row]:
        now_says = self.now_says
        until = long_date(now_says.expires_on) if now_says.expires_on else _("No end")
        for name, shown, now in (
            ("recipient_name", now_says.recipient_name, now_says.recipient_name),
            ("issued_on", long_date(now_says.issued_on), now_says.issued_on),
            ("expires_on", until, now_says.expires_on),
            ("narrative", now_says.narrative, now_says.narrative),
            ("evidence", _evidence_lines(now_says.evidence), _evidence_lines(now_says.evidence)),
        ):
            bound = self[name]
            typed = _as_typed(bound.value())
            difference = difference_between(_as_typed(now), typed) if name == "recipient_name" else ""
            yield Row(bound, shown, typed != _as_typed(now), difference)

    def clean_recipient_name(self) -> str:
        name = clean_person_name(self.cleaned_data["recipient_name"])
        if name != self.now_says.recipient_name and (
            problem := problem_with_letters(name, self.now_says.badge_version)
        ):
            raise ValidationError(problem)
        return name

    def clean_narrative(self) -> str:
        # A browser sends other line ends than it was given.
        return str(self.cleaned_data["narrative"]).replace("\r\n", "\n")

    def clean_evidence(self) -> list[dict[str, str]]:
        evidence = []
        for line in self.cleaned_data["evidence"].splitlines():
            address, _space, title = line.strip().partition(" ")
            if address:
                url = clean_evidence(address)
                evidence.append({"name": clean_line(title) or url, "url": url})
        if len(evidence) > EVIDENCE_LIMIT:
            raise ValidationError(_("Give at most %(limit)d web addresses."), params={"limit": EVIDENCE_LIMIT})
        return evidence

    def clean(self) -> None:
        super().clean()
        said = self.cleaned_data
        if "issued_on" in said and "expires_on" in said:
            today = clock.today(self.issuance.issuer.time_zone)
            if problem := problem_with_dates(said["issued_on"], said["expires_on"], today=today):
                self.add_error("expires_on" if said["issued_on"] <= today else "issued_on", problem)
        if not self.errors and not self.stated():
            raise ValidationError(_("Nothing differs from what the badge says now."))

    def stated(self) -> dict[str, Any]:
        """What is to be said anew."""
        names = ("recipient_name", "issued_on", "expires_on", "narrative", "evidence")
        return {
            name: self.cleaned_data[name] for name in names if self.cleaned_data[name] != getattr(self.now_says, name)
        }

    def how(self) -> dict[str, Any]:
        """Why, and what the public history says."""
        return {name: self.cleaned_data[name] for name in ("reason", "public_reason", "hides_earlier_name", "notify")}

    def others(self) -> list[Issuance]:
        """On which other badges the name is corrected with this one."""
        return list(self.cleaned_data.get("also", ())) if "recipient_name" in self.stated() else []

    def correction(self) -> dict[str, Any]:
        """What correct_issuance wants to know."""
        return {**self.how(), "also": self.others(), **self.stated()}

    def corrections(self) -> list[tuple[Issuance, dict[str, Any]]]:
        """What propose_changes wants to know."""
        stated = self.stated()
        return [
            (self.issuance, stated),
            *((one, {"recipient_name": stated["recipient_name"]}) for one in self.others()),
        ]


class RenewalForm(_NextVersionForm):
    """Until when it is valid from now on."""

    expires_on = forms.DateField(label=gettext_lazy("Valid until"), widget=DayInput(), input_formats=DAY_FORMATS)

    def __init__(self, data: Any = None, *, issuance: Issuance, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, issuance=issuance, initial={"expires_on": renewed_until(issuance), **(initial or {})})
        self.fields["reason"].required = False

    def compared(self) -> Iterator[Row]:
        old = self.now_says.expires_on
        yield Row(self["expires_on"], long_date(old) if old else _("No end"), is_changed=True)

    def clean(self) -> None:
        super().clean()
        expires_on, old = self.cleaned_data.get("expires_on"), self.now_says.expires_on
        if expires_on is None:
            return
        if old is None:
            raise ValidationError(_("This badge never expires, so there is nothing to renew."))
        if expires_on <= old:
            self.add_error("expires_on", _("Choose a day after %(day)s.") % {"day": long_date(old)})
        elif problem := problem_with_dates(
            self.now_says.issued_on, expires_on, today=clock.today(self.issuance.issuer.time_zone)
        ):
            self.add_error("expires_on", problem)


def difference_between(now: str, after: str) -> str:
    """+ “-Lindqvist”; - “x”. Of words that have nothing in common nothing is said."""
    steps = SequenceMatcher(None, now, after, autojunk=False)
    if not now or not after or steps.ratio() < _ALIKE:
        return ""
    parts = []
    for step, start, end, new_start, new_end in steps.get_opcodes():
        parts += [f"− “{now[start:end]}”"] if step in {"delete", "replace"} else []  # noqa: RUF001  a minus
        parts += [f"+ “{after[new_start:new_end]}”"] if step in {"insert", "replace"} else []
    return ", ".join(parts)


def _others_with_this_name(issuance: Issuance) -> IssuanceQuerySet:
    """What the same person holds from the same organisation under the same name."""
    held = Issuance.objects.standing().filter(
        issuer=issuance.issuer,
        earner=issuance.earner,
        earner__isnull=False,
        current_version__recipient_name=issuance.current_version.recipient_name,
    )
    return held.exclude(pk=issuance.pk).select_related("current_version__badge_version")


def _as_typed(value: date | str | None) -> str:
    return value.isoformat() if isinstance(value, date) else (value or "").replace("\r\n", "\n")


def _public_words(chosen: str | None) -> str:
    return {"name": _("change of name"), "spelling": _("misspelling"), "date": _("wrong date")}.get(chosen or "", "")


def _evidence_lines(evidence: list[dict[str, str]]) -> str:
    return "\n".join(
        item["url"] if item["name"] == item["url"] else f"{item['url']} {item['name']}" for item in evidence
    )
