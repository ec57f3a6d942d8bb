from hashlib import sha256

from django.utils.translation import gettext as _

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.dates import day_in, long_date
from badges.actions.batches import draft_batch
from badges.exceptions import FileRefusedError
from badges.models import Badge, Batch, BatchState
from badges.row_checks import holding_since
from badges.spreadsheets import check_rows, read_sheet


def draft_batch_from_file(badge: Badge, *, content: bytes, file_name: str, by: User) -> tuple[Batch, list[str]]:
    """Read and check a file of people and keep it as a draft; also what staff should know of the file as a whole.

    Costs the same number of queries for ten rows and for five thousand. Raises FileRefusedError with nothing kept, and
    what draft_batch raises.
    """
    fingerprint = sha256(content).hexdigest()
    before = (
        Batch.objects.filter(badge=badge, file_sha256=fingerprint, state__in=(BatchState.CONFIRMED, BatchState.ISSUED))
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
    sheet = read_sheet(content, file_name=file_name)
    rows = check_rows(
        sheet,
        badge=badge,
        today=clock.today(badge.issuer.time_zone),
        holding_since=lambda keys: holding_since(badge, keys),
    )
    batch = draft_batch(badge, rows=rows, file_name=file_name[-200:], file_sha256=fingerprint, by=by)
    return batch, sheet.notices
