from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import TimestampedRow
from badges.models import Badge
from issuers.models import Issuer
from notifications.models.outbox import CHANGES, MessageKind

if TYPE_CHECKING:
    from badgecert.accounts.models import User

# Where an organisation may choose the words. An answer to a request it writes itself, each time; and the words about an
# account are the site's, so that nobody can make them look like something else.
WORDED = (MessageKind.ISSUANCE, MessageKind.REMINDER, *CHANGES, MessageKind.EXPIRING)

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
    kind = models.CharField(_("kind"), max_length=20, choices=[(kind.value, kind.label) for kind in WORDED])
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
