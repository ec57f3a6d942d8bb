from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row


class SitePause(Row):
    """While its one row stands, no mail leaves this site at all. An organisation's own pause stands on the Issuer."""

    # True in the only row there can be.
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    paused_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.CharField(_("why it is paused"), max_length=300)

    class Meta:
        verbose_name = _("pause of all mail")
        verbose_name_plural = _("pauses of all mail")
        constraints = (models.CheckConstraint(name="mail_pauses_once", condition=models.Q(is_only=True)),)

    def __str__(self) -> str:
        return self.reason
