from datetime import date
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row, TimestampedRow
from badges.models import Issuance, IssuanceVersion, Proposal, ProposalState
from issuers.models import Issuer, Topic

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class RequestKind(models.TextChoices):
    """What an earner can ask of the organisation that issued a badge."""

    NAME = "name", _("Name correction")
    DATE = "date", _("Issue date correction")
    EXPIRY = "expiry", _("Expiry date correction")
    RENEWAL = "renewal", _("Renewed already")
    PAPER = "paper", _("Paper certificate")
    LETTER = "letter", _("Letter of support")
    OTHER = "other", _("Something else")

    @property
    def topic(self) -> Topic | None:
        """Whose contact at the organisation answers it; None: the general one."""
        return {
            RequestKind.NAME: Topic.NAME,
            RequestKind.DATE: Topic.DATES,
            RequestKind.EXPIRY: Topic.DATES,
            RequestKind.RENEWAL: Topic.RENEWAL,
            RequestKind.PAPER: Topic.PAPER,
            RequestKind.LETTER: Topic.VERIFICATION,
        }.get(self)


class RequestState(models.TextChoices):
    OPEN = "open", _("Open")
    WAITING = "waiting", _("Waiting for the earner")
    ANSWERED = "answered", _("Answered")
    APPROVED = "approved", _("Done")
    DECLINED = "declined", _("Declined")
    CLOSED = "closed", _("Withdrawn")


# Somebody still has to do something.
LIVE_STATES = (RequestState.OPEN, RequestState.WAITING)
# Nothing more can be added.
DECIDED_STATES = (RequestState.APPROVED, RequestState.DECLINED, RequestState.CLOSED)
CORRECTING_KINDS = (RequestKind.NAME, RequestKind.DATE, RequestKind.EXPIRY)


class EarnerRequestQuerySet(models.QuerySet["EarnerRequest"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def of(self, user: "User") -> Self:
        """What this person asked, about badges that are still theirs."""
        return self.filter(earner=user, issuance__earner=user, issuance__erased_at=None)

    def live(self) -> Self:
        return self.filter(state__in=LIVE_STATES)

    def open(self) -> Self:
        """It is the organisation's turn."""
        return self.filter(state=RequestState.OPEN)

    def overdue(self, on: date) -> Self:
        """It is the organisation's turn, and its promise is broken on this day."""
        return self.open().filter(due_on__lt=on)

    def with_what_they_show(self) -> Self:
        """With everything a list shows of a request, in one query."""
        return self.select_related(
            "issuer",
            "earner",
            "assigned_to",
            "proposal__decided_by",
            "issuance__issuer",
            "issuance__badge",
            "issuance__current_version__badge_version",
        )


class EarnerRequest(TimestampedRow):
    """Something an earner asks the organisation about one of their badges.

    What was said about it stands in its entries. Change one only through earners.actions.requests.
    """

    issuance = models.ForeignKey(
        Issuance, on_delete=models.PROTECT, related_name="requests", verbose_name=_("issuance")
    )
    # The issuance's, kept here because the owner is part of every query.
    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="requests", verbose_name=_("organisation")
    )
    earner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=RequestState.choices, default=RequestState.OPEN)
    # By the organisation's promise in business days; told anew whenever the earner has written.
    due_on = models.DateField(_("due on"))
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    wanted_name = models.CharField(_("name as it should be"), max_length=200, blank=True)
    # The day they ask for: of issue, of expiry, or the one on which they renewed.
    wanted_on = models.DateField(_("day as it should be"), null=True, blank=True)
    employer = models.CharField(_("employer"), max_length=200, blank=True)
    # As it stands on the letter, the addressee's name first.
    postal_address = models.TextField(_("postal address"), blank=True)

    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    # None with a time: the organisation's rule for small changes decided, or the earner withdrew it.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # The version of the badge that this request led to.
    made_version = models.ForeignKey(IssuanceVersion, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    # What staff proposed for it, where a second person has to agree; and the answer that leaves with it.
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, null=True, blank=True, related_name="requests")
    proposed_answer = models.TextField(blank=True)
    posted_on = models.DateField(_("posted on"), null=True, blank=True)

    objects = EarnerRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ("due_on", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("issuance", "kind"),
                condition=Q(state__in=("open", "waiting")) & Q(kind__in=("name", "date", "expiry", "renewal", "paper")),
                name="one_live_request_of_a_kind_for_a_badge",
            ),
            models.CheckConstraint(
                name="a_request_is_decided_when_it_has_a_time",
                condition=Q(state__in=("open", "waiting", "answered"), decided_at=None)
                | Q(state__in=("approved", "declined", "closed"), decided_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_paper_is_posted", condition=Q(posted_on=None) | Q(kind="paper", state="approved")
            ),
        )
        indexes = (
            models.Index(fields=("issuer", "state", "due_on"), name="requests_by_issuer"),
            models.Index(fields=("issuer", "due_on", "id"), name="requests_by_due_day"),
            models.Index(fields=("earner", "-created_at"), name="requests_by_earner"),
        )

    def __str__(self) -> str:
        return self.get_kind_display()

    @property
    def awaits_second_person(self) -> bool:
        return self.proposal is not None and self.proposal.state in {ProposalState.WAITING, ProposalState.APPROVED}

    def get_absolute_url(self) -> str:
        """For its earner; staff read it at the desk."""
        return reverse("earners:request", args=[self.pk])

    @property
    def is_live(self) -> bool:
        return self.state in LIVE_STATES

    @property
    def is_decided(self) -> bool:
        return self.state in DECIDED_STATES


class EntryKind(models.TextChoices):
    """What an entry of a thread did to the request."""

    ASKED = "asked", _("Asked")
    WROTE = "wrote", _("Wrote")
    ASKED_BACK = "asked_back", _("Asked back")
    ANSWERED = "answered", _("Answered")
    APPROVED = "approved", _("Done")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RequestEntry(Row):
    """One thing said in a thread. Never changed or deleted, but for the words of a person who was erased (0002)."""

    request = models.ForeignKey(EarnerRequest, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=10, choices=EntryKind.choices)
    # None: the organisation's rule.
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    is_from_staff = models.BooleanField()
    # None: erased.
    text = models.TextField(null=True)  # noqa: DJ001  an empty text and an erased one differ

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.get_kind_display()


class Attachment(Row):
    """A file that belongs to an entry, for the earner and the staff who answer. Never changed; erased with its person.

    In the database, like pictures and documents (decisions 003 and 008): one back-up, one transaction.
    """

    entry = models.ForeignKey(RequestEntry, on_delete=models.PROTECT, related_name="attachments")
    # File names tell about people, too: None is erased, and so is the content.
    name = models.CharField(max_length=120, null=True)  # noqa: DJ001  null is erased
    media_type = models.CharField(max_length=20)
    size_bytes = models.PositiveIntegerField()
    content = models.BinaryField(null=True)

    class Meta:
        ordering = ("created_at", "id")

    def __str__(self) -> str:
        return self.name or str(self.pk)

    def get_absolute_url(self) -> str:
        return reverse("earners:attachment", args=[self.pk])
