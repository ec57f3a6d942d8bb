import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, F, Q, When
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from badgecert.core.dates import day_in, long_date
from badgecert.core.models import Row, TimestampedRow
from badges.models.badge import Badge, BadgeVersion
from badges.models.issuance import Issuance
from issuers.models import Issuer

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from badgecert.accounts.models import User


class Column(models.TextChoices):
    """What a column of a file can hold."""

    NAME = "name", _("Name")
    GIVEN_NAME = "given_name", _("First name")
    FAMILY_NAME = "family_name", _("Last name")
    EMAIL = "email", _("E-mail")
    ISSUED_ON = "issued_on", _("Issued on")
    EXPIRES_ON = "expires_on", _("Valid until")
    COMPLETED_ON = "completed_on", _("Completed on")
    EVIDENCE = "evidence", _("Evidence")
    NARRATIVE = "narrative", _("What they did")


class BatchState(models.TextChoices):
    UPLOADED = "uploaded", _("Columns to match")
    CHECKING = "checking", _("Being checked")
    REFUSED = "refused", _("Cannot be used")
    DRAFT = "draft", _("Not sent yet")
    CONFIRMED = "confirmed", _("Can still be undone")
    LEAVING = "leaving", _("Being issued")
    ISSUED = "issued", _("Issued")
    UNDONE = "undone", _("Undone")


class HolderPolicy(models.TextChoices):
    """What happens to somebody of the file who holds the badge already."""

    SKIP = "skip", _("Skip")
    RENEW = "renew", _("Renew")
    REPLACE = "replace", _("Replace")


class BatchQuerySet(models.QuerySet["Batch"]):
    def managed_by(self, user: "User | AnonymousUser") -> Self:
        return self.filter(issuer__in=Issuer.objects.managed_by(user))

    def due(self, at: "datetime") -> Self:
        """Confirmed, and their time to undo has passed."""
        return self.filter(state=BatchState.CONFIRMED, due_at__lte=at)

    def to_check(self, at: "datetime") -> Self:
        """Waiting to be read, or left by a worker that fell silent."""
        return self.filter(Q(taken_until=None) | Q(taken_until__lt=at), state=BatchState.CHECKING)


class Batch(TimestampedRow):
    """Many issuances at once, from one file. Rows stay drafts until the time to undo has passed."""

    issuer = models.ForeignKey(Issuer, on_delete=models.PROTECT, related_name="batches", verbose_name=_("organisation"))
    badge = models.ForeignKey(Badge, on_delete=models.PROTECT, related_name="batches", verbose_name=_("badge"))
    # What staff saw in the preview is what is issued, whatever happens to the badge meanwhile.
    badge_version = models.ForeignKey(BadgeVersion, on_delete=models.PROTECT, related_name="+")
    file_name = models.CharField(_("file"), max_length=200)
    file_sha256 = models.CharField(max_length=64)
    state = models.CharField(_("state"), max_length=10, choices=BatchState.choices, default=BatchState.DRAFT)
    # The first row of the file.
    header = models.JSONField(default=list, blank=True)
    # {column: its place in the header}
    columns = models.JSONField(default=dict, blank=True)
    policy = models.CharField(
        _("people who hold the badge"), max_length=10, choices=HolderPolicy.choices, default=HolderPolicy.SKIP
    )
    # About so many lines has the file; up to this line it was read.
    lines_expected = models.PositiveIntegerField(default=0)
    lines_read = models.PositiveIntegerField(default=0)
    rows_count = models.PositiveIntegerField(_("rows"), default=0)
    # The worker that reads it; when it falls silent another one goes on.
    taken_until = models.DateTimeField(null=True, blank=True)
    # Why a file that looked good at first cannot be used.
    refusal = models.CharField(max_length=300, blank=True)
    uploaded_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True)
    confirmed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    due_at = models.DateTimeField(_("leaves"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("batch")
        verbose_name_plural = _("batches")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("badge", "file_sha256"),
                condition=Q(state__in=("confirmed", "leaving", "issued")),
                name="the_same_file_is_issued_once",
            ),
        )
        indexes = (
            models.Index(fields=("due_at",), condition=Q(state="confirmed"), name="batches_due"),
            models.Index(fields=("state",), condition=Q(state__in=("checking", "leaving")), name="batches_at_work"),
            models.Index(fields=("issuer",), condition=Q(state="draft"), name="batches_not_sent"),
        )

    def __str__(self) -> str:
        return self.file_name

    @property
    def unread_headings(self) -> list[str]:
        """Columns that nobody asked for; their cells are kept with the rows."""
        read = set(self.columns.values())
        return [heading for place, heading in enumerate(self.header) if heading and place not in read]


class BatchFile(Row):
    """The file itself, until its rows are confirmed or given up."""

    batch = models.OneToOneField(Batch, on_delete=models.CASCADE, related_name="file")
    content = models.BinaryField()

    def __str__(self) -> str:
        return str(self.batch_id)


class ColumnMapping(Row):
    """What an organisation's heading means: chosen once, known the next time."""

    issuer = models.ForeignKey(Issuer, on_delete=models.CASCADE, related_name="column_mappings")
    # Without case, spaces and punctuation.
    heading = models.CharField(max_length=200)
    # Empty: not read.
    column = models.CharField(max_length=20, choices=Column.choices, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("issuer", "heading"), name="an_organisation_reads_a_heading_one_way"),
        )

    def __str__(self) -> str:
        return f"{self.heading}: {self.column}"


def plain_heading(heading: str) -> str:
    """By which two headings are one: “E-Mail Address” and “email address”."""
    return re.sub(r"[\W_]", "", heading.casefold())[:200]


class RowState(models.IntegerChoices):
    """In the order in which rows need somebody."""

    REFUSED = 0, _("Refused")
    LOOK = 1, _("To look at")
    READY = 2, _("Ready")


class RowOutcome(models.TextChoices):
    ISSUED = "issued", _("Issued")
    RENEWED = "renewed", _("Renewed")
    REPLACED = "replaced", _("Replaced")


class BatchRowQuerySet(models.QuerySet["BatchRow"]):
    def ready(self) -> Self:
        """Can be issued, and was not yet."""
        return self.filter(state=RowState.READY, outcome="")

    def held(self) -> Self:
        """Stay behind until somebody decides."""
        return self.filter(state__lt=RowState.READY)

    def judge_by(self, policy: str, *, chosen: str = "") -> None:
        """Decide anew about those whose people hold the badge, now that this is the policy of the batch.

        Rows with a policy of their own are left out, unless that is the one `chosen`.
        """
        held = self.filter(holding__isnull=False, policy=chosen, problem="", duplicate_of=None, outcome="")
        unless_unseen = Case(
            When(Q(is_accepted=False) & ~Q(warning=""), then=RowState.LOOK.value), default=RowState.READY.value
        )
        if policy == HolderPolicy.SKIP:
            held.update(state=RowState.LOOK)
        elif policy == HolderPolicy.REPLACE:
            held.update(state=unless_unseen)
        else:
            held.update(state=RowState.REFUSED)
            longer = held.filter(expires_on__gt=F("holding__current_version__expires_on"))
            held.filter(pk__in=longer.values("pk")).update(state=unless_unseen)


class BatchRow(Row):
    """One line of a batch's file: what it asks for, or why it cannot be."""

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    # As a spreadsheet counts: the header is line 1.
    line = models.PositiveIntegerField()
    # [[heading, cell], …] as they stood in the file and in its order: a refused row goes back as it came.
    cells = models.JSONField(default=list)
    recipient_name = models.CharField(max_length=200, blank=True)
    recipient_email = models.CharField(max_length=254, blank=True)
    recipient_key = models.CharField(max_length=254, blank=True)
    issued_on = models.DateField(null=True)
    expires_on = models.DateField(null=True)
    completed_on = models.DateField(null=True)
    # The file names no day: it is the one on which the batch leaves.
    is_dated_by_us = models.BooleanField(default=False)
    # The file names no end: it is what the badge's rule gives.
    expires_by_rule = models.BooleanField(default=False)
    evidence_url = models.CharField(max_length=2000, blank=True)
    narrative = models.TextField(blank=True)
    state = models.PositiveSmallIntegerField(choices=RowState.choices, default=RowState.READY)
    # An earlier line of the same file with the same address.
    duplicate_of = models.PositiveIntegerField(null=True)
    # Why it cannot be issued, and in which column.
    problem = models.CharField(max_length=300, blank=True)
    # What somebody should look at before it is issued.
    warning = models.CharField(max_length=300, blank=True)
    at_fault = models.CharField(max_length=20, blank=True)
    # What probably was meant.
    suggestion = models.CharField(max_length=200, blank=True)
    is_accepted = models.BooleanField(default=False)
    # What the person holds already.
    holding = models.ForeignKey(Issuance, on_delete=models.PROTECT, null=True, related_name="+")
    # Empty: the batch's.
    policy = models.CharField(max_length=10, choices=HolderPolicy.choices, blank=True)
    outcome = models.CharField(max_length=10, choices=RowOutcome.choices, blank=True)
    issuance = models.OneToOneField(Issuance, on_delete=models.PROTECT, null=True, related_name="batch_row")

    objects = BatchRowQuerySet.as_manager()

    class Meta:
        verbose_name = _("row of a batch")
        verbose_name_plural = _("rows of batches")
        ordering = ("batch", "line")
        constraints = (
            models.UniqueConstraint(fields=("batch", "line"), name="a_line_stands_in_a_batch_once"),
            models.CheckConstraint(
                name="a_row_with_a_problem_is_refused", condition=Q(problem="") | Q(state=RowState.REFUSED)
            ),
        )
        indexes = (
            models.Index(fields=("batch", "state", "line"), name="rows_by_need"),
            models.Index(fields=("batch", "recipient_key"), name="rows_by_person"),
            models.Index(fields=("batch", "line"), condition=Q(state=RowState.READY, outcome=""), name="rows_to_issue"),
        )

    def __str__(self) -> str:
        return f"{self.line}: {self.recipient_email}"

    @property
    def how(self) -> str:
        """What happens to somebody who holds the badge: this row's word, else the batch's."""
        return self.policy or self.batch.policy

    def settle(self) -> None:
        """Decide about this row from what is known of it."""
        renews_nothing = self.holding is not None and self._renews_nothing(self.holding)
        if self.problem or self.duplicate_of or renews_nothing:
            self.state = RowState.REFUSED
        elif (self.holding_id and self.how == HolderPolicy.SKIP) or (self.warning and not self.is_accepted):
            self.state = RowState.LOOK
        else:
            self.state = RowState.READY

    def _renews_nothing(self, holding: Issuance) -> bool:
        old = holding.current_version.expires_on
        return self.how == HolderPolicy.RENEW and (old is None or self.expires_on is None or self.expires_on <= old)

    @property
    def said(self) -> str:
        """Why it needs somebody; empty when it does not. For somebody who holds the badge in two queries."""
        if self.problem:
            return self.problem
        if self.duplicate_of:
            return _now("The same address as row %(line)d. Leave one out, or give this person another address.") % {
                "line": self.duplicate_of
            }
        if self.holding is None or self.outcome:
            return self.warning if self.state == RowState.LOOK else ""
        old = self.holding.current_version.expires_on
        since = long_date(day_in(self.holding.issued_at, self.batch.issuer.time_zone))
        if self.how == HolderPolicy.SKIP:
            return _now("Already holds this badge since %(day)s. Left as it is.") % {"day": since}
        if self._renews_nothing(self.holding):
            return _nothing_to_renew(old)
        return self.warning if self.state == RowState.LOOK else ""

    @property
    def tone(self) -> str:
        return {RowState.REFUSED: "wrong", RowState.LOOK: "look"}.get(RowState(self.state), "ready")

    @property
    def became(self) -> "UUID | None":
        """The issuance that this row made or changed."""
        return self.issuance_id or self.holding_id

    @property
    def at_fault_label(self) -> str:
        return str(Column(self.at_fault).label)

    @property
    def cell_at_fault(self) -> str:
        return self.cell(self.batch.header[self.batch.columns[self.at_fault]])

    def cell(self, heading: str) -> str:
        return str(dict(self.cells).get(heading, ""))

    def with_cells(self, changed: Mapping[str, str]) -> list[list[str]]:
        """Its cells with these instead."""
        return [[heading, changed.get(heading, cell)] for heading, cell in self.cells]

    def save_judgement(self) -> None:
        """Everything that a new look at it can change."""
        self.save(update_fields=JUDGED)


JUDGED = (
    *("cells", "recipient_name", "recipient_email", "recipient_key", "issued_on", "expires_on", "completed_on"),
    *("is_dated_by_us", "expires_by_rule", "evidence_url", "narrative", "state", "problem", "warning", "at_fault"),
    *("suggestion", "is_accepted", "duplicate_of", "holding", "policy"),
)


def _nothing_to_renew(old: "date | None") -> str:
    if old is None:
        return _now("Already holds this badge without an end, so there is nothing to renew.")
    return _now("Already holds this badge until %(day)s. Give a later day to renew it.") % {"day": long_date(old)}
