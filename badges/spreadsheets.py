"""Reading a CSV or an Excel file of people: bytes in; rows, or a sentence about what is wrong, out.

Nothing is guessed: a file in another encoding, a date that could be two days, or a column that is missing is said and
not repaired, because a wrong guess ends up on a hundred certificates. The cases are those of reliability.md §4.1.
"""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from python_calamine import CalamineError, CalamineWorkbook

from badgecert.core.text import canonical_email, clean_email, clean_person_name
from badges.actions.badges import expiry_for
from badges.exceptions import FileRefusedError
from badges.models import Badge, BatchRow
from badges.row_checks import (
    NARRATIVE_LENGTH,
    already_holds,
    clean_evidence,
    problem_with_dates,
    problem_with_letters,
)

COLUMNS_LIMIT = 200
CELL_LENGTH = 100_000
# An honest workbook of the largest file that fits is far smaller unpacked.
UNPACKED_BYTES_LIMIT = 50_000_000

# The headings that are read, and what else people call them. Compared without case, spaces and punctuation.
HEADINGS = {
    "name": ("name", "fullname", "recipientname", "recipient", "holder", "earner", "displayname", "naam", "nom"),
    "email": ("email", "emailaddress", "mail", "recipientemail", "earneremail"),
    "issued_on": ("issuedon", "issued", "issuedate", "dateissued", "issueddate", "awardedon", "awarddate"),
    "expires_on": ("expireson", "expires", "expirydate", "expiry", "expirationdate", "validuntil", "validto"),
    "completed_on": ("completedon", "completed", "completiondate", "datecompleted"),
    "evidence": ("evidence", "evidenceurl", "evidencelink"),
    "narrative": ("narrative", "whattheydid"),
}
REQUIRED = ("name", "email")
# In the file of held rows that we give out ourselves.
REASON = "reason"

_COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in headings}
_FORMULA_MARKS = ("=", "+", "-", "@", "\t", "\r", "\uff1d", "\uff0b", "\uff0d", "\uff20")
T = TypeVar("T")

_UNREADABLE = re.compile("[\udc80-\udcff]")


@dataclass(frozen=True)
class SheetRow:
    line: int
    """As a spreadsheet counts: the header is line 1."""
    cells: list[str]


@dataclass(frozen=True)
class Sheet:
    header: list[str]
    rows: list[SheetRow]
    columns: dict[str, int]
    """Where each column that we read stands."""
    notices: list[str] = field(default_factory=list)

    def named(self, row: SheetRow) -> list[tuple[str, str]]:
        """The cells as they stood in the file, with their headings."""
        return [(heading, cell) for heading, cell in zip(self.header, row.cells, strict=False) if heading]


# --- reading -------------------------------------------------------------------------------------


def read_sheet(content: bytes, *, file_name: str) -> Sheet:
    """The rows of a file. Raises FileRefusedError when nothing of it can be used."""
    return _sheet(read_lines(content, file_name=file_name))


def read_lines(content: bytes, *, file_name: str) -> Iterator[SheetRow]:
    """The header and all below it, whatever the columns are. Raises FileRefusedError, some of it while it is read."""
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n"):
        raise FileRefusedError(_("This file is empty."))
    is_archive = content.startswith(b"PK")
    return _workbook_rows(content, file_name=file_name) if is_archive else _text_rows(content)


def _sheet(lines: Iterator[SheetRow]) -> Sheet:
    first = next(lines, None)
    if first is None:
        raise FileRefusedError(_("This file is empty."))
    header = [cell.strip() for cell in first.cells]
    columns = _columns(header)
    rows: list[SheetRow] = []
    for row in lines:
        if not any(cell.strip() for cell in row.cells):
            continue
        if len(rows) == settings.BATCH_ROWS_LIMIT:
            raise FileRefusedError(
                _("This file has more than %(limit)d rows. Split it.") % {"limit": settings.BATCH_ROWS_LIMIT}
            )
        rows.append(row)
    if not rows:
        raise FileRefusedError(_("This file has a header and no rows below it."))
    return Sheet(header=header, rows=rows, columns=columns, notices=_notices(header))


def _columns(header: list[str]) -> dict[str, int]:
    if len(header) > COLUMNS_LIMIT:
        raise FileRefusedError(_("This file has more than %(limit)d columns.") % {"limit": COLUMNS_LIMIT})
    columns: dict[str, int] = {}
    for position, heading in enumerate(header):
        column = _COLUMN_OF.get(_plain(heading))
        if column is None:
            continue
        if column in columns:
            raise FileRefusedError(
                _("Two columns are called “%(one)s” and “%(other)s”, and only one of them can hold the %(column)s.")
                % {"one": header[columns[column]], "other": heading, "column": _said(column)}
            )
        columns[column] = position
    if not columns:
        raise FileRefusedError(
            _("The first row must name the columns, such as name, email, issued_on. Put it above the first person.")
        )
    missing = [column for column in REQUIRED if column not in columns]
    if missing:
        raise FileRefusedError(
            _("There is no column for the %(column)s. Call it “%(heading)s” in the first row.")
            % {"column": _said(missing[0]), "heading": missing[0]}
        )
    return columns


def _notices(header: list[str]) -> list[str]:
    unknown = [heading for heading in header if heading and _plain(heading) not in {*_COLUMN_OF, REASON}]
    if not unknown:
        return []
    shown = ", ".join(f"“{heading[:40]}”" for heading in unknown[:5]) + (" …" if len(unknown) > 5 else "")
    return [_("These columns are not read: %(columns)s.") % {"columns": shown}]


def _plain(heading: str) -> str:
    return "".join(character for character in heading.casefold() if character.isalnum())


def _said(column: str) -> str:
    return {
        "name": _("name"),
        "email": _("e-mail address"),
        "issued_on": _("issue date"),
        "expires_on": _("expiry date"),
        "completed_on": _("completion date"),
        "evidence": _("evidence"),
        "narrative": _("narrative"),
    }[column]


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


def _text_rows(content: bytes) -> Iterator[SheetRow]:
    start = content[:64].lstrip(b"\xef\xbb\xbf \t\r\n")
    for mark, kind in _OTHER_KINDS:
        if start.startswith(mark):
            raise FileRefusedError(
                _("This is a %(kind)s file, whatever its name says. Save the table as CSV or XLSX.") % {"kind": kind}
            )
    text = _decoded(content)
    first_line = text.split("\n", 1)[0].split("\r", 1)[0]
    delimiter = max(",;\t", key=first_line.count)
    if first_line.count(delimiter) > COLUMNS_LIMIT:
        raise FileRefusedError(_("This file has more than %(limit)d columns.") % {"limit": COLUMNS_LIMIT})
    return _csv_rows(text, delimiter)


def _csv_rows(text: str, delimiter: str) -> Iterator[SheetRow]:
    csv.field_size_limit(CELL_LENGTH)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
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


def _decoded(content: bytes) -> str:
    """The text of the file. A few unreadable lines become held rows; a whole file in another encoding is refused."""
    if content.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff")):
        raise FileRefusedError(_wrong_encoding("UTF-32"))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise FileRefusedError(_wrong_encoding("UTF-16")) from error
    if content.startswith(b"+/v"):
        raise FileRefusedError(_wrong_encoding("UTF-7"))
    text = content.decode("utf-8-sig", errors="surrogateescape")
    lines = text.splitlines()
    broken = [line for line in lines if _UNREADABLE.search(line)]
    if broken and (_UNREADABLE.search(lines[0]) or len(broken) * 10 > len(lines)):
        raise FileRefusedError(_wrong_encoding(""))
    holed = sum("\x00" in line for line in lines)
    if holed * 10 > len(lines):
        raise FileRefusedError(_wrong_encoding("UTF-16"))
    return text


def _wrong_encoding(name: str) -> str:
    if name:
        return _("This file is written in %(encoding)s. Save it as “CSV UTF-8”.") % {"encoding": name}
    return _("The letters of this file cannot be read: it is not in UTF-8. Save it as “CSV UTF-8”.")


# --- workbooks -----------------------------------------------------------------------------------


def _workbook_rows(content: bytes, *, file_name: str) -> Iterator[SheetRow]:
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
        if sheet.total_height > 2 * settings.BATCH_ROWS_LIMIT + 1000:
            raise FileRefusedError(
                _("This file has more than %(limit)d rows. Split it.") % {"limit": settings.BATCH_ROWS_LIMIT}
            )
        table = sheet.to_python(skip_empty_area=False)
    except (CalamineError, IndexError) as error:
        raise FileRefusedError(_("This workbook cannot be read. Save its first sheet as CSV.")) from error
    return (
        SheetRow(line=line, cells=[_cell_text(value) for value in values]) for line, values in enumerate(table, start=1)
    )


def _cell_text(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


# --- checking ------------------------------------------------------------------------------------


def check_rows(
    sheet: Sheet,
    *,
    badge: Badge,
    today: date,
    holding_since: Callable[[Sequence[str]], dict[str, date]],
) -> list[BatchRow]:
    """A row for each line, with its problem where it has one. `holding_since` is asked once, for all addresses."""
    rows = [_checked(sheet, row, badge=badge, today=today) for row in sheet.rows]
    held_since = holding_since([canonical_email(row.recipient_email) for row in rows if not row.problem])
    first_line: dict[str, int] = {}
    for row in rows:
        if row.problem:
            continue
        key = canonical_email(row.recipient_email)
        if key in held_since:
            row.problem = already_holds(held_since[key])
        elif key in first_line:
            row.problem = _("The same address as row %(line)d. Leave one out, or give this person another address.") % {
                "line": first_line[key]
            }
        else:
            first_line[key] = row.line
    return rows


def _checked(sheet: Sheet, row: SheetRow, *, badge: Badge, today: date) -> BatchRow:
    made = BatchRow(line=row.line, cells=[[heading, _storable(cell)] for heading, cell in sheet.named(row)])
    made.recipient_name = _storable(_cell(sheet, row, "name"))[:200]
    made.recipient_email = _storable(_cell(sheet, row, "email"))[:254]
    try:
        _require_readable(sheet, row)
        made.recipient_name = _named(_("Name"), clean_person_name, _cell(sheet, row, "name"))
        made.recipient_email = _named(_("E-mail"), clean_email, _cell(sheet, row, "email"))
        made.issued_on = _named(_("Issued on"), parse_day, _cell(sheet, row, "issued_on")) or today
        expires_on = _named(_("Expires on"), parse_day, _cell(sheet, row, "expires_on"))
        made.expires_on = expiry_for(badge, issued_on=made.issued_on, chosen=expires_on)
        made.completed_on = _named(_("Completed on"), parse_day, _cell(sheet, row, "completed_on"))
        made.evidence_url = _named(_("Evidence"), clean_evidence, _cell(sheet, row, "evidence"))
        made.narrative = _named(_("Narrative"), _clean_narrative, _cell(sheet, row, "narrative"))
        made.problem = problem_with_dates(made.issued_on, made.expires_on, today=today) or problem_with_letters(
            made.recipient_name, badge.current_version
        )
    except ValidationError as error:
        made.problem = " ".join(error.messages)[:300]
    return made


def _cell(sheet: Sheet, row: SheetRow, column: str) -> str:
    position = sheet.columns.get(column)
    text = row.cells[position].strip(" \u00a0") if position is not None and position < len(row.cells) else ""
    # What held_rows_csv() put in front of a formula comes off again.
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_MARKS) else text


def _require_readable(sheet: Sheet, row: SheetRow) -> None:
    if any(_UNREADABLE.search(cell) for cell in row.cells):
        raise ValidationError(_("Letters in this row cannot be read: they are not in UTF-8."))
    if any("\x00" in cell for cell in row.cells):
        raise ValidationError(_("This row holds a NUL character. Type the row again."))
    if len(row.cells) < len(sheet.header) or any(cell.strip() for cell in row.cells[len(sheet.header) :]):
        raise ValidationError(
            _("This row has %(cells)d cells and the header has %(columns)d."),
            params={"cells": len(row.cells), "columns": len(sheet.header)},
        )


def _named(column: str, clean: Callable[[str], T], text: str) -> T:
    try:
        return clean(text)
    except ValidationError as error:
        raise ValidationError([f"{column}: {message}" for message in error.messages]) from error


def _storable(text: str) -> str:
    """What no database takes, shown as the mark for a broken character."""
    return _UNREADABLE.sub("\ufffd", text).replace("\x00", "\ufffd")


def _clean_narrative(text: str) -> str:
    if len(text) > NARRATIVE_LENGTH:
        raise ValidationError(
            _("This has %(length)d characters; at most %(limit)d fit."),
            params={"length": len(text), "limit": NARRATIVE_LENGTH},
        )
    return text


# --- days ----------------------------------------------------------------------------------------

_ISO = re.compile(r"(\d{4}-\d{2}-\d{2})(?:[T ](.+))?", re.ASCII)
_WORDS = re.compile(r"(\d{1,2})\.? ([A-Za-z]+)\.?,? (\d{4})", re.ASCII)
_NUMBERS = re.compile(r"(\d{1,4})[/.\- ](\d{1,2})[/.\- ](\d{1,4})", re.ASCII)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH_NAMES = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


def parse_day(text: str) -> date | None:
    """2025-03-14 or 14 March 2025; None for nothing. Raises ValidationError, and never guesses."""
    text = text.strip()
    if not text:
        return None
    if iso := _ISO.fullmatch(text):
        return _iso_day(iso[1], iso[2] or "", text)
    if words := _WORDS.fullmatch(text):
        month = words[2].lower()
        if month == "sept" or month in _MONTHS or month in _MONTH_NAMES:
            return _real_day(int(words[3]), _MONTHS.index(month[:3]) + 1, int(words[1]), text)
    if numbers := _NUMBERS.fullmatch(text):
        raise ValidationError(_what_it_may_mean(text, [int(part) for part in numbers.groups()]))
    if text.isascii() and text.isdigit():
        raise ValidationError(
            _("“%(text)s” is a number, not a date. Format the column as text and write dates like 2025-03-14."),
            params={"text": text[:30]},
        )
    raise ValidationError(_("“%(text)s” is not a date. Write it like 2025-03-14."), params={"text": text[:30]})


def _iso_day(day: str, moment: str, text: str) -> date:
    if moment:
        try:
            datetime.fromisoformat(f"2000-01-01T{moment}")
        except ValueError as error:
            raise ValidationError(
                _("“%(text)s” holds a time that does not exist. Write only the day, like 2025-03-14."),
                params={"text": text[:40]},
            ) from error
    year, month, number = (int(part) for part in day.split("-"))
    return _real_day(year, month, number, text)


def _real_day(year: int, month: int, day: int, text: str) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValidationError(_("There is no such day as %(text)s."), params={"text": text[:30]}) from error


def _what_it_may_mean(text: str, numbers: list[int]) -> str:
    first, second, third = numbers
    if third < 1000 and first < 1000:
        return _("Write the year of %(text)s with four digits, like 2025-03-14.") % {"text": text}
    year = third if third >= 1000 else first
    candidates = [(second, first), (first, second)] if year == third else [(second, third)]
    meant = []
    for month, day in dict.fromkeys(candidates):
        try:
            meant.append(date(year, month, day).isoformat())
        except ValueError:
            continue
    if not meant:
        return _("There is no such day as %(text)s. Write dates like 2025-03-14.") % {"text": text}
    return _("Write %(text)s as %(meant)s.") % {"text": text, "meant": _(" or ").join(meant)}


# --- writing -------------------------------------------------------------------------------------


def template_csv() -> bytes:
    """A file to fill in, with a person who shows how."""
    return _written(
        [
            list(HEADINGS),
            ["Ana Ito", "ana@example.org", "2025-03-14", "", "2025-03-10", "https://example.org/thesis", ""],
        ]
    )


def held_rows_csv(rows: Iterable[BatchRow]) -> bytes:
    """The refused rows as they came, each with its reason: correct and upload it again."""
    rows = list(rows)
    header = list(dict.fromkeys(heading for row in rows for heading, _cell in row.cells if _plain(heading) != REASON))
    lines = [[*(dict(row.cells).get(heading, "") for heading in header), row.problem] for row in rows]
    return _written([[*header, REASON], *lines])


def _written(table: Iterable[Sequence[str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    for cells in table:
        writer.writerow([f"'{cell}" if cell.startswith(_FORMULA_MARKS) else cell for cell in cells])
    # With a mark at the start Excel reads it as UTF-8.
    return out.getvalue().encode("utf-8-sig")
