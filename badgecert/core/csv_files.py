"""Tables as files that a spreadsheet opens and does not run."""

import csv
import io
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A cell that begins with one of these is a formula to Excel, LibreOffice or Google Sheets.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")


def csv_bytes(table: Iterable[Sequence[object]]) -> bytes:
    """Numbers stay numbers; a text that looks like a formula gets the mark that makes it a text again."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for cells in table:
        writer.writerow([_safe(cell) for cell in cells])
    # With a mark at the start Excel reads it as UTF-8.
    return out.getvalue().encode("utf-8-sig")


def csv_download(file_name: str, table: Iterable[Sequence[object]]) -> HttpResponse:
    response = HttpResponse(csv_bytes(table), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    return response


def _safe(cell: object) -> object:
    if isinstance(cell, int | float):
        return cell
    text = "" if cell is None else str(cell)
    return f"'{text}" if text.startswith(_FORMULA_MARKS) else text
