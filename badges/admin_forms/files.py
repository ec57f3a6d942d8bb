"""The file that staff bring."""

from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class UploadForm(forms.Form):
    """A table that is read line by line."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        allow_empty_file=True,
        help_text=gettext_lazy("CSV or Excel (XLSX). The first row names the columns."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,.tsv,.xlsx"}),
    )

    def clean_file(self) -> "UploadedFile[Any] | None":
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file and file.size and file.size > settings.BATCH_BYTES_LIMIT:
            raise ValidationError(
                _("The file has %(size).1f MB; at most %(limit).0f MB fit. Split it."),
                params={"size": file.size / 1_000_000, "limit": settings.BATCH_BYTES_LIMIT / 1_000_000},
            )
        return file
