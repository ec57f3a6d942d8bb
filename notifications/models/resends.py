from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from notifications.models.outbox import Message


class Resend(Row):
    """A message that staff sent again, and the new one. Who and why stands in the audit trail."""

    original = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="resends")
    message = models.OneToOneField(Message, on_delete=models.PROTECT, related_name="resend_of")

    class Meta:
        verbose_name = _("resend")
        verbose_name_plural = _("resends")

    def __str__(self) -> str:
        return str(self.message)
