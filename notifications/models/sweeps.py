from django.db import models

from badgecert.core.models import Row


class MailMinute(Row):
    """How many messages one organisation, or one domain of recipients, was given for one minute."""

    key = models.CharField(max_length=300)
    minute_at = models.DateTimeField()
    taken = models.PositiveIntegerField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("key", "minute_at"), name="minute_is_counted_once"),)
        indexes = (models.Index(fields=("minute_at",), name="mail_minutes_by_time"),)

    def __str__(self) -> str:
        return f"{self.key}, {self.minute_at:%Y-%m-%d %H:%M}"


class CalendarSweep(Row):
    """When a sweep that follows the calendar last ran, so that a clock gone wrong is noticed before it mails anybody."""

    name = models.CharField(max_length=60, unique=True)
    swept_at = models.DateTimeField()
    # The time that the clock jumped to; believed when a second sweep finds it still there.
    doubted_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name
