from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import TimestampedRow
from badges.models import Badge
from issuers.models import Issuer
from notifications.models.outbox import MessageKind

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class WordedMail(models.TextChoices):
    """A mail whose words an organisation may choose: a kind of message, or one turn of a request.

    The words about an account are the site's (decision 040).
    """

    ISSUANCE = MessageKind.ISSUANCE.value, MessageKind.ISSUANCE.label
    REMINDER = MessageKind.REMINDER.value, MessageKind.REMINDER.label
    CORRECTED = MessageKind.CORRECTED.value, MessageKind.CORRECTED.label
    RENEWED = MessageKind.RENEWED.value, MessageKind.RENEWED.label
    SUSPENDED = MessageKind.SUSPENDED.value, MessageKind.SUSPENDED.label
    RESTORED = MessageKind.RESTORED.value, MessageKind.RESTORED.label
    REVOKED = MessageKind.REVOKED.value, MessageKind.REVOKED.label
    EXPIRING = MessageKind.EXPIRING.value, MessageKind.EXPIRING.label
    REQUEST_ASKED = "request_asked", _("Request passed on")
    REQUEST_ASKED_BACK = "request_asked_back", _("Question about a request")
    REQUEST_ANSWERED = "request_answered", _("Request answered")
    REQUEST_APPROVED = "request_approved", _("Request done")
    REQUEST_DECLINED = "request_declined", _("Request declined")

    @property
    def kind(self) -> MessageKind:
        return MessageKind.REQUEST if self in REQUEST_TURNS else MessageKind(self.value)


REQUEST_TURNS = (
    WordedMail.REQUEST_ASKED,
    WordedMail.REQUEST_ASKED_BACK,
    WordedMail.REQUEST_ANSWERED,
    WordedMail.REQUEST_APPROVED,
    WordedMail.REQUEST_DECLINED,
)

SUBJECT_LENGTH = 60
OPENING_LENGTH = 600


class WordingQuerySet(models.QuerySet["Wording"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))


class Wording(TimestampedRow):
    """An organisation's own subject and opening words of one kind of mail: of one badge, or of all that have none.

    Empty words are the site's own. Change one only through notifications.actions.wordings.
    """

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="wordings")
    # None: of every badge without its own.
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, null=True, related_name="wordings")
    kind = models.CharField(_("kind"), max_length=20, choices=WordedMail.choices)
    subject = models.CharField(_("subject"), max_length=SUBJECT_LENGTH, blank=True)
    opening = models.CharField(_("opening words"), max_length=OPENING_LENGTH, blank=True)

    objects = WordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording of a mail")
        verbose_name_plural = _("wordings of mails")
        constraints = (
            models.UniqueConstraint(fields=("issuer", "kind"), condition=Q(badge=None), name="one_wording_of_a_kind"),
            models.UniqueConstraint(fields=("badge", "kind"), name="one_wording_of_a_kind_and_badge"),
            models.CheckConstraint(name="a_wording_says_something", condition=~Q(subject="", opening="")),
        )

    def __str__(self) -> str:
        return self.get_kind_display()
