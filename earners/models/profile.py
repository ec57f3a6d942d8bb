from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import TimestampedRow


class Profile(TimestampedRow):
    """What a person says about themselves. It never changes a badge: what a badge says comes from its issuer."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(_("display name"), max_length=200)
    # When they finished the page that greets them after the first log-in.
    welcomed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return self.display_name
