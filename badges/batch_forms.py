"""What staff say about a file of people: which file, what its columns hold, what a row should say, when it leaves."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.admin_forms import BadgeChoice, DayField, UploadForm, published_badges
from badges.models import Badge, Batch, BatchRow, Column
from badges.row_checks import NARRATIVE_LENGTH
from badges.spreadsheets import problem_with_columns

# Some two thousand people; a browser grows slow with more.
PASTED_LENGTH = 200_000


class FileForm(UploadForm):
    """A file of many people for one badge."""

    badge = BadgeChoice(
        label=gettext_lazy("Badge"), queryset=Badge.objects.none(), empty_label=gettext_lazy("Choose a badge")
    )
    pasted = forms.CharField(
        label=gettext_lazy("Or paste rows"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "spellcheck": "false"}),
        help_text=gettext_lazy("Copied from a spreadsheet, with the headings in the first line."),
        strip=False,
    )
    field_order = ("badge", "file", "pasted")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["badge"].queryset = published_badges(user)  # type: ignore[attr-defined]
        self.fields["file"].required = False

    def clean_pasted(self) -> str:
        pasted: str = self.cleaned_data["pasted"]
        if len(pasted) > PASTED_LENGTH:
            raise ValidationError(
                _("You pasted %(length)d characters; at most %(limit)d fit. Upload them as a file."),
                params={"length": len(pasted), "limit": PASTED_LENGTH},
            )
        return pasted if pasted.strip() else ""

    def clean(self) -> None:
        if self.errors:
            return
        file, pasted = self.cleaned_data["file"], self.cleaned_data["pasted"]
        if file is None and not pasted:
            self.add_error("file", _("Choose a file, or paste rows below."))
        elif file is not None and pasted:
            self.add_error("pasted", _("Either choose a file or paste rows, not both."))

    @property
    def given(self) -> str:
        """The field in which the rows are."""
        return "pasted" if self.cleaned_data["pasted"] else "file"

    def table(self) -> tuple[bytes, str]:
        """The rows as bytes, and the name of their file."""
        if pasted := self.cleaned_data["pasted"]:
            return pasted.encode(), _("Pasted rows")
        file = self.cleaned_data["file"]
        return file.read(), file.name


class ColumnsForm(forms.Form):
    """What each column of a file holds."""

    def __init__(self, data: Any = None, *, batch: Batch, samples: Sequence[Sequence[str]]) -> None:
        super().__init__(data)
        column_at = {place: column for column, place in batch.columns.items()}
        self.places = [place for place, heading in enumerate(batch.header) if heading]
        self._samples = samples
        for place in self.places:
            self.fields[f"column_{place}"] = forms.ChoiceField(
                label=batch.header[place],
                choices=[("", _("Not read")), *Column.choices],
                required=False,
                initial=column_at.get(place, ""),
            )

    def rows(self) -> list[tuple[forms.BoundField, list[str]]]:
        """Each column with what stands in it in the first lines."""
        return [
            (self[f"column_{place}"], [row[place][:60] for row in self._samples if place < len(row)])
            for place in self.places
        ]

    def clean(self) -> None:
        chosen = [(self.cleaned_data.get(f"column_{place}"), place) for place in self.places]
        self.columns = {str(column): place for column, place in chosen if column}
        if len(self.columns) < sum(bool(column) for column, _place in chosen):
            raise ValidationError(_("Two columns hold the same. Choose one of them."))
        if problem := problem_with_columns(self.columns):
            raise ValidationError(problem)


class RowForm(forms.Form):
    """The cells of one row."""

    def __init__(self, data: Any = None, *, row: BatchRow, batch: Batch) -> None:
        super().__init__(data)
        for column, place in sorted(batch.columns.items(), key=lambda item: item[1]):
            is_long = column == Column.NARRATIVE
            self.fields[column] = forms.CharField(
                label=Column(column).label,
                required=False,
                initial=row.cell(batch.header[place]),
                max_length=NARRATIVE_LENGTH if is_long else 2000,
                widget=forms.Textarea(attrs={"rows": 3}) if is_long else forms.TextInput,
                help_text=_("In the file: %(heading)s") % {"heading": batch.header[place]},
                strip=False,
            )

    def values(self) -> Mapping[str, str]:
        return self.cleaned_data


class LeavingForm(forms.Form):
    """When a confirmed batch leaves. Empty: when the time to undo is over."""

    leaves_on = DayField(label=gettext_lazy("Day"), required=False)
    leaves_time = forms.TimeField(
        label=gettext_lazy("Time"),
        required=False,
        input_formats=["%H:%M", "%H:%M:%S"],
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        initial=time(9),
        error_messages={"invalid": gettext_lazy("Write the time like 09:00.")},
    )

    def __init__(self, data: Any = None, *, badge: Badge) -> None:
        super().__init__(data)
        self.zone = badge.issuer.time_zone
        self.fields["leaves_on"].help_text = _("In your organisation's time zone, %(zone)s.") % {"zone": self.zone}

    def clean(self) -> None:
        day = self.cleaned_data.get("leaves_on")
        self.leaves_at: datetime | None = None
        if day is not None:
            at = self.cleaned_data.get("leaves_time") or time(9)
            self.leaves_at = datetime.combine(day, at, tzinfo=ZoneInfo(self.zone))
            if self.leaves_at < clock.now():
                raise ValidationError({"leaves_on": _("This is over. Choose a later day, or leave it empty.")})
