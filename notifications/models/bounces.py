from collections.abc import Iterable
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from badgecert.core.text import canonical_email
from issuers.models import Issuer
from notifications.models.outbox import Message

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class BounceKind(models.TextChoices):
    # The mailbox does not exist, or will never take our mail.
    HARD = "hard", _("Bounced")
    # Full or away for now. Noted, and nothing follows from it.
    SOFT = "soft", _("Delayed")
    # The person called it spam, or asked the provider for no more.
    COMPLAINT = "complaint", _("Not wanted")


STOPS_MAIL = (BounceKind.HARD, BounceKind.COMPLAINT)


class BounceQuerySet(models.QuerySet["Bounce"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        if user.is_authenticated and user.is_superuser:
            return self.all()
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def standing(self) -> Self:
        """What stops reminders until somebody has done something about it."""
        return self.filter(kind__in=STOPS_MAIL, settled_at=None)

    def stopping(self, messages: Iterable[Message]) -> set[UUID]:
        """The ids of those messages whose address takes no more mail of their organisation, in one query."""
        addressed = [(message.pk, (message.issuer_id, canonical_email(message.to_address))) for message in messages]
        keys = {key for _id, (_issuer_id, key) in addressed if key}
        stopped = set(self.standing().filter(address_key__in=keys).values_list("issuer_id", "address_key"))
        return {message_id for message_id, whose in addressed if whose in stopped}


class Bounce(Row):
    """What a mail provider told of a mail after taking it.

    It holds for the organisation whose mail it was: another one finds out with its own mail, so that none can stop or
    clear the mail of another.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, null=True, blank=True, related_name="bounces")
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="bounces")
    # In its canonical form; empty once the person is erased.
    address_key = models.CharField(max_length=254, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=BounceKind.choices)
    # As the provider counts it.
    happened_at = models.DateTimeField(_("when"))
    # What the other mail server said; staff read it.
    detail = models.CharField(_("why"), max_length=300, blank=True)
    # The address was corrected, the mail was sent once more, or nothing more is to be done.
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)

    objects = BounceQuerySet.as_manager()

    class Meta:
        verbose_name = _("bounce")
        verbose_name_plural = _("bounces")
        ordering = ("-happened_at", "-id")
        # A provider may tell the same twice: the second time changes nothing.
        constraints = (models.UniqueConstraint(fields=("message", "kind"), name="bounce_is_noted_once"),)
        indexes = (
            models.Index(
                fields=("issuer", "address_key"),
                condition=Q(kind__in=STOPS_MAIL, settled_at=None),
                name="bounces_that_stop_mail",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.address_key}"
