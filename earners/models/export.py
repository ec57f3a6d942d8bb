from datetime import datetime
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Being prepared")
    READY = "ready", _("Ready")
    FAILED = "failed", _("Could not be made")


class ExportQuerySet(models.QuerySet["Export"]):
    def free(self, at: datetime) -> Self:
        """Waiting, and no worker is at it."""
        return self.filter(state=ExportState.WAITING).filter(Q(claimed_until=None) | Q(claimed_until__lte=at))

    def usable(self, at: datetime) -> Self:
        return self.filter(state=ExportState.READY, expires_at__gt=at)


class Export(Row):
    """Everything that is held about a person, as one ZIP file for them. Made by workers, in rounds; gone after days."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    state = models.CharField(max_length=10, choices=ExportState.choices, default=ExportState.WAITING)
    # Until then a worker has it to itself.
    claimed_until = models.DateTimeField(null=True, blank=True)
    # Rounds in a row that were begun and not finished.
    tries = models.PositiveIntegerField(default=0)
    # The last issuance whose certificate is drawn: the next round goes on behind it.
    drawn_up_to = models.UUIDField(null=True, blank=True)
    size_bytes = models.PositiveBigIntegerField(default=0)
    ready_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("user",), name="one_export_a_person"),
            models.CheckConstraint(
                name="an_export_is_ready_when_it_has_an_end",
                condition=Q(state="ready", ready_at__isnull=False, expires_at__isnull=False)
                | (~Q(state="ready") & Q(ready_at=None, expires_at=None)),
            ),
        )

    def __str__(self) -> str:
        return self.get_state_display()


class ExportPart(Row):
    """A piece of the file: neither a worker nor the web server ever has more than one in memory."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    content = models.BinaryField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=("export", "number"), name="export_parts_are_unique"),)

    def __str__(self) -> str:
        return str(self.number)
