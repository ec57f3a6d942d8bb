"""Issuing many: a file becomes a draft, a draft is confirmed, and after the time to undo it is issued."""

from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import audit, clock
from badgecert.core.text import canonical_email
from badges.actions.issuances import NewIssuance, holders_of, issue_badges
from badges.exceptions import AlreadyHoldsError, IssuingImpossibleError, TooLateError, WrongStateError
from badges.models import Badge, BadgeState, Batch, BatchRow, BatchState, Issuance
from issuers.permissions import can_issue

ROWS_AT_ONCE = 500


@transaction.atomic
def draft_batch(badge: Badge, *, rows: Iterable[BatchRow], file_name: str, file_sha256: str, by: User) -> Batch:
    """Keep a checked file as a draft for its preview. Nothing happens to anybody yet.

    The rows are unsaved and carry their problems, if any. Raises PermissionDenied, WrongStateError.
    """
    if not can_issue(by, badge.issuer):
        raise PermissionDenied
    if badge.state != BadgeState.PUBLISHED:
        raise IssuingImpossibleError(_("Publish the badge first; only a published badge can be issued."))
    batch = Batch.objects.create(
        issuer=badge.issuer,
        badge=badge,
        badge_version=badge.current_version,
        file_name=file_name,
        file_sha256=file_sha256,
        uploaded_by=by,
    )
    rows = list(rows)
    for row in rows:
        row.batch = batch
    BatchRow.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
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
def confirm_batch(batch: Batch, *, by: User, minutes_to_undo: int | None = None) -> Batch:
    """Issue the rows without a problem, once the time to undo has passed. Confirming twice changes nothing.

    The time is the organisation's for batches, unless another one is given.

    Raises PermissionDenied; WrongStateError when it was undone, has no good row, or the same file went before.
    """
    batch = _locked(batch, by=by)
    if batch.state in {BatchState.CONFIRMED, BatchState.ISSUED}:
        return batch
    if batch.state == BatchState.UNDONE:
        raise WrongStateError(_("This batch was undone. Upload the file again."))
    if not batch.rows.ready().exists():
        raise WrongStateError(_("No row of this file can be issued. Download the rows with their reasons."))
    batch.state, batch.confirmed_at, batch.confirmed_by = BatchState.CONFIRMED, clock.now(), by
    if minutes_to_undo is None:
        minutes_to_undo = batch.issuer.cooling_off_minutes
    batch.due_at = batch.confirmed_at + timedelta(minutes=minutes_to_undo)
    try:
        with transaction.atomic():
            batch.save()
    except IntegrityError as error:
        raise WrongStateError(_("This very file was issued before, so nothing was issued twice.")) from error
    audit.record("batch confirmed", batch, by=by, issuer_id=batch.issuer_id)
    return batch


@transaction.atomic
def undo_batch(batch: Batch, *, by: User) -> Batch:
    """Take a confirmed batch back before it leaves: nobody outside ever learns of it. Raises TooLateError."""
    batch = _locked(batch, by=by)
    if batch.state == BatchState.ISSUED or batch.issuances.exists():
        raise TooLateError(_("This batch has been issued already. Revoke single badges instead."))
    batch.state, batch.due_at = BatchState.UNDONE, None
    batch.save(update_fields=["state", "due_at", "updated_at"])
    audit.record("batch undone", batch, by=by, issuer_id=batch.issuer_id)
    return batch


def issue_due_batches() -> int:
    """Issue what is due, chunk by chunk, each in one transaction; returns the number of badges issued.

    A worker that dies between two chunks leaves whole chunks behind, and the next call goes on after them.
    """
    issued = 0
    while (count := _issue_next_chunk()) is not None:
        issued += count
    return issued


@transaction.atomic
def _issue_next_chunk() -> int | None:
    """Issue up to ROWS_AT_ONCE rows of one due batch; None when no batch is due."""
    batch = (
        Batch.objects.due(clock.now())
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("badge_version__badge__issuer", "confirmed_by")
        .order_by("due_at")
        .first()
    )
    if batch is None or batch.confirmed_by is None:
        return None
    rows = list(batch.rows.ready().order_by("line")[:ROWS_AT_ONCE])
    if not rows:
        batch.state, batch.finished_at = BatchState.ISSUED, clock.now()
        batch.save(update_fields=["state", "finished_at", "updated_at"])
        audit.record("batch issued", batch, by=batch.confirmed_by, issuer_id=batch.issuer_id)
        return 0

    # Somebody may have been given the badge since the preview.
    holders = holders_of(batch.badge_version, [canonical_email(row.recipient_email) for row in rows])
    good = []
    for row in rows:
        if canonical_email(row.recipient_email) in holders:
            row.problem = _("Already holds this badge.")
        else:
            good.append(row)
    issuances: list[Issuance] = []
    if good:
        issuances = issue_badges(
            [_new_issuance(row) for row in good],
            badge_version=batch.badge_version,
            by=batch.confirmed_by,
            batch=batch,
        )
    for row, issuance in zip(good, issuances, strict=True):
        row.issuance = issuance
    BatchRow.objects.bulk_update(rows, ["issuance", "problem"])
    return len(issuances)


def _new_issuance(row: BatchRow) -> NewIssuance:
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


def _locked(batch: Batch, *, by: User) -> Batch:
    batch = Batch.objects.select_for_update(of=("self",)).select_related("issuer").get(pk=batch.pk)
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    return batch
