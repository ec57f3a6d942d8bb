"""CSV that a spreadsheet opens as it is meant: as words, whatever strangers wrote into them."""

import csv
import io
from collections.abc import Iterable, Sequence

# A cell that begins so is run as a formula.
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001  # the wide forms, too


def written_csv(table: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for cells in table:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_MARKS) else cell for cell in cells])
    # With a mark at the start Excel reads it as UTF-8.
    return out.getvalue().encode("utf-8-sig")
