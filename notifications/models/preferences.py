from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from issuers.models import Issuer


class Preference(Row):
    """What mail an earner wants from one organisation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mail_preferences")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+")
    # Until the earner wants them again. Whatever else we write is always sent.
    reminders_stopped_at = models.DateTimeField(null=True, blank=True)
    expiry_stopped_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = (models.UniqueConstraint(fields=("user", "issuer"), name="one_preference_a_person_and_issuer"),)

    def __str__(self) -> str:
        return f"{self.user}, {self.issuer}"
