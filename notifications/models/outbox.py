"""The outbox: every mail is a row, written in the transaction of the fact that owes it to somebody.

The database is the truth; the queue of tasks only rings the bell. Change a message only through notifications.actions.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.db.models.functions import Upper
from django.utils.translation import gettext_lazy as _

from badgecert.core import clock
from badgecert.core.models import Row
from badges.models import Issuance
from issuers.models import Issuer

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class MessageKind(models.TextChoices):
    """Each has a class in notifications.messages and a folder in templates/emails/."""

    ISSUANCE = "issuance", _("Badge issued")
    FIRST_COPY = "first_copy", _("First copy to oneself")
    REMINDER = "reminder", _("Reminder")
    CORRECTED = "corrected", _("Badge corrected")
    RENEWED = "renewed", _("Badge renewed")
    SUSPENDED = "suspended", _("Badge under review")
    RESTORED = "restored", _("Badge counts again")
    REVOKED = "revoked", _("Badge revoked")
    EXPIRING = "expiring", _("Badges expire")
    SHARED = "shared", _("Badge shared")
    REQUEST = "request", _("Request, to the earner")
    REQUEST_DESK = "request_desk", _("Request, to staff")
    QUESTION = "question", _("Question from the help page")
    TRIAL = "trial", _("Test, to oneself")
    PASSWORD = "password", _("New password")
    LOCKED = "locked", _("Account locked")
    ADDRESS_ADDED = "address_added", _("Address to confirm")
    MERGE_PROOF = "merge_proof", _("Accounts to join")
    ADDRESS_CHANGED = "address_changed", _("Address changed")
    RECIPIENT_CHANGED = "recipient_changed", _("Address of a badge changed")
    SECOND_FACTOR_RESET = "second_factor_reset", _("Second factor reset")


class Priority(models.IntegerChoices):
    """What leaves first when more is due than can leave."""

    URGENT = 0, _("Urgent")
    NORMAL = 1, _("Normal")
    BULK = 2, _("Bulk")


class MessageState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    # Being handed to the mail server at this moment: one at most in each worker.
    SENDING = "sending", _("Sending")
    SENT = "sent", _("Sent")
    # The mail server may have taken it, but its answer never came: it goes again with the same bytes.
    UNCERTAIN = "uncertain", _("Uncertain")
    FAILED = "failed", _("Failed")
    CANCELLED = "cancelled", _("Cancelled")


CHANGES = (
    MessageKind.CORRECTED,
    MessageKind.RENEWED,
    MessageKind.SUSPENDED,
    MessageKind.RESTORED,
    MessageKind.REVOKED,
)
ABOUT_AN_ISSUANCE = (MessageKind.ISSUANCE, MessageKind.REMINDER, *CHANGES)
ABOUT_AN_ACCOUNT = (
    MessageKind.TRIAL,
    MessageKind.PASSWORD,
    MessageKind.LOCKED,
    MessageKind.ADDRESS_ADDED,
    MessageKind.MERGE_PROOF,
    MessageKind.ADDRESS_CHANGED,
    MessageKind.RECIPIENT_CHANGED,
    MessageKind.SECOND_FACTOR_RESET,
)
# Somebody waits for it in front of a screen.
URGENT_KINDS = (
    MessageKind.FIRST_COPY,
    MessageKind.TRIAL,
    MessageKind.PASSWORD,
    MessageKind.LOCKED,
    MessageKind.ADDRESS_ADDED,
    MessageKind.MERGE_PROOF,
    MessageKind.ADDRESS_CHANGED,
    MessageKind.RECIPIENT_CHANGED,
    MessageKind.SECOND_FACTOR_RESET,
)
# One for each badge, or several.
MANY = (MessageKind.ISSUANCE, MessageKind.REMINDER)
# It may wait behind what tells news.
BULK_KINDS = (MessageKind.REMINDER, MessageKind.EXPIRING)
WAITING = (MessageState.QUEUED, MessageState.UNCERTAIN, MessageState.SENDING)


class MessageQuerySet(models.QuerySet["Message"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        """An organisation's own mail; an operator sees also what the site itself wrote."""
        if user.is_authenticated and user.is_superuser:
            return self.all()
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def due(self, at: datetime) -> Self:
        """Waiting, due and in nobody's hands; also what a worker took and lost, because its lease is over."""
        return self.filter(state__in=WAITING, next_at__lte=at).exclude(lease_until__gt=at)

    def sendable(self, at: datetime) -> Self:
        """Due, and its organisation has not paused its mail."""
        return self.due(at).filter(issuer__mail_paused_at=None)

    def lost(self, at: datetime) -> Self:
        """Taken by a worker that fell silent."""
        return self.filter(state__in=WAITING, lease_until__lte=at)


class Message(Row):
    """One e-mail that the system owes somebody."""

    # None: the site itself writes, such as about a password.
    issuer = models.ForeignKey(
        Issuer,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="messages",
        verbose_name=_("organisation"),
        # messages_by_issuer begins with it.
        db_index=False,
    )
    kind = models.CharField(_("kind"), max_length=20, choices=MessageKind.choices)
    # Tells messages of one kind about one thing apart: the day of a reminder, the number of a mail sent once more.
    sequence = models.PositiveIntegerField(_("number"), default=1)
    to_address = models.EmailField(_("to"))
    # What stands behind the @, in lower case: mail servers count what we send them.
    to_domain = models.CharField(max_length=254)
    priority = models.PositiveSmallIntegerField(_("priority"), choices=Priority.choices, default=Priority.NORMAL)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="mails"
    )
    issuance = models.ForeignKey(
        Issuance, on_delete=models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("issuance")
    )
    # What it tells of the rows that it points to, such as the version of a correction. A mail sent once more has the
    # same. Never a secret, but it may name an address.
    details = models.JSONField(default=dict, blank=True)
    # The Message-ID header, the same in every attempt.
    message_id = models.CharField(max_length=320)
    # What a mail provider calls it, when one took it and not a mail server.
    provider_id = models.CharField(max_length=200, blank=True)
    subject = models.CharField(_("subject"), max_length=250, blank=True)

    state = models.CharField(_("state"), max_length=10, choices=MessageState.choices, default=MessageState.QUEUED)
    attempts = models.PositiveIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"), default=clock.now)
    # The first attempt since it was queued, or queued once more by hand: so long it is tried before it counts as failed.
    trying_since = models.DateTimeField(null=True, blank=True)
    # From when on the rate limits let it leave; None: not asked yet.
    turn_at = models.DateTimeField(null=True, blank=True)
    # Until then the worker that took it has it to itself.
    lease_until = models.DateTimeField(null=True, blank=True)
    worker = models.CharField(max_length=100, blank=True)
    # Never holds a secret: staff read it.
    last_error = models.CharField(_("why"), max_length=300, blank=True)
    # The whole mail, temporary password and all, from the first attempt until it is sent.
    sealed_body = models.BinaryField(null=True, blank=True)
    sent_at = models.DateTimeField(_("sent"), null=True, blank=True)
    # From then on it may have arrived already: a second copy is the same mail.
    uncertain_at = models.DateTimeField(_("uncertain since"), null=True, blank=True)
    # When the next reminder is due that counts from this mail; only mails about an issuance have one.
    remind_at = models.DateTimeField(null=True, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("-created_at", "-id")
        constraints = (
            models.CheckConstraint(
                name="message_about_an_issuance_names_it",
                condition=~Q(kind__in=ABOUT_AN_ISSUANCE) | Q(issuance__isnull=False, issuer__isnull=False),
            ),
            models.CheckConstraint(
                name="message_about_an_account_names_it",
                condition=~Q(kind__in=ABOUT_AN_ACCOUNT) | Q(user__isnull=False),
            ),
            models.CheckConstraint(
                name="message_about_what_expires_names_whose",
                condition=~Q(kind=MessageKind.EXPIRING) | Q(user__isnull=False, issuer__isnull=False),
            ),
            models.CheckConstraint(
                name="message_that_shares_a_badge_names_it",
                # Without an organisation: whom a badge is shown to is not for its staff to read.
                condition=~Q(kind=MessageKind.SHARED) | Q(user__isnull=False, issuance__isnull=False, issuer=None),
            ),
            models.CheckConstraint(
                name="only_sent_issuance_mails_have_reminders",
                condition=Q(remind_at=None) | Q(kind=MessageKind.ISSUANCE, state=MessageState.SENT),
            ),
            models.CheckConstraint(
                name="message_sent_keeps_no_body",
                condition=~Q(state=MessageState.SENT) | Q(sealed_body=None, sent_at__isnull=False),
            ),
            models.CheckConstraint(
                name="message_being_sent_has_a_lease",
                condition=~Q(state=MessageState.SENDING) | Q(lease_until__isnull=False, sealed_body__isnull=False),
            ),
        )
        indexes = (
            models.Index(fields=("priority", "next_at"), condition=Q(state__in=WAITING), name="messages_waiting"),
            models.Index(
                fields=("priority", "next_at"),
                condition=Q(state=MessageState.QUEUED, turn_at=None),
                name="messages_without_turn",
            ),
            # In this order the badges of one person stand side by side.
            models.Index(
                fields=("remind_at", "issuer", "user"),
                condition=Q(remind_at__isnull=False),
                name="messages_with_reminders",
            ),
            models.Index(fields=("issuer", "-created_at"), name="messages_by_issuer"),
            models.Index(
                fields=("issuer", "-sent_at"),
                condition=Q(kind=MessageKind.ISSUANCE, state=MessageState.SENT),
                name="badges_sent_by_issuer",
            ),
            models.Index(fields=("user", "-created_at"), condition=Q(kind=MessageKind.SHARED), name="badges_shared"),
            models.Index(fields=("issuer", "state"), condition=~Q(state="sent"), name="messages_not_sent"),
            models.Index(fields=("sent_at",), condition=Q(sent_at__isnull=False), name="messages_by_sending"),
            # Few of many: the desk lists them.
            models.Index(
                fields=("issuer", "kind", "-created_at"), condition=~Q(kind__in=MANY), name="messages_by_kind"
            ),
            # As it is asked for without regard to case.
            models.Index(Upper("to_address"), name="messages_by_address"),
            models.Index(fields=("provider_id",), condition=~Q(provider_id=""), name="messages_by_provider"),
        )

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.to_address}"


class MessageFact(Row):
    """What a message tells; the key is unique, so the same fact is never told twice. One message may tell several."""

    fact_key = models.CharField(max_length=120)
    message = models.ForeignKey(Message, on_delete=models.PROTECT, related_name="facts")
    # The badge that this fact is about.
    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("fact")
        verbose_name_plural = _("facts")
        # Not unique=True, which gives PostgreSQL a second index, for the beginnings of words.
        constraints = (models.UniqueConstraint(fields=("fact_key",), name="fact_key_is_told_once"),)

    def __str__(self) -> str:
        return self.fact_key
