from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row, TimestampedRow
from badges.models.badge import Badge, BadgeVersion
from badges.models.issuance import Issuance
from issuers.models import Issuer

if TYPE_CHECKING:
    from datetime import datetime

    from badgecert.accounts.models import User


class BatchState(models.TextChoices):
    DRAFT = "draft", _("Not sent yet")
    CONFIRMED = "confirmed", _("Can still be undone")
    ISSUED = "issued", _("Issued")
    UNDONE = "undone", _("Undone")


class BatchQuerySet(models.QuerySet["Batch"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def due(self, at: "datetime") -> Self:
        """Confirmed, and their time to undo has passed."""
        return self.filter(state=BatchState.CONFIRMED, due_at__lte=at)


class Batch(TimestampedRow):
    """Many issuances at once, from one file. Rows stay drafts until the time to undo has passed."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches", verbose_name=_("organisation"))
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="batches", verbose_name=_("badge"))
    # What staff saw in the preview is what is issued, whatever happens to the badge meanwhile.
    badge_version = models.ForeignKey(BadgeVersion, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.DRAFT)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(_("leaves"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("badge", "file_sha256"),
                condition=Q(state__in=("confirmed", "issued")),
                name="the_same_file_is_issued_once",
            ),
        )
        indexes = (models.Index(fields=("due_at",), condition=Q(state="confirmed"), name="batches_due"),)

    def __str__(self) -> str:
        return self.file_name


class BatchRowQuerySet(models.QuerySet["BatchRow"]):
    def ready(self) -> Self:
        """Can be issued, and was not yet."""
        return self.filter(problem="", issuance=None)

    def held(self) -> Self:
        return self.exclude(problem="")


class BatchRow(Row):
    """One line of a batch's file: what it asks for, or why it cannot be."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    # As a spreadsheet counts: the header is line 1.
    line = models.PositiveIntegerField()
    # [[heading, cell], …] as they stood in the file and in its order: a refused row goes back as it came.
    cells = models.JSONField(default=list)
    recipient_name = models.CharField(max_length=200, blank=True)
    recipient_email = models.CharField(max_length=254, blank=True)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)
    evidence_url = models.CharField(max_length=2000, blank=True)
    narrative = models.TextField(blank=True)
    # Empty: the row can be issued.
    problem = models.CharField(max_length=300, blank=True)
    issuance = models.OneToOneField(Issuance, on_delete=models.PROTECT, null=True, related_name="batch_row")

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of batches")
        ordering = ("batch", "line")
        constraints = (models.UniqueConstraint(fields=("batch", "line"), name="a_line_stands_in_a_batch_once"),)
        indexes = (
            models.Index(fields=("batch", "line"), condition=Q(problem="", issuance=None), name="rows_to_issue"),
        )

    def __str__(self) -> str:
        return f"{self.line}: {self.recipient_email}"
