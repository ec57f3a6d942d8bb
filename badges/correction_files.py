"""A file of corrections: which badge each line means, and what it is to say. Nothing is guessed, as in badges.spreadsheets.

A cell left empty leaves that as it is; the word *none* takes an expiry date, a narrative or evidence away.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from badgecert.core import codes
from badgecert.core.safe_csv import FORMULA_MARKS
from badgecert.core.text import canonical_email, clean_email, clean_person_name
from badges.checking import problem_with_line
from badges.exceptions import FileRefusedError
from badges.models import Issuance, ProposedChange
from badges.row_checks import NARRATIVE_LENGTH, about_cell, clean_evidence
from badges.spreadsheets import SheetRow, open_table, parse_day
from badges.spreadsheets.headings import REASON
from badges.spreadsheets.reading import COLUMNS_LIMIT
from issuers.models import Issuer

# The headings that are read, and what else people call them. Compared without case, spaces and punctuation.
HEADINGS = {
    "code": ("code", "credentialcode", "badgecode", "credential", "link", "url"),
    "email": ("email", "emailaddress", "mail", "recipientemail", "earneremail"),
    "badge": ("badge", "badgename", "title"),
    "name": ("name", "newname", "fullname", "recipientname", "holder"),
    "issued_on": ("issuedon", "issuedate", "dateissued", "newissuedate"),
    "expires_on": ("expireson", "expires", "expirydate", "expiry", "validuntil", "newexpirydate"),
    "narrative": ("narrative", "whattheydid"),
    "evidence": ("evidence", "evidenceurl", "evidencelink"),
}
NOTHING = "none"

_COLUMN_OF = {heading: column for column, headings in HEADINGS.items() for heading in headings}
_SAYS = {"name": "recipient_name"}
_CHANGING = ("name", "issued_on", "expires_on", "narrative", "evidence")
_UNREADABLE = re.compile("[\udc80-\udcff\x00]")


class CorrectionFile(NamedTuple):
    header: list[str]
    # {one of HEADINGS: its place in the header}
    columns: Mapping[str, int]
    rows: Iterator[SheetRow]
    """Can be gone through once. It raises FileRefusedError where the file breaks off."""
    lines: int
    """About so many."""

    @property
    def unread_headings(self) -> list[str]:
        known = {*_COLUMN_OF, REASON}
        return [heading for heading in self.header if heading and _plain(heading) not in known]


def open_corrections(content: bytes, *, file_name: str) -> CorrectionFile:
    """Raises FileRefusedError when nothing of the file can be used."""
    sheet = open_table(content, file_name=file_name)
    header = [cell.strip() for cell in sheet.header]
    if len(header) > COLUMNS_LIMIT:
        raise FileRefusedError(_("This file has more than %(limit)d columns.") % {"limit": COLUMNS_LIMIT})
    return CorrectionFile(header, _columns(header), sheet.rows, sheet.lines)


def changes_in(rows: Sequence[SheetRow], *, file: CorrectionFile, issuer: Issuer) -> list[ProposedChange]:
    """An unsaved change for each of these lines, with its problem where it has one. Two queries."""
    said = [{column: _cell(row, position) for column, position in file.columns.items()} for row in rows]
    own = Issuance.objects.filter(issuer=issuer, erased_at=None).select_related(
        "issuer", "current_version__badge_version"
    )
    wanted = [code for cells in said if (code := _code(cells.get("code", "")))]
    by_code = {issuance.code: issuance for issuance in own.filter(code__any=wanted)}
    keys = [canonical_email(cells["email"]) for cells in said if cells.get("email") and not cells.get("code")]
    by_address: dict[str, list[Issuance]] = {}
    for issuance in own.filter(recipient_key__any=keys):
        by_address.setdefault(issuance.recipient_key, []).append(issuance)
    return [
        _change(row, cells, header=file.header, by_code=by_code, by_address=by_address)
        for row, cells in zip(rows, said, strict=True)
    ]


def _change(
    row: SheetRow,
    cells: Mapping[str, str],
    *,
    header: Sequence[str],
    by_code: Mapping[str, Issuance],
    by_address: Mapping[str, Sequence[Issuance]],
) -> ProposedChange:
    kept = [[heading, _shown(cell)] for heading, cell in zip(header, row.cells, strict=False) if heading]
    change = ProposedChange(line=row.line, cells=kept, problem=problem_with_line(row, columns=len(header)))
    if change.problem:
        return change
    try:
        issuance = _found(cells, by_code=by_code, by_address=by_address)
        change.issuance, change.seen_version_id = issuance, issuance.current_version_id
        change.stated = _stated(cells)
    except ValidationError as error:
        change.problem = " ".join(error.messages)[:300]
    return change


def template_rows() -> list[list[str]]:
    """A file to fill in, with two lines that show how."""
    return [
        list(HEADINGS),
        ["7KQ4-M2XD-9RWT", "", "", "Ana Ito", "", "2028-03-13", "", ""],
        ["", "bo@example.org", "First Aid", "Bo Li", "2025-03-14", NOTHING, "", "https://example.org/thesis"],
    ]


def _columns(header: Sequence[str]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for position, heading in enumerate(header):
        column = _COLUMN_OF.get(_plain(heading))
        if column in columns:
            raise FileRefusedError(
                _("Two columns are called “%(one)s” and “%(other)s”, and only one of them can be read. Remove one.")
                % {"one": header[columns[column]], "other": heading}
            )
        if column:
            columns[column] = position
    if "code" not in columns and not {"email", "badge"} <= columns.keys():
        raise FileRefusedError(
            _(
                "The first row must name a column “code”, or two columns “email” and “badge”, so that each badge is found."
            )
        )
    if not columns.keys() & set(_CHANGING):
        raise FileRefusedError(
            _("No column says what to correct. Call it %(columns)s in the first row.")
            % {"columns": ", ".join(_CHANGING)}
        )
    return columns


def _found(
    cells: Mapping[str, str], *, by_code: Mapping[str, Issuance], by_address: Mapping[str, Sequence[Issuance]]
) -> Issuance:
    """The one badge that this line means. Raises ValidationError."""
    if typed := cells.get("code", ""):
        code = _code(typed)
        if code is None:
            raise ValidationError(_("“%(code)s” is not a code: 12 letters and digits."), params={"code": typed[:40]})
        if code not in by_code:
            raise ValidationError(
                _("You issued no badge with the code %(code)s."), params={"code": codes.grouped(code)}
            )
        return by_code[code]
    if not cells.get("email"):
        raise ValidationError(_("Say which badge: its code, or the e-mail address and the badge's name."))
    address, badge = clean_email(cells["email"]), cells.get("badge", "")
    if not badge:
        raise ValidationError(_("Say which badge of %(address)s: its name, or the code."), params={"address": address})
    same = [
        issuance
        for issuance in by_address.get(canonical_email(address), ())
        if _plain(issuance.current_version.badge_version.name) == _plain(badge)
    ]
    # Of one that was revoked and issued anew, the one that counts.
    standing = [issuance for issuance in same if issuance.revoked_at is None] or same
    if not standing:
        raise ValidationError(
            _("%(address)s has no badge “%(badge)s” from you."), params={"address": address, "badge": badge[:80]}
        )
    if len(standing) > 1:
        raise ValidationError(
            _("%(address)s has several badges “%(badge)s” from you. Give the code."),
            params={"address": address, "badge": badge[:80]},
        )
    return standing[0]


def _stated(cells: Mapping[str, str]) -> dict[str, object]:
    """What the line says anew, as it is kept. Raises ValidationError that names the column."""
    readers: dict[str, Callable[[str], object]] = {
        "name": clean_person_name,
        "issued_on": _day,
        "expires_on": lambda text: None if _is_nothing(text) else _day(text),
        "narrative": lambda text: "" if _is_nothing(text) else _narrative(text),
        "evidence": lambda text: [] if _is_nothing(text) else _evidence(text),
    }
    stated = {}
    for column, read in readers.items():
        if not (text := cells.get(column, "")):
            continue
        try:
            stated[_SAYS.get(column, column)] = read(text)
        except ValidationError as error:
            raise ValidationError([about_cell(column, text, message) for message in error.messages]) from error
    return stated


def _day(text: str) -> str:
    day: date | None = parse_day(text)
    return day.isoformat() if day else ""


def _narrative(text: str) -> str:
    if len(text) > NARRATIVE_LENGTH:
        raise ValidationError(
            _("This has %(length)d characters; at most %(limit)d fit."),
            params={"length": len(text), "limit": NARRATIVE_LENGTH},
        )
    return text


def _evidence(text: str) -> list[dict[str, str]]:
    url = clean_evidence(text)
    return [{"name": url, "url": url}]


def _is_nothing(text: str) -> bool:
    return text.casefold() == NOTHING


def _code(typed: str) -> str | None:
    try:
        return codes.normalise(typed.rstrip("/").rpartition("/")[2])
    except codes.NotACodeError:
        return None


def _cell(row: SheetRow, position: int) -> str:
    text = row.cells[position].strip(" \u00a0") if position < len(row.cells) else ""
    # What our own files put in front of a formula comes off again.
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_MARKS) else text


def _shown(cell: str) -> str:
    """What no database takes, as the mark for a broken character."""
    return _UNREADABLE.sub("\ufffd", cell)


def _plain(heading: str) -> str:
    return "".join(character for character in heading.casefold() if character.isalnum())
