"""What staff type to make a badge, to issue it, and to say why."""

from badges.admin_forms.badges import BadgeForm
from badges.admin_forms.days import DAY_FORMATS, DayField, DayInput
from badges.admin_forms.files import UploadForm
from badges.admin_forms.issuing import BadgeChoice, IssueForm, opened, published_badges
from badges.admin_forms.pictures import art_from
from badges.admin_forms.reasons import DecisionForm, ReasonForm

__all__ = [
    "DAY_FORMATS",
    "BadgeChoice",
    "BadgeForm",
    "DayField",
    "DayInput",
    "DecisionForm",
    "IssueForm",
    "ReasonForm",
    "UploadForm",
    "art_from",
    "opened",
    "published_badges",
]
