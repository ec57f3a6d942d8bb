from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row, TimestampedRow
from badges.models import Issuance

PUBLIC_NAME_LENGTH = 40


class ProfileQuerySet(models.QuerySet["Profile"]):
    def listed(self) -> Self:
        """Whose public page search engines may list: it is on, shows something, and its owner wants it found."""
        return self.filter(is_public=True).filter(Exists(Issuance.objects.listed().filter(earner=OuterRef("user"))))


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

    # The last part of the address of their public page, chosen by them.
    public_name = models.SlugField(
        _("name in the address"), max_length=PUBLIC_NAME_LENGTH, unique=True, null=True, blank=True
    )
    is_public = models.BooleanField(default=False)
    # What their public page says besides the display name.
    shows_photo = models.BooleanField(default=False)
    shows_work = models.BooleanField(default=False)
    shows_about = models.BooleanField(default=False)
    shows_links = models.BooleanField(default=False)

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("profile")
        verbose_name_plural = _("profiles")
        constraints = (
            models.CheckConstraint(
                name="a_public_page_has_a_name", condition=Q(is_public=False) | Q(public_name__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return self.display_name

    def get_absolute_url(self) -> str:
        """Of the public page."""
        return reverse("earners:public_portfolio", args=[self.public_name])

    @property
    def public_url(self) -> str:
        """Empty while their page is off: whoever follows it would read that there is nothing."""
        return f"{settings.BASE_URL}{self.get_absolute_url()}" if self.is_public else ""


class UsedName(Row):
    """A name that a public page has or had. It goes to nobody else, because links to it stand in letters and on paper.

    Only its keyed hash is kept, so that it can outlive the person who is erased.
    """

    name_hash = models.CharField(max_length=64, unique=True)
    # None: erased.
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")

    def __str__(self) -> str:
        return self.name_hash[:12]


class Photo(Row):
    """A person's photo, made anew from what they uploaded. Unlike a badge's picture it goes when they want it gone."""

    profile = models.OneToOneField(Profile, on_delete=models.CASCADE, related_name="photo")
    webp = models.BinaryField()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")

    def __str__(self) -> str:
        return str(self.profile)
