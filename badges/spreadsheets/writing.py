"""The tables that staff download: a file to fill in, and the rows that stayed behind."""

from collections.abc import Iterable, Iterator, Sequence

from badges.models import BatchRow
from badges.models.batch import plain_heading
from badges.spreadsheets.headings import REASON

_TEMPLATE = ("name", "email", "issued_on", "expires_on", "completed_on", "evidence", "narrative")


def template_rows() -> list[Sequence[str]]:
    """A file to fill in, with a person who shows how."""
    return [_TEMPLATE, ["Ana Ito", "ana@example.org", "2025-03-14", "", "2025-03-10", "https://example.org/thesis", ""]]


def held_rows(header: Sequence[str], rows: Iterable[BatchRow]) -> Iterator[Sequence[str]]:
    """The rows that stayed behind as they came, each with its reason: correct and upload it again."""
    headings = [heading for heading in header if heading and plain_heading(heading) != REASON]
    yield [*headings, REASON]
    for row in rows:
        cells = dict(row.cells)
        yield [*(cells.get(heading, "") for heading in headings), row.said]
