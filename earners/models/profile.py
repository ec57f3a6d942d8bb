from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row, TimestampedRow


class Profile(TimestampedRow):
    """What a person says about themselves. It never changes a badge: what a badge says comes from its issuer."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="profile")
    display_name = models.CharField(_("display name"), max_length=200)
    employer = models.CharField(_("employer"), max_length=200, blank=True)
    job_title = models.CharField(_("job title"), max_length=200, blank=True)
    place = models.CharField(_("place"), max_length=200, blank=True)
    about = models.TextField(_("about"), blank=True)
    # Web addresses, as checked by earners.forms.
    links = models.JSONField(_("links"), default=list, blank=True)
    # When they finished the page that greets them after the first log-in.
    welcomed_at = models.DateTimeField(null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")

    def __str__(self) -> str:
        return self.display_name


class Photo(Row):
    """A person's photo, made anew from what they uploaded. Unlike a badge's picture it goes when they want it gone."""

    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, related_name="photo")
    webp = models.BinaryField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return str(self.profile)
