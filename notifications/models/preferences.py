from collections.abc import Iterable
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from issuers.models import Issuer
from notifications.models.outbox import MessageKind

if TYPE_CHECKING:
    from uuid import UUID


class OptionalMail(models.TextChoices):
    """What an earner may do without. Whatever else we write is always sent."""

    REMINDERS = "reminders", _("Reminders to claim a badge")
    EXPIRY = "expiry", _("Mails before a badge expires")

    @property
    def stopped_at(self) -> str:
        """The column that holds since when it is not wanted."""
        return f"{self.value}_stopped_at"

    @property
    def kind(self) -> MessageKind:
        return {OptionalMail.REMINDERS: MessageKind.REMINDER, OptionalMail.EXPIRY: MessageKind.EXPIRING}[self]


class PreferenceQuerySet(models.QuerySet["Preference"]):
    def without(self, mails: OptionalMail) -> Self:
        return self.filter(**{f"{mails.stopped_at}__isnull": False})

    def pairs_of(self, user_ids: "Iterable[UUID | None]") -> "set[tuple[UUID, UUID]]":
        """User and issuer, for asking about many people at once."""
        return set(self.filter(user__in=list(user_ids)).values_list("user_id", "issuer_id"))


class Preference(Row):
    """What mail an earner wants from one organisation."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mail_preferences")
    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="+")
    reminders_stopped_at = models.DateTimeField(null=True, blank=True)
    expiry_stopped_at = models.DateTimeField(null=True, blank=True)

    objects = PreferenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("mail preference")
        verbose_name_plural = _("mail preferences")
        constraints = (models.UniqueConstraint(fields=("user", "issuer"), name="one_preference_a_person_and_issuer"),)

    def __str__(self) -> str:
        return f"{self.user}, {self.issuer}"
