from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from issuers.models import Issuer


class ExpirySweep(Row):
    """How far the mails about what expires are owed, for one organisation. It makes a sweep cheap, not right.

    That nobody is told twice is for the facts to see to.
    """

    issuer = models.OneToOneField(Issuer, on_delete=models.PROTECT, related_name="+")
    # The last day, in the organisation's zone, of which everything is owed.
    swept_on = models.DateField()
    # A day that is begun, and the last person who was looked at.
    sweeping_on = models.DateField(null=True)
    reached = models.UUIDField(null=True)

    class Meta:
        verbose_name = _("sweep of what expires")
        verbose_name_plural = _("sweeps of what expires")

    def __str__(self) -> str:
        return f"{self.issuer}, {self.swept_on}"
