from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from badges.models import Issuance
from issuers.models import Issuer


class CertificateNumber(Row):
    """The number that an organisation's own books know a certificate by, given at issue and kept for ever."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+")
    issuance = models.OneToOneField(Issuance, on_delete=models.PROTECT, related_name="certificate_number")
    # Counts the organisation's certificates from 1.
    number = models.PositiveIntegerField()
    # As it is printed, such as NC-2026-00042.
    text = models.CharField(_("certificate number"), max_length=60)

    class Meta:
        verbose_name = _("certificate number")
        verbose_name_plural = _("certificate numbers")
        constraints = (
            models.UniqueConstraint(fields=("issuer", "number"), name="certificate_numbers_are_unique_in_an_issuer"),
        )

    def __str__(self) -> str:
        return self.text
