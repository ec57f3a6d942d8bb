from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from badgecert.core.models import Row, TimestampedRow
from badges.models.batch import Batch
from badges.models.issuance import Issuance, IssuanceVersion
from issuers.models import Issuer
from issuers.permissions import issuers_to_issue_for

if TYPE_CHECKING:
    from badgecert.accounts.models import User


class ChangeKind(models.TextChoices):
    """What staff do to something that was issued."""

    CORRECT = "correct", _("Correct")
    RENEW = "renew", _("Renew")
    SUSPEND = "suspend", _("Put under review")
    RESTORE = "restore", _("Restore")
    REVOKE = "revoke", _("Revoke")
    REINSTATE = "reinstate", _("Reinstate")


class ProposalState(models.TextChoices):
    READING = "reading", _("Being checked")
    REFUSED = "refused", _("Cannot be used")
    DRAFT = "draft", _("Not made yet")
    WAITING = "waiting", _("Waits for a second person")
    APPROVED = "approved", _("Being made")
    APPLIED = "applied", _("Made")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ProposalQuerySet(models.QuerySet["Proposal"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def to_read(self, at: "datetime") -> Self:
        """Those whose badges a worker still has to read, or that one left when it fell silent."""
        return self.filter(Q(taken_until=None) | Q(taken_until__lt=at), state=ProposalState.READING)

    def waiting_for(self, user: "User | AnonymousUser") -> Self:
        """Those to which this person is the second one who may agree."""
        waiting = self.filter(state=ProposalState.WAITING, issuer__in=issuers_to_issue_for(user))
        return waiting.exclude(proposed_by=user.pk)


class Proposal(TimestampedRow):
    """A change to what was issued, to one badge or to many, seen before it is made.

    Some organisations ask for a second person; then it waits, and what that person saw is what is made.
    """

    issuer = models.ForeignKey(
        Issuer, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("organisation")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=ChangeKind.choices)
    state = models.CharField(_("state"), max_length=10, choices=ProposalState.choices, default=ProposalState.DRAFT)
    # Empty: chosen from a list.
    file_name = models.CharField(_("file"), max_length=200, blank=True)
    # Everything that this batch issued; else what a file says, or badges chosen from a list.
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, null=True, blank=True, related_name="proposals")
    # About so many lines has the file; up to this line it was read.
    lines_expected = models.PositiveIntegerField(default=0)
    lines_read = models.PositiveIntegerField(default=0)
    # How many badges it is about by now, those left out too.
    rows_count = models.PositiveIntegerField(_("badges"), default=0)
    # The worker that reads it; when it falls silent another one goes on.
    taken_until = models.DateTimeField(null=True, blank=True)
    # Why a file that looked good at first cannot be used.
    refusal = models.CharField(max_length=300, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    # The next three as in IssuanceVersion and its actions.
    public_reason = models.CharField(max_length=200, blank=True)
    hides_earlier_name = models.BooleanField(default=False)
    notify = models.BooleanField(default=False)
    proposed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    # Sent by the one who proposes it.
    proposed_at = models.DateTimeField(_("proposed"), null=True, blank=True)
    # The second person.
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    # Why it was declined.
    decision = models.CharField(max_length=200, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = ProposalQuerySet.as_manager()

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                name="a_second_person_is_another_one",
                condition=Q(decided_by=None) | ~Q(decided_by=models.F("proposed_by")),
            ),
        )
        indexes = (
            models.Index(fields=("created_at",), condition=Q(state="reading"), name="proposals_to_read"),
            models.Index(fields=("proposed_at",), condition=Q(state="approved"), name="proposals_to_apply"),
            models.Index(fields=("issuer", "-created_at"), name="proposals_by_issuer"),
            models.Index(fields=("issuer",), condition=Q(state="waiting"), name="proposals_waiting"),
        )

    def __str__(self) -> str:
        return self.file_name or self.get_kind_display()


class ProposalFile(Row):
    """A file, or the keys of badges chosen from a list, until its lines are read."""

    proposal = models.OneToOneField(Proposal, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.proposal_id)


class ProposedChangeQuerySet(models.QuerySet["ProposedChange"]):
    def ready(self) -> Self:
        """Can be made, and was not yet."""
        return self.filter(problem="", made_at=None)

    def held(self) -> Self:
        return self.exclude(problem="")

    def odd(self) -> Self:
        """Those that can be made and look as if somebody had not meant them so."""
        return self.filter(problem="").exclude(warning="")


class ProposedChange(Row):
    """One badge of a proposal: what it says now and what it is to say, or why it cannot be."""

    proposal = models.ForeignKey(Proposal, on_delete=models.CASCADE, related_name="changes")
    # In a file as a spreadsheet counts: the header is line 1.
    line = models.PositiveIntegerField()
    # [[heading, cell], …] as they stood in the file: a refused row goes back as it came.
    cells = models.JSONField(default=list)
    # Empty when no badge was found.
    issuance = models.ForeignKey(Issuance, on_delete=models.PROTECT, null=True, related_name="proposed_changes")
    # What staff saw. Whoever was overtaken looks again.
    seen_version = models.ForeignKey(IssuanceVersion, on_delete=models.PROTECT, null=True, related_name="+")
    # {field of the version: value}, dates in ISO: what it is to say anew.
    stated = models.JSONField(default=dict)
    # Empty: the change can be made.
    problem = models.CharField(max_length=300, blank=True)
    # It can be made, and somebody should look at it first.
    warning = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField(null=True)

    objects = ProposedChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed change")
        verbose_name_plural = _("proposed changes")
        ordering = ("proposal", "line")
        constraints = (
            models.UniqueConstraint(fields=("proposal", "line"), name="a_line_stands_in_a_proposal_once"),
            models.UniqueConstraint(
                fields=("proposal", "issuance"),
                condition=Q(problem=""),
                name="a_proposal_changes_an_issuance_once",
            ),
        )
        indexes = (
            models.Index(fields=("proposal", "line"), condition=Q(problem="", made_at=None), name="changes_to_make"),
            models.Index(fields=("proposal", "line"), condition=~Q(problem=""), name="changes_left_out"),
        )

    def __str__(self) -> str:
        return f"{self.line}"

    @property
    def tone(self) -> str:
        return "wrong" if self.problem else "look" if self.warning else "ready"

    @property
    def says_anew(self) -> dict[str, Any]:
        """As the fields of a version take it."""
        days = ("issued_on", "expires_on")
        return {
            name: date.fromisoformat(value) if name in days and value else value for name, value in self.stated.items()
        }
