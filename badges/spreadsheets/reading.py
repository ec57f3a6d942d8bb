"""The headings and the rows of a file, one after the other: a file of 100,000 people takes the memory of its bytes."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time

from django.conf import settings
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from badges.exceptions import FileRefusedError
from badges.models.batch import plain_heading
from badges.spreadsheets.headings import is_known

COLUMNS_LIMIT = 200
CELL_LENGTH = 100_000
# An honest workbook of the largest file that fits is far smaller unpacked.
UNPACKED_BYTES_LIMIT = 100_000_000

UNREADABLE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class SheetRow:
    line: int
    """As a spreadsheet counts: the header is line 1."""
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    """`rows` can be gone through once. It raises FileRefusedError where the file breaks off."""

    header: list[str]
    rows: Iterator[SheetRow]
    lines: int
    """About so many."""


# --- reading -------------------------------------------------------------------------------------


def open_sheet(content: bytes, *, file_name: str) -> Sheet:
    """Raises FileRefusedError when nothing of the file can be used."""
    sheet = open_table(content, file_name=file_name)
    return Sheet(header=_header(sheet.header), rows=sheet.rows, lines=sheet.lines)


def open_table(content: bytes, *, file_name: str) -> Sheet:
    """As open_sheet(), whatever the headings are."""
    lines, read = _opened(content, file_name=file_name)
    rows = read()
    first = next(rows, None)
    if first is None:
        raise FileRefusedError(_("This file is empty."))
    filled = (row for row in rows if any(cell.strip() for cell in row.cells))
    if lines > settings.BATCH_ROWS_LIMIT:
        _refuse_too_many(read())
    return Sheet(header=first.cells, rows=_some(filled), lines=lines)


def _opened(content: bytes, *, file_name: str) -> tuple[int, Callable[[], Iterator[SheetRow]]]:
    """About how many lines there are, and what reads them from the start."""
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise FileRefusedError(_("This file is empty."))
    is_archive = content.startswith(b"PK")
    return _workbook(content, file_name=file_name) if is_archive else _text(content)


def _some(rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    first = next(rows, None)
    if first is None:
        raise FileRefusedError(_("This file has a header and no rows below it."))
    return _chained(first, rows)


def _chained(first: SheetRow, rows: Iterator[SheetRow]) -> Iterator[SheetRow]:
    yield first
    yield from rows


def _refuse_too_many(rows: Iterator[SheetRow]) -> None:
    """Empty lines do not count, so they are counted before anything is checked."""
    # The first one is the header.
    filled = -1
    for row in rows:
        filled += any(cell.strip() for cell in row.cells)
        if filled > settings.BATCH_ROWS_LIMIT:
            raise FileRefusedError(
                _("This file has more than %(limit)d rows. Split it.") % {"limit": settings.BATCH_ROWS_LIMIT}
            )


def _header(cells: list[str]) -> list[str]:
    """The headings; a cell is found by its heading, so that two columns cannot have the same."""
    if len(cells) > COLUMNS_LIMIT:
        raise FileRefusedError(_("This file has more than %(limit)d columns.") % {"limit": COLUMNS_LIMIT})
    header: list[str] = []
    for cell in cells:
        heading = cell.replace("\x00", "").strip()[:200]
        twin = next(
            (earlier for earlier in header if heading and plain_heading(earlier) == plain_heading(heading)), None
        )
        if twin is not None and is_known(heading):
            raise FileRefusedError(
                _("Two columns are called “%(one)s” and “%(other)s”. Give one of them another name.")
                % {"one": twin, "other": heading}
            )
        header.append(heading if twin is None else f"{heading} ({len(header) + 1})")
    return header


# --- text files ----------------------------------------------------------------------------------

_OTHER_KINDS = (
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"\xd0\xcf\x11\xe0", "XLS"),
    (b"<", "HTML"),
    (b"{\\rtf", "RTF"),
)


def _text(content: bytes) -> tuple[int, Callable[[], Iterator[SheetRow]]]:
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, kind in _OTHER_KINDS:
        if start.startswith(mark):
            raise FileRefusedError(
                _("This is a %(kind)s file, whatever its name says. Save the table as CSV or XLSX.") % {"kind": kind}
            )
    encoding = _encoding(content)

    def text() -> io.TextIOWrapper:
        # What cannot be read becomes a held row.
        return io.TextIOWrapper(io.BytesIO(content), encoding=encoding, errors="surrogateescape", newline="")

    first_line = text().readline().split("\r", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    if first_line.count(delimiter) > COLUMNS_LIMIT:
        raise FileRefusedError(_("This file has more than %(limit)d columns.") % {"limit": COLUMNS_LIMIT})
    return max(content.count(b"\n"), content.count(b"\r")), lambda: _csv_rows(text(), delimiter)


def _csv_rows(text: io.TextIOWrapper, delimiter: str) -> Iterator[SheetRow]:
    csv.field_size_limit(CELL_LENGTH)
    reader = csv.reader(text, delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise FileRefusedError(
                _(
                    "The quotes do not match from line %(line)d on, or a cell is longer than %(limit)d characters. "
                    "Save it as CSV again."
                )
                % {"line": line, "limit": CELL_LENGTH}
            ) from error
        if cells is None:
            return
        yield SheetRow(line=line, cells=cells)
        line = reader.line_num + 1


def _encoding(content: bytes) -> str:
    """The encoding of the file. A few unreadable lines become held rows; a whole file in another one is refused."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise FileRefusedError(_wrong_encoding("UTF-32"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FileRefusedError(_wrong_encoding("UTF-16")) from error
        return "utf-16"
    if content.startswith(b"+/v"):
        raise FileRefusedError(_wrong_encoding("UTF-7"))
    if not content.isascii() or b"\x00" in content:
        _refuse_broken(io.TextIOWrapper(io.BytesIO(content), encoding="utf-8-sig", errors="surrogateescape"))
    return "utf-8-sig"


def _refuse_broken(text: io.TextIOWrapper) -> None:
    lines = broken = holed = 0
    for line in text:
        is_broken = UNREADABLE.search(line) is not None
        if is_broken and not lines:
            raise FileRefusedError(_wrong_encoding(""))
        lines, broken, holed = lines + 1, broken + is_broken, holed + ("\x00" in line)
    if broken * 10 > lines:
        raise FileRefusedError(_wrong_encoding(""))
    if holed * 10 > lines:
        raise FileRefusedError(_wrong_encoding("UTF-16"))


def _wrong_encoding(name: str) -> str:
    if name:
        return _("This file is written in %(encoding)s. Save it as “CSV UTF-8”.") % {"encoding": name}
    return _("The letters of this file cannot be read: it is not in UTF-8. Save it as “CSV UTF-8”.")


# --- workbooks -----------------------------------------------------------------------------------


def _workbook(content: bytes, *, file_name: str) -> tuple[int, Callable[[], Iterator[SheetRow]]]:
    """The first sheet of an Excel file."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            names = archive.namelist()
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except zipfile.BadZipFile as error:
        raise FileRefusedError(_("This file is damaged. Save it again as CSV or XLSX.")) from error
    if "xl/workbook.xml" not in names:
        raise FileRefusedError(_("This is a ZIP file. Unpack it and upload the CSV or XLSX file that is in it."))
    if not file_name.lower().endswith((".xlsx", ".xlsm")):
        raise FileRefusedError(_("This is an Excel file with another name. Save it as CSV, or call it .xlsx again."))
    if unpacked > UNPACKED_BYTES_LIMIT:
        raise FileRefusedError(_("This workbook is too large when it is unpacked. Save its first sheet as CSV."))
    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
        if sheet.total_width > COLUMNS_LIMIT:
            raise FileRefusedError(_("This file has more than %(limit)d columns.") % {"limit": COLUMNS_LIMIT})
    except (CalamineError, IndexError) as error:
        raise FileRefusedError(_("This workbook cannot be read. Save its first sheet as CSV.")) from error

    def rows() -> Iterator[SheetRow]:
        for line, values in enumerate(sheet.iter_rows(), start=1):
            yield SheetRow(line=line, cells=[_cell_text(value) for value in values])

    return sheet.total_height, rows


def _cell_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
