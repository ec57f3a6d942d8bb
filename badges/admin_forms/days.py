"""Days as staff type them."""

from django import forms
from django.utils.translation import gettext_lazy

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
