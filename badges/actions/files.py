"""A file of people: kept, its columns matched, its rows checked. A short one at once, a long one by a worker."""

from collections.abc import Mapping
from hashlib import sha256
from itertools import islice
from time import monotonic

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in, long_date
from badgecert.core.garbage import garbage_left_alone
from badgecert.core.inserting import insert_many
from badges.actions.leases import lease_end, taken
from badges.checking import checked_rows
from badges.exceptions import FileRefusedError, IssuingImpossibleError, WrongStateError
from badges.models import Badge, BadgeState, Batch, BatchFile, BatchState, ColumnMapping
from badges.models.batch import plain_heading
from badges.spreadsheets import SheetRow, guessed_columns, open_sheet, problem_with_columns
from issuers.permissions import can_issue

ROWS_AT_ONCE = 1000
# So many are checked while somebody waits.
LINES_AT_ONCE = 6000
LONGEST_TURN_SECONDS = 30


@transaction.atomic
def upload_file(badge: Badge, *, content: bytes, file_name: str, by: User) -> Batch:
    """Keep a file of people. If every heading is known its rows are checked, else somebody matches the columns first.

    Raises PermissionDenied, IssuingImpossibleError; FileRefusedError with nothing kept.
    """
    if not can_issue(by, badge.issuer):
        raise PermissionDenied
    if badge.state != BadgeState.PUBLISHED:
        raise IssuingImpossibleError(_("Publish the badge first; only a published badge can be issued."))
    fingerprint = sha256(content).hexdigest()
    _refuse_same_file(badge, fingerprint)
    sheet = open_sheet(content, file_name=file_name)
    columns, unknown = guessed_columns(sheet.header, _remembered(badge, sheet.header))
    if not columns and any("@" in heading for heading in sheet.header):
        raise FileRefusedError(problem_with_columns(columns))
    batch = Batch.objects.create(
        issuer=badge.issuer,
        badge=badge,
        badge_version=badge.current_version,
        file_name=file_name[-200:],
        file_sha256=fingerprint,
        state=BatchState.UPLOADED,
        header=sheet.header,
        columns=columns,
        lines_expected=sheet.lines,
        uploaded_by=by,
    )
    BatchFile.objects.create(batch=batch, content=content)
    if unknown or problem_with_columns(columns):
        return batch
    return _begin_checking(batch)


@transaction.atomic
def match_columns(batch: Batch, *, columns: Mapping[str, int], by: User) -> Batch:
    """Say what the columns hold, for this file and the organisation's next ones, and check the rows (anew).

    What was corrected in the preview is lost. Raises PermissionDenied, WrongStateError, FileRefusedError.
    """
    batch = Batch.objects.select_for_update(of=("self",)).select_related("issuer", "badge").get(pk=batch.pk)
    if not can_issue(by, batch.issuer):
        raise PermissionDenied
    if batch.state not in {BatchState.UPLOADED, BatchState.DRAFT} or not hasattr(batch, "file"):
        raise WrongStateError(_("The columns of this file cannot be changed any more. Upload it again."))
    if problem := problem_with_columns(columns):
        raise FileRefusedError(problem)
    column_at = {place: column for column, place in columns.items()}
    ColumnMapping.objects.bulk_create(
        [
            ColumnMapping(issuer=batch.issuer, heading=plain_heading(heading), column=column_at.get(place, ""))
            for place, heading in enumerate(batch.header)
            if plain_heading(heading)
        ],
        update_conflicts=True,
        unique_fields=("issuer", "heading"),
        update_fields=("column",),
    )
    batch.rows.all().delete()
    batch.columns = dict(columns)
    return _begin_checking(batch)


def check_waiting_files() -> bool:
    """Check long files for a bounded time. True when there is more to do.

    A worker that dies leaves whole chunks behind, and the next one goes on after them.
    """
    until = monotonic() + LONGEST_TURN_SECONDS
    waiting = Batch.objects.to_check(clock.now())
    while (batch := taken(waiting.select_related("issuer", "badge", "badge_version", "uploaded_by"))) is not None:
        language = batch.uploaded_by.language or batch.issuer.language
        with translation.override(language):
            try:
                if not _check(batch, until=until):
                    return True
            except FileRefusedError as error:
                _refuse(batch, str(error))
    return False


def _remembered(badge: Badge, header: list[str]) -> dict[str, str]:
    headings = [plain_heading(heading) for heading in header]
    known: QuerySet[ColumnMapping] = ColumnMapping.objects.filter(issuer=badge.issuer, heading__in=headings)
    return dict(known.values_list("heading", "column"))


def _refuse_same_file(badge: Badge, fingerprint: str) -> None:
    states = (BatchState.CONFIRMED, BatchState.LEAVING, BatchState.ISSUED)
    before = (
        Batch.objects.filter(badge=badge, file_sha256=fingerprint, state__in=states)
        .select_related("confirmed_by")
        .first()
    )
    if before and before.confirmed_at:
        raise FileRefusedError(
            _("This very file was issued on %(day)s by %(person)s. Nothing is issued twice.")
            % {
                "day": long_date(day_in(before.confirmed_at, badge.issuer.time_zone)),
                "person": before.confirmed_by,
            }
        )


def _begin_checking(batch: Batch) -> Batch:
    batch.state, batch.lines_read, batch.rows_count, batch.taken_until = BatchState.CHECKING, 0, 0, None
    batch.save()
    if batch.lines_expected <= LINES_AT_ONCE:
        _check(batch, until=None)
    return batch


def _check(batch: Batch, *, until: float | None) -> bool:
    """Read on from where it is; False when the time is over before the file is."""
    sheet = open_sheet(bytes(batch.file.content), file_name=batch.file_name)
    first_lines = dict(batch.rows.filter(problem="", duplicate_of=None).order_by().values_list("recipient_key", "line"))
    rows = (row for row in sheet.rows if row.line > batch.lines_read)
    while chunk := list(islice(rows, ROWS_AT_ONCE)):
        if not _keep(batch, chunk, first_lines):
            return True
        if until is not None and monotonic() > until:
            Batch.objects.filter(pk=batch.pk).update(taken_until=None)
            return False
    batch.state, batch.taken_until, batch.lines_expected = BatchState.DRAFT, None, batch.lines_read
    batch.save(update_fields=["state", "taken_until", "lines_expected", "updated_at"])
    return True


@garbage_left_alone()
@transaction.atomic
def _keep(batch: Batch, chunk: list[SheetRow], first_lines: dict[str, int]) -> bool:
    """False when somebody else went on with it or gave it up."""
    now = Batch.objects.select_for_update().get(pk=batch.pk)
    if (now.state, now.lines_read) != (BatchState.CHECKING, batch.lines_read):
        return False
    today = clock.today(batch.issuer.time_zone)
    insert_many(checked_rows(chunk, batch=batch, today=today, first_lines=first_lines))
    batch.lines_read, batch.taken_until = chunk[-1].line, lease_end()
    batch.rows_count += len(chunk)
    batch.save(update_fields=["lines_read", "rows_count", "taken_until", "updated_at"])
    return True


@transaction.atomic
def _refuse(batch: Batch, words: str) -> None:
    batch.rows.all().delete()
    BatchFile.objects.filter(batch=batch).delete()
    batch.state, batch.refusal, batch.taken_until, batch.rows_count = BatchState.REFUSED, words[:300], None, 0
    batch.save(update_fields=["state", "refusal", "taken_until", "rows_count", "updated_at"])
