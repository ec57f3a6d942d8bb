from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from badges.models.badge import Badge


class BadgeDay(Row):
    """What became of a badge, by the day: a sum of rows that stand elsewhere, so that a dashboard need not read them.

    Counted anew whenever one of those rows changes; it may be thrown away. Days are in UTC.
    """

    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="days")
    day = models.DateField(_("day"))

    # Of those that were issued on this day, how many by now …
    issued = models.PositiveIntegerField(default=0)
    delivered = models.PositiveIntegerField(default=0)
    claimed = models.PositiveIntegerField(default=0)
    shared = models.PositiveIntegerField(default=0)
    # … were shared, and then looked at by somebody else.
    verified = models.PositiveIntegerField(default=0)

    # Whatever happened on this day, whenever the badge was issued.
    claims = models.PositiveIntegerField(default=0)
    shares = models.PositiveIntegerField(default=0)
    looks = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("figures of a day")
        verbose_name_plural = _("figures of days")
        constraints = (models.UniqueConstraint(fields=("badge", "day"), name="figures_of_a_day_stand_once"),)

    def __str__(self) -> str:
        return str(self.day)
