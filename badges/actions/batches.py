"""Issuing many: a draft is confirmed, can be undone for a while, and is issued."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.dates import day_in
from badgecert.core.inserting import insert_many
from badgecert.core.text import canonical_email
from badges.actions.issuances import NewIssuance, holders_of, issue_badges
from badges.exceptions import AlreadyHoldsError, IssuingImpossibleError, TooLateError, WrongStateError
from badges.models import Badge, BadgeState, Batch, BatchFile, BatchRow, BatchState, Issuance, RowState
from badges.row_checks import FURTHEST_DAYS
from issuers.permissions import can_issue


@transaction.atomic
def draft_batch(badge: Badge, *, rows: Iterable[BatchRow], file_name: str, file_sha256: str, by: User) -> Batch:
    """Keep a checked file as a draft for its preview. Nothing happens to anybody yet.

    The rows are unsaved and carry their problems, if any. Raises PermissionDenied, WrongStateError.
    """
    if not can_issue(by, badge.issuer):
        raise PermissionDenied
    if badge.state != BadgeState.PUBLISHED:
        raise IssuingImpossibleError(_("Publish the badge first; only a published badge can be issued."))
    rows = list(rows)
    batch = Batch.objects.create(
        issuer=badge.issuer,
        badge=badge,
        badge_version=badge.current_version,
        file_name=file_name,
        file_sha256=file_sha256,
        rows_count=len(rows),
        uploaded_by=by,
    )
    for row in rows:
        row.batch, row.recipient_key = batch, canonical_email(row.recipient_email)
        row.settle()
    insert_many(rows)
    return batch


@transaction.atomic
def issue_to_one(new: NewIssuance, *, badge: Badge, once: str, by: User) -> Issuance | Batch:
    """Give the badge to one person: at once, or as a batch of one row where the organisation wants time to undo.

    Calls with the same word in `once` are one order, however often the button was pressed. Raises what issue_badges and confirm_batch raise.
    """
    if not badge.issuer.single_delay_minutes:
        [issuance] = issue_badges([new], badge_version=badge.current_version, by=by)
        return issuance
    order = sha256(once.encode()).hexdigest()
    if before := Batch.objects.filter(badge=badge, file_sha256=order).exclude(state=BatchState.UNDONE).first():
        return before
    if holders_of(badge.current_version, [new.recipient_key]):
        raise AlreadyHoldsError([new.recipient_email])
    row = BatchRow(
        line=1,
        recipient_name=new.recipient_name,
        recipient_email=new.recipient_email,
        issued_on=new.issued_on,
        expires_on=new.expires_on,
        completed_on=new.completed_on,
        evidence_url=new.evidence[0]["url"] if new.evidence else "",
        narrative=new.narrative,
    )
    batch = draft_batch(badge, rows=[row], file_name=new.recipient_name, file_sha256=order, by=by)
    return confirm_batch(batch, by=by, minutes_to_undo=badge.issuer.single_delay_minutes)


@transaction.atomic
def confirm_batch(
    batch: Batch, *, by: User, minutes_to_undo: int | None = None, leaves_at: datetime | None = None
) -> Batch:
    """Issue the rows that are ready, once the time to undo has passed. Confirming twice changes nothing.

    The time is the organisation's for batches, unless another one is given; `leaves_at` is a later instant at which it
    is to leave, and then the issue day of rows whose file names none.

    Raises PermissionDenied; WrongStateError when it was undone, has no good row, or the same file went before.
    """
    batch = _locked(batch, by=by)
    if batch.state in {BatchState.CONFIRMED, BatchState.LEAVING, BatchState.ISSUED}:
        return batch
    if batch.state == BatchState.UNDONE:
        raise WrongStateError(_("This batch was undone. Upload the file again."))
    if batch.state != BatchState.DRAFT:
        raise WrongStateError(_("The rows of this file are not checked yet."))
    if not batch.rows.ready().exists():
        raise WrongStateError(_("No row of this file can be issued. Download the rows with their reasons."))
    batch.state, batch.confirmed_at, batch.confirmed_by = BatchState.CONFIRMED, clock.now(), by
    if minutes_to_undo is None:
        minutes_to_undo = batch.issuer.cooling_off_minutes
    batch.due_at = max(batch.confirmed_at + timedelta(minutes=minutes_to_undo), leaves_at or batch.confirmed_at)
    if batch.due_at > batch.confirmed_at + timedelta(days=FURTHEST_DAYS):
        raise WrongStateError(_("Choose a day within the next year."))
    _date_rows(batch, batch.due_at)
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:
        raise WrongStateError(_("This very file was issued before, so nothing was issued twice.")) from error
    BatchFile.objects.filter(batch=batch).delete()
    audit.record("batch confirmed", batch, by=by, issuer_id=batch.issuer_id)
    return batch


def _date_rows(batch: Batch, due_at: datetime) -> None:
    """What the file leaves open is the day on which the batch leaves."""
    day = day_in(due_at, batch.issuer.time_zone)
    ours = batch.rows.filter(is_dated_by_us=True, problem="").exclude(issued_on=day)
    ours.filter(expires_by_rule=False, expires_on__lt=day).update(
        state=RowState.REFUSED, problem=_("It would expire before the day on which the batch leaves.")
    )
    ours.filter(expires_by_rule=True).update(issued_on=day, expires_on=batch.badge.expires_on_for(day))
    ours.filter(expires_by_rule=False).update(issued_on=day)


@transaction.atomic
def send_now(batch: Batch, *, by: User) -> Batch:
    """Give up the rest of the time to undo. Raises PermissionDenied, WrongStateError."""
    batch = _locked(batch, by=by)
    if batch.state != BatchState.CONFIRMED:
        raise WrongStateError(_("Only a batch that waits can be sent now."))
    batch.due_at = clock.now()
    _date_rows(batch, batch.due_at)
    batch.save(update_fields=["due_at", "updated_at"])
    audit.record("batch sent before its time", batch, by=by, issuer_id=batch.issuer_id)
    return batch


@transaction.atomic
def undo_batch(batch: Batch, *, by: User) -> Batch:
    """Take a confirmed batch back before it leaves: nobody outside ever learns of it. Raises TooLateError."""
    batch = _locked(batch, by=by)
    if batch.state in {BatchState.LEAVING, BatchState.ISSUED}:
        raise TooLateError(_("This batch has been issued already. Revoke it with a reason instead."))
    batch.state, batch.due_at = BatchState.UNDONE, None
    batch.save(update_fields=["state", "due_at", "updated_at"])
    BatchFile.objects.filter(batch=batch).delete()
    audit.record("batch undone", batch, by=by, issuer_id=batch.issuer_id)
    return batch


def _locked(batch: Batch, *, by: User) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("issuer", "badge").get(pk=batch.pk)
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    return batch
