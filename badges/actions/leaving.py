"""Issuing what was confirmed, once its time to undo is over. Several workers share the rows of one batch."""

from collections.abc import Collection, Iterator, Sequence
from time import monotonic
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import translation
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.garbage import garbage_left_alone
from badges.actions.issuances import (
    Correction,
    NewIssuance,
    Renewal,
    correct_issuances,
    issue_badges,
    renew_issuances,
)
from badges.actions.issuances.locking import problem_with_changing
from badges.actions.issuances.versions import differing, problem_with_renewing
from badges.exceptions import AlreadyHoldsError, SecondPersonNeededError, WrongStateError
from badges.models import (
    BadgeState,
    Batch,
    BatchRow,
    BatchState,
    Column,
    HolderPolicy,
    Issuance,
    RowOutcome,
    RowState,
)

# In one transaction, and in the memory of one worker.
ROWS_AT_ONCE = 1000
# Then other tasks have their turn.
_LONGEST_TURN_SECONDS = 20


def issue_due_batches() -> int:
    """Issue what is due, chunk by chunk, each in one transaction; returns the number of badges issued.

    A worker that dies leaves whole chunks behind, and the next one goes on after them.
    """
    issued = 0
    for count in _chunks():
        issued += count
    return issued


def issue_for_a_while() -> bool:
    """As issue_due_batches(), for a bounded time. True when there is more to do."""
    until = monotonic() + _LONGEST_TURN_SECONDS
    return any(monotonic() > until for _count in _chunks())


def _chunks() -> Iterator[int]:
    """Issue one chunk after another; how many badges each was."""
    _begin_due()
    passed_over: set[UUID] = set()
    while (batch := _next(passed_over)) is not None:
        with translation.override(_language_of(batch)):
            try:
                count = _issue_chunk(batch)
            except AlreadyHoldsError:
                # Somebody else gave it to one of them at this very moment; the next look sees that.
                continue
        if count is None:
            passed_over.add(batch.pk)
        else:
            yield count


def issue_alone(row: BatchRow, *, by: User) -> Issuance:
    """What this row of a draft makes or changes, as if its batch held nothing else and left now.

    For looking at it; whoever asks takes it back. Raises WrongStateError when it makes nothing, with the reason.
    """
    row.batch.confirmed_by = by
    _Chunk(row.batch, [row]).write()
    row.refresh_from_db(fields=["outcome", "issuance", "holding", "problem"])
    if not row.outcome or row.became is None:
        raise WrongStateError(row.problem or _("This person holds the badge already; it is left as it is."))
    return Issuance.objects.select_related("issuer", "badge").get(pk=row.became)


@transaction.atomic
def _begin_due() -> None:
    """From now on they cannot be undone."""
    due = Batch.objects.due(clock.now()).select_for_update(of=("self",), skip_locked=True)
    ids = [batch.pk for batch in due.only("pk")]
    Batch.objects.filter(pk__in=ids).update(state=BatchState.LEAVING, updated_at=clock.now())


def _next(passed_over: Collection[UUID]) -> Batch | None:
    return (
        Batch.objects.filter(state=BatchState.LEAVING)
        .exclude(pk__in=passed_over)
        .select_related("issuer", "badge_version__badge__issuer", "confirmed_by")
        .order_by("due_at")
        .first()
    )


def _language_of(batch: Batch) -> str:
    return (batch.confirmed_by.language if batch.confirmed_by else "") or batch.issuer.language


@garbage_left_alone()
@transaction.atomic
def _issue_chunk(batch: Batch) -> int | None:
    """Issue some rows that nobody else has; None when another worker has the last ones."""
    ready = batch.rows.ready()
    if batch.badge_version.badge.state != BadgeState.PUBLISHED:
        ready.update(state=RowState.REFUSED, problem=_("The badge was retired before this row left."))
    rows = list(ready.defer("cells").select_for_update(of=("self",), skip_locked=True).order_by("line")[:ROWS_AT_ONCE])
    if not rows:
        return None if ready.exists() else _finish(batch)
    chunk = _Chunk(batch, rows)
    chunk.write()
    return chunk.badges


def _finish(batch: Batch) -> int:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("confirmed_by").get(pk=batch.pk)
    if batch.state == BatchState.LEAVING:
        batch.state, batch.finished_at = BatchState.ISSUED, clock.now()
        batch.save(update_fields=["state", "finished_at", "updated_at"])
        audit.record("batch issued", batch, by=batch.confirmed_by, issuer_id=batch.issuer_id)
    return 0


class _Chunk:
    """Some rows of a batch, by what happens to each. Whoever got the badge since the preview is seen here."""

    def __init__(self, batch: Batch, rows: Sequence[BatchRow]) -> None:
        self.batch = batch
        self.new: list[BatchRow] = []
        self.renewed: list[tuple[BatchRow, Renewal]] = []
        self.replaced: list[tuple[BatchRow, Correction]] = []
        self.skipped: list[BatchRow] = []
        self.refused: dict[str, list[BatchRow]] = {}
        holding = self._holding(rows)
        for row in rows:
            row.batch = batch
            held = holding.get(row.pk)
            if held is None:
                self.new.append(row)
            elif row.how == HolderPolicy.SKIP:
                self.skipped.append(row)
            elif row.how == HolderPolicy.RENEW:
                self._renew(row, held)
            else:
                self._replace(row, held)

    def _holding(self, rows: Sequence[BatchRow]) -> dict[UUID, Issuance]:
        """What the people of these rows hold now."""
        # Asked for each row by itself: for a list of people PostgreSQL likes to read all who hold the badge.
        looked_up = self._rows(rows).order_by().annotate(held=self._held()).values_list("pk", "held")
        held = {row: issuance for row, issuance in looked_up if issuance}
        if not held:
            return {}
        found = Issuance.objects.select_related("issuer", "current_version").in_bulk(list(held.values()))
        return {row: found[issuance] for row, issuance in held.items()}

    @property
    def badges(self) -> int:
        return len(self.new) + len(self.renewed) + len(self.replaced)

    def write(self) -> None:
        by = self.batch.confirmed_by
        if by is None:
            msg = "A batch is confirmed by somebody."
            raise ValueError(msg)
        self._change_what_they_hold(by)
        if self.new:
            issue_badges(
                [new_issuance(row) for row in self.new],
                badge_version=self.batch.badge_version,
                by=by,
                batch=self.batch,
            )
        self._rows(self.new).update(outcome=RowOutcome.ISSUED, issuance=self._held())
        for outcome, rows in ((RowOutcome.RENEWED, self.renewed), (RowOutcome.REPLACED, self.replaced)):
            self._rows([row for row, _change in rows]).update(outcome=outcome, holding=self._held())
        self._rows(self.skipped).update(state=RowState.LOOK, holding=self._held())
        for words, refused in self.refused.items():
            self._rows(refused).update(state=RowState.REFUSED, problem=words[:300])

    def _change_what_they_hold(self, by: User) -> None:
        reason = _("From the file %(file)s") % {"file": self.batch.file_name}
        try:
            with transaction.atomic():
                if self.renewed:
                    renew_issuances([change for _row, change in self.renewed], by=by, reason=reason, notify=True)
                if self.replaced:
                    correct_issuances([change for _row, change in self.replaced], by=by, reason=reason, notify=True)
        except PermissionDenied:
            self._refuse_changes(
                _("%(person)s, who confirmed this batch, may not change badges any more.") % {"person": by}
            )
        except SecondPersonNeededError as refusal:
            self._refuse_changes(_("%(why)s Send this row as a file of corrections.") % {"why": refusal})

    def _refuse_changes(self, words: str) -> None:
        self.refused.setdefault(words, []).extend(row for row, _change in (*self.renewed, *self.replaced))
        self.renewed, self.replaced = [], []

    def _renew(self, row: BatchRow, held: Issuance) -> None:
        problem = problem_with_renewing(held, row.expires_on)
        if row.expires_on is None or problem:
            self.refused.setdefault(problem, []).append(row)
        else:
            self.renewed.append((row, Renewal(held, row.expires_on)))

    def _replace(self, row: BatchRow, held: Issuance) -> None:
        new = new_issuance(row)
        stated = {"recipient_name": new.recipient_name, "issued_on": new.issued_on, "expires_on": new.expires_on}
        # A file without the column says nothing about it.
        if Column.NARRATIVE in self.batch.columns:
            stated["narrative"] = new.narrative
        if Column.EVIDENCE in self.batch.columns:
            stated["evidence"] = new.evidence
        if problem := problem_with_changing(held):
            self.refused.setdefault(problem, []).append(row)
        elif not differing(held, stated):
            self.refused.setdefault(_("The badge says all this already."), []).append(row)
        else:
            self.replaced.append((row, Correction(held, stated)))

    def _rows(self, rows: Sequence[BatchRow]) -> "QuerySet[BatchRow]":
        return BatchRow.objects.filter(pk__any=[row.pk for row in rows])

    def _held(self) -> Subquery:
        """What the person of a row holds, for a statement over many rows."""
        held = Issuance.objects.standing().filter(badge=self.batch.badge_id, recipient_key=OuterRef("recipient_key"))
        return Subquery(held.order_by().values("pk")[:1])


def new_issuance(row: BatchRow) -> NewIssuance:
    if row.issued_on is None:
        raise ValidationError(_("Row %(line)d has no issue date."), params={"line": row.line})
    return NewIssuance(
        recipient_name=row.recipient_name,
        recipient_email=row.recipient_email,
        issued_on=row.issued_on,
        expires_on=row.expires_on,
        completed_on=row.completed_on,
        narrative=row.narrative,
        evidence=[{"name": row.evidence_url, "url": row.evidence_url}] if row.evidence_url else [],
    )
