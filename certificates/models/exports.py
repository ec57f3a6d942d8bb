from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from badges.models import Batch, Issuance
from certificates.models.documents import Document
from issuers.models import Issuer

if TYPE_CHECKING:
    from datetime import datetime

    from badgecert.accounts.models import User


class ExportQuerySet(models.QuerySet["Export"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(batch__issuer__in=Issuer.objects.managed_by(user))

    def free(self, at: "datetime") -> Self:
        """Not finished, and nobody is at it."""
        return self.filter(finished_at=None).filter(Q(leased_until=None) | Q(leased_until__lt=at))


class Export(Row):
    """The certificates of a batch, made one after the other by a worker, to be fetched as one ZIP file."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="exports")
    paper = models.CharField(_("paper"), max_length=10)
    requested_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # A worker that fell silent loses it to the next one.
    leased_until = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of certificates")
        verbose_name_plural = _("exports of certificates")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("batch", "paper"), condition=Q(finished_at=None), name="a_batch_is_exported_once_at_a_time"
            ),
        )

    def __str__(self) -> str:
        return f"{self.batch} ({self.paper})"


class ExportItem(Row):
    """One certificate of an export: made, refused with a sentence, or still to be made."""

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="items")
    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="+")
    # Gone again when the person is erased.
    document = models.ForeignKey(Document, on_delete=models.SET_NULL, null=True, related_name="+")
    problem = models.CharField(max_length=300, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("certificate of an export")
        verbose_name_plural = _("certificates of an export")
        constraints = (
            models.UniqueConstraint(fields=("export", "issuance"), name="an_export_has_each_certificate_once"),
        )

    def __str__(self) -> str:
        return str(self.pk)
