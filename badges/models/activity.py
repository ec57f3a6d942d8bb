from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import TimestampedRow
from badges.models.issuance import Issuance


class ActivityKind(models.TextChoices):
    """What others do with a badge, and its earner to show it."""

    # Somebody looked at its public page, which is the answer to whether it is good.
    OPENED = "opened", _("Opened")
    # Somebody brought its file to be checked.
    CHECKED = "checked", _("Checked as a file")
    # Its earner pressed one of our buttons to share it; or sent it by mail.
    SHARED = "shared", _("Shared")


# Together they are how often a badge was verified by others.
VERIFIED = (ActivityKind.OPENED, ActivityKind.CHECKED)


class Activity(TimestampedRow):
    """How often something happened to a badge on one day: a number, and never who or from where.

    Counted only through badges.activity.
    """

    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="activity")
    # In UTC.
    day = models.DateField(_("day"))
    kind = models.CharField(_("what"), max_length=10, choices=ActivityKind.choices)
    number = models.PositiveIntegerField(_("times"))

    class Meta:
        verbose_name = _("activity")
        verbose_name_plural = _("activity")
        constraints = (
            models.UniqueConstraint(fields=("issuance", "day", "kind"), name="activity_of_a_day_is_one_number"),
        )
        indexes = (
            models.Index(fields=("day",), name="activity_by_day"),
            # What changed since the figures were last counted.
            models.Index(fields=("updated_at",), name="activity_by_change"),
        )

    def __str__(self) -> str:
        return f"{self.day}, {self.kind}: {self.number}"
