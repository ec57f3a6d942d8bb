"""The rows that an issued batch left behind, in a batch of their own: mended in its preview, then issued like any other."""

from hashlib import sha256

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core.inserting import insert_many
from badges.checking import held_by
from badges.exceptions import IssuingImpossibleError, WrongStateError
from badges.models import BadgeState, Batch, BatchRow, BatchState
from issuers.permissions import can_issue

_ROWS_AT_ONCE = 1000


@transaction.atomic
def draft_held_rows(batch: Batch, *, by: User) -> Batch:
    """Copy the held rows of an issued batch to a draft. Asked twice it is the same draft, unless that was undone.

    Raises PermissionDenied, WrongStateError, IssuingImpossibleError.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("issuer", "badge").get(pk=batch.pk)
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    held = batch.rows.held().order_by("line")
    if batch.state != BatchState.ISSUED or not batch.header or not held.exists():
        raise WrongStateError(_("Only rows of a file that an issued batch left behind can be mended."))
    if batch.badge.state != BadgeState.PUBLISHED:
        raise IssuingImpossibleError(_("Publish the badge first; only a published badge can be issued."))
    fingerprint = sha256(f"held rows of {batch.pk}".encode()).hexdigest()
    before = Batch.objects.filter(badge=batch.badge, file_sha256=fingerprint).exclude(state=BatchState.UNDONE).first()
    if before is not None:
        return before
    draft = Batch.objects.create(
        issuer=batch.issuer,
        badge=batch.badge,
        badge_version=batch.badge.current_version,
        file_name=batch.file_name,
        file_sha256=fingerprint,
        header=batch.header,
        columns=batch.columns,
        policy=batch.policy,
        lines_expected=batch.lines_expected,
        lines_read=batch.lines_read,
        uploaded_by=by,
    )
    first_lines: dict[str, int] = {}
    while rows := list(held[:_ROWS_AT_ONCE]):
        held = batch.rows.held().filter(line__gt=rows[-1].line).order_by("line")
        _copy(rows, draft, first_lines)
        draft.rows_count += len(rows)
    draft.save(update_fields=["rows_count", "updated_at"])
    return draft


def _copy(rows: list[BatchRow], draft: Batch, first_lines: dict[str, int]) -> None:
    """What was wrong with a cell still is; who holds the badge and who stands there twice is looked up again."""
    holding = held_by(draft, [row.recipient_key for row in rows if not row.problem])
    for row in rows:
        row.pk, row.batch = BatchRow().pk, draft
        row.holding, row.duplicate_of = None, None
        if not row.problem:
            row.holding = holding.get(row.recipient_key)
            first = first_lines.setdefault(row.recipient_key, row.line)
            row.duplicate_of = first if first != row.line else None
        row.settle()
    insert_many(rows)
