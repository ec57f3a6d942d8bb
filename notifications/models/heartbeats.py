from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row


class Heartbeat(Row):
    """When something that must run again and again last did: one row for each loop and each task of the scheduler."""

    name = models.CharField(_("name"), max_length=60, unique=True)
    beat_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("heartbeat")
        verbose_name_plural = _("heartbeats")

    def __str__(self) -> str:
        return self.name
