"""From the cells of a file to rows that can be issued, or that say why not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from badgecert.core.safe_csv import FORMULA_MARKS
from badgecert.core.text import canonical_email, clean_email, clean_person_name
from badges.models import Batch, BatchRow, Column, Issuance
from badges.row_checks import (
    NARRATIVE_LENGTH,
    about_cell,
    clean_evidence,
    doubt_about_name,
    problem_with_dates,
    problem_with_glyphs,
    problem_with_swapped,
)
from badges.spreadsheets import SheetRow, parse_day
from badges.spreadsheets.reading import UNREADABLE

T = TypeVar("T")


class CellError(Exception):
    """A cell says something that cannot be."""

    def __init__(self, column: str, words: str) -> None:
        self.column = column
        self.words = words


def checked_rows(rows: Iterable[SheetRow], *, batch: Batch, today: date, first_lines: dict[str, int]) -> list[BatchRow]:
    """Unsaved rows, decided about. One query for the badges that people hold already.

    `first_lines` says where in the file each person stood first; it grows.
    """
    made = [_from_sheet(row, batch=batch, today=today) for row in rows]
    good = [row for row in made if not row.problem]
    holding = held_by(batch, [row.recipient_key for row in good])
    for row in made:
        if not row.problem:
            row.holding = holding.get(row.recipient_key)
            first = first_lines.setdefault(row.recipient_key, row.line)
            row.duplicate_of = first if first != row.line else None
        row.settle()
    return made


def held_by(batch: Batch, recipient_keys: Sequence[str]) -> dict[str, Issuance]:
    """What these people hold of the batch's badge now, by their canonical addresses."""
    held = (
        Issuance.objects.standing()
        .filter(badge_id=batch.badge_id, recipient_key__any=recipient_keys)
        .select_related("current_version")
    )
    return {issuance.recipient_key: issuance for issuance in held}


def _from_sheet(row: SheetRow, *, batch: Batch, today: date) -> BatchRow:
    cells = [_storable(cell) for cell in row.cells]
    made = BatchRow(
        batch=batch,
        line=row.line,
        cells=[[heading, cell] for heading, cell in zip(batch.header, cells, strict=False) if heading],
    )
    problem = problem_with_line(row, columns=len(batch.header))
    values = {column: cells[place] for column, place in batch.columns.items() if place < len(cells)}
    read_values(made, values, today=today)
    if problem:
        made.problem, made.at_fault = problem, ""
    return made


def read_values(row: BatchRow, values: Mapping[str, str], *, today: date) -> None:
    """Take what the cells of each column say, or the first problem with them."""
    said = {column: _unguarded(text) for column, text in values.items()}
    name = said.get(Column.NAME) or " ".join(
        filter(None, (said.get(Column.GIVEN_NAME, ""), said.get(Column.FAMILY_NAME, "")))
    )
    email = said.get(Column.EMAIL, "")
    row.recipient_name, row.recipient_email, row.recipient_key = name[:200], email[:254], ""
    row.issued_on = row.expires_on = row.completed_on = None
    row.evidence_url, row.narrative = "", ""
    row.problem = row.warning = row.at_fault = row.suggestion = ""
    row.holding, row.duplicate_of, row.is_accepted = None, None, False
    try:
        _read(row, said, name=name, email=email, today=today)
    except CellError as error:
        row.problem, row.at_fault = error.words[:300], error.column


def _read(row: BatchRow, said: Mapping[str, str], *, name: str, email: str, today: date) -> None:
    badge, version = row.batch.badge, row.batch.badge_version
    if swapped := problem_with_swapped(name, email):
        raise _wrong(Column.NAME, name, swapped)
    row.recipient_name = _cleaned(Column.NAME, clean_person_name, name)
    row.recipient_email = _cleaned(Column.EMAIL, clean_email, email)
    row.recipient_key = canonical_email(row.recipient_email)
    issued_on = _cleaned(Column.ISSUED_ON, parse_day, said.get(Column.ISSUED_ON, ""))
    expires_on = _cleaned(Column.EXPIRES_ON, parse_day, said.get(Column.EXPIRES_ON, ""))
    row.is_dated_by_us, row.expires_by_rule = issued_on is None, expires_on is None
    row.issued_on = issued_on or today
    row.expires_on = expires_on or badge.expires_on_for(row.issued_on)
    row.completed_on = _cleaned(Column.COMPLETED_ON, parse_day, said.get(Column.COMPLETED_ON, ""))
    row.evidence_url = _cleaned(Column.EVIDENCE, clean_evidence, said.get(Column.EVIDENCE, ""))
    row.narrative = _cleaned(Column.NARRATIVE, _clean_narrative, said.get(Column.NARRATIVE, ""))
    if problem := problem_with_dates(row.issued_on, row.expires_on, today=today):
        raise CellError(Column.EXPIRES_ON if expires_on else Column.ISSUED_ON, problem)
    if problem := problem_with_glyphs(row.recipient_name, version):
        raise _wrong(Column.NAME, row.recipient_name, problem)
    if doubt := doubt_about_name(row.recipient_name, version):
        row.warning, row.suggestion, row.at_fault = doubt.words, doubt.suggestion[:200], Column.NAME


def _cleaned(column: Column, clean: Callable[[str], T], text: str) -> T:
    try:
        return clean(text)
    except ValidationError as error:
        raise _wrong(column, text, " ".join(error.messages)) from error


def _wrong(column: Column, text: str, words: str) -> CellError:
    return CellError(column, about_cell(str(column.label), text, words))


def _clean_narrative(text: str) -> str:
    if len(text) > NARRATIVE_LENGTH:
        raise ValidationError(
            _("This has %(length)d characters; at most %(limit)d fit."),
            params={"length": len(text), "limit": NARRATIVE_LENGTH},
        )
    return text


def problem_with_line(row: SheetRow, *, columns: int) -> str:
    """Why not even the cells of this line can be told apart or read, or nothing."""
    if any(UNREADABLE.search(cell) for cell in row.cells):
        return _("Letters in this row cannot be read: they are not in UTF-8. Type them again.")
    if any("\x00" in cell for cell in row.cells):
        return _("This row holds a NUL character. Type the row again.")
    if len(row.cells) < columns or any(cell.strip() for cell in row.cells[columns:]):
        return _("This row has %(cells)d cells and the header has %(columns)d. Look at each of them.") % {
            "cells": len(row.cells),
            "columns": columns,
        }
    return ""


def _unguarded(text: str) -> str:
    """Without spaces around it, and without what our own files put in front of a formula."""
    text = text.strip(" \u00a0")
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_MARKS) else text


def _storable(text: str) -> str:
    """What no database takes, shown as the mark for a broken character."""
    return UNREADABLE.sub("\ufffd", text).replace("\x00", "\ufffd")
