"""Deciding about rows of a checked file before it is confirmed: correct a cell, accept what looked odd, choose a policy."""

from collections.abc import Iterable, Mapping

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.checking import held_by, read_values
from badges.exceptions import WrongStateError
from badges.models import Batch, BatchRow, BatchState, Column, HolderPolicy, RowState
from badges.models.batch import JUDGED
from issuers.permissions import can_issue

_ROWS_AT_ONCE = 500


@transaction.atomic
def correct_row(row: BatchRow, *, values: Mapping[str, str], by: User) -> BatchRow:
    """Put these texts into its columns and check it again, and whoever it had the address in common with.

    Raises PermissionDenied, WrongStateError.
    """
    batch = _locked(row.batch, by=by)
    row = _row_of(batch, row)
    old_key = row.recipient_key
    headings = {column: batch.header[place] for column, place in batch.columns.items()}
    row.cells = row.with_cells({headings[column]: text for column, text in values.items() if column in headings})
    now = {column: row.cell(heading) for column, heading in headings.items()}
    read_values(row, now, today=clock.today(batch.issuer.time_zone))
    if not row.problem:
        row.holding = held_by(batch, [row.recipient_key]).get(row.recipient_key)
    row.settle()
    row.save_judgement()
    _part_duplicates(batch, {old_key, row.recipient_key} - {""})
    row.refresh_from_db()
    return row


@transaction.atomic
def accept_rows(batch: Batch, *, rows: Iterable[BatchRow] | None = None, by: User) -> None:
    """Issue these as they are although they look odd; without `rows` all of them. Raises as correct_row()."""
    batch = _locked(batch, by=by)
    odd = batch.rows.filter(problem="", duplicate_of=None, outcome="").exclude(warning="")
    if rows is not None:
        odd = odd.filter(pk__in=[row.pk for row in rows])
    odd.update(is_accepted=True)
    odd.filter(holding=None).update(state=RowState.READY)
    odd.judge_by(batch.policy)
    for policy in HolderPolicy.values:
        odd.judge_by(policy, chosen=policy)


@transaction.atomic
def use_suggestions(batch: Batch, *, by: User) -> int:
    """Take for every odd name what probably was meant; how many rows that were. Raises as correct_row()."""
    batch = _locked(batch, by=by)
    if Column.NAME not in batch.columns:
        return 0
    headings = {column: batch.header[place] for column, place in batch.columns.items()}
    odd = batch.rows.filter(state=RowState.LOOK, at_fault=Column.NAME, is_accepted=False).exclude(suggestion="")
    today = clock.today(batch.issuer.time_zone)
    changed, line = 0, 0
    while rows := list(
        odd.filter(line__gt=line).select_related("holding__current_version").order_by("line")[:_ROWS_AT_ONCE]
    ):
        for row in rows:
            row.batch, holding = batch, row.holding
            row.cells = row.with_cells({headings[Column.NAME]: row.suggestion})
            read_values(row, {column: row.cell(name) for column, name in headings.items()}, today=today)
            row.holding = holding
            row.settle()
        BatchRow.objects.bulk_update(rows, JUDGED)
        changed, line = changed + len(rows), rows[-1].line
    return changed


@transaction.atomic
def choose_policy(batch: Batch, policy: str, *, rows: Iterable[BatchRow] | None = None, by: User) -> Batch:
    """What happens to people who hold the badge: for the whole batch, or for these rows only. Raises as correct_row()."""
    batch = _locked(batch, by=by)
    policy = HolderPolicy(policy).value
    if rows is None:
        batch.policy = policy
        batch.save(update_fields=["policy", "updated_at"])
        batch.rows.judge_by(policy)
    else:
        chosen = batch.rows.filter(pk__in=[row.pk for row in rows], holding__isnull=False)
        chosen.update(policy=policy)
        chosen.judge_by(policy, chosen=policy)
    return batch


def _part_duplicates(batch: Batch, keys: Iterable[str]) -> None:
    """Of the good rows of one person the first one counts."""
    for key in keys:
        rows = batch.rows.filter(recipient_key=key, problem="").order_by("line")
        first = rows.select_related("holding__current_version").first()
        if first is None:
            continue
        rows.exclude(pk=first.pk).update(duplicate_of=first.line, state=RowState.REFUSED)
        if first.duplicate_of is not None:
            first.batch, first.duplicate_of = batch, None
            first.settle()
            first.save_judgement()


def _row_of(batch: Batch, row: BatchRow) -> BatchRow:
    row = batch.rows.get(pk=row.pk)
    row.batch = batch
    return row


def _locked(batch: Batch, *, by: User) -> Batch:
    batch = (
        Batch.objects.select_for_update(of=("self",))
        .select_related("issuer", "badge", "badge_version")
        .get(pk=batch.pk)
    )
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    if batch.state != BatchState.DRAFT:
        raise WrongStateError(_("This batch was confirmed or undone meanwhile, so its rows stay as they are."))
    return batch
