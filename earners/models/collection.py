from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row, TimestampedRow
from badges.models import Issuance

if TYPE_CHECKING:
    from badgecert.accounts.models import User

TITLE_LENGTH = 60


class CollectionQuerySet(models.QuerySet["Collection"]):
    def of(self, user: "User") -> Self:
        return self.filter(user=user)


class Collection(TimestampedRow):
    """Some of one's badges, in an order of one's own, such as "Clinical" or "For recruiters"."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="collections")
    title = models.CharField(_("title"), max_length=TITLE_LENGTH)
    # The last part of its public address.
    slug = models.SlugField(max_length=TITLE_LENGTH, allow_unicode=True)
    is_published = models.BooleanField(default=False)

    objects = CollectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("collection")
        verbose_name_plural = _("collections")
        ordering = ("created_at", "id")
        constraints = (models.UniqueConstraint(fields=("user", "slug"), name="collection_addresses_are_unique"),)

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """For its owner."""
        return reverse("earners:collection", args=[self.pk])


class CollectionItem(Row):
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="items")
    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, related_name="collected")
    position = models.PositiveIntegerField()

    class Meta:
        ordering = ("position", "id")
        constraints = (models.UniqueConstraint(fields=("collection", "issuance"), name="collected_once"),)

    def __str__(self) -> str:
        return str(self.position)
