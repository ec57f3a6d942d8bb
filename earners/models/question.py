from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row
from issuers.models import Issuer, Topic

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class QuestionQuerySet(models.QuerySet["Question"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def open(self) -> Self:
        """Nobody has answered yet, and there is still somebody to answer to."""
        return self.filter(answered_at=None).exclude(from_address="")


class Question(Row):
    """What somebody who is not logged in asked an organisation on the help page. Nobody has proved who they are.

    The organisation answers by e-mail. When the person behind the address is erased, their words become blank.
    """

    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="questions", verbose_name=_("organisation")
    )
    # Empty: something else, for the general contact.
    topic = models.CharField(_("topic"), max_length=20, choices=Topic.choices, blank=True)
    name = models.CharField(_("name"), max_length=200, blank=True)
    from_address = models.EmailField(_("from"), blank=True)
    # As canonical_email() writes it: by it a person's questions are found.
    from_key = models.CharField(max_length=320, blank=True, db_index=True)
    text = models.TextField(_("question"), blank=True)
    # By e-mail, which passes us by: staff say so here.
    answered_at = models.DateTimeField(_("answered"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = QuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ("-created_at", "-id")
        indexes = (
            models.Index(fields=("issuer", "-created_at"), name="questions_by_issuer"),
            models.Index(fields=("issuer",), name="questions_open", condition=models.Q(answered_at=None)),
        )

    def __str__(self) -> str:
        return self.subject

    @property
    def subject(self) -> str:
        return self.get_topic_display() if self.topic else str(_("Something else"))

    @property
    def is_erased(self) -> bool:
        return not self.from_address
