"""The CSV corpus of design/reliability.md §4.1; the names of the cases are its ids."""

import csv
import io
import zipfile
from datetime import date

import pytest

from badgecert.core.safe_csv import written_csv
from badges.checking import checked_rows
from badges.exceptions import FileRefusedError
from badges.models import Badge, BadgeVersion, Batch, RowState
from badges.spreadsheets import (
    guessed_columns,
    held_rows,
    open_sheet,
    parse_day,
    problem_with_columns,
    template_rows,
)
from tests.factories.workbooks import make_xlsx

TODAY = date(2026, 11, 22)


def checked(content: bytes, *, file_name: str = "people.csv", design: str = "engraved"):
    sheet = open_sheet(content, file_name=file_name)
    columns, _unknown = guessed_columns(sheet.header, {})
    version = BadgeVersion(certificate_design=design)
    batch = Batch(badge=Badge(), badge_version=version, header=sheet.header, columns=columns)
    return checked_rows(sheet.rows, batch=batch, today=TODAY, first_lines={})


@pytest.fixture(autouse=True)
def _nobody_holds_it(monkeypatch):
    monkeypatch.setattr("badges.checking.held_by", lambda batch, keys: {})


def one(name: str = "Ana Ito", email: str = "ana@example.org", **cells: str):
    """The one row of a file with these cells, quoted as a spreadsheet does."""
    header = ["name", "email", *cells]
    values = [name, email, *cells.values()]
    line = ",".join('"' + value.replace('"', '""') + '"' for value in values)
    [row] = checked(f"{','.join(header)}\n{line}\n".encode())
    return row


def only(text: str, *, design: str):
    """The one row of this file, for a badge with this design of certificate."""
    [row] = checked(text.encode(), design=design)
    return row


def told(problem: str, cell: str) -> str:
    """The sentence with what stands in the cell: 40 letters of it, and none that cannot be seen."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in cell.strip())
    shown = shown if len(shown) <= 40 else f"{shown[:40]}…"
    return problem.replace(":", f" “{shown}”:", 1) if shown else problem


OK = {
    "C01 utf-8 lf": b"name,email\nAna Ito,ana@example.org\nBo Li,bo@example.org\n",
    "C02 bom": b"\xef\xbb\xbfemail,name\nana@example.org,Ana Ito\nbo@example.org,Bo Li\n",
    "C03 crlf": b"name,email\r\nAna Ito,ana@example.org\r\nBo Li,bo@example.org\r\n",
    "C04 quoted": b'name,email,team\n"Ana Ito",ana@example.org,"a, ""b"""\nBo Li,bo@example.org,\n',
    "C05 other case": b" NAME , E-Mail Address \nAna Ito,ana@example.org\nBo Li,bo@example.org\n",
    "C06 other order": b"evidence,email,name\n,ana@example.org,Ana Ito\n,bo@example.org,Bo Li\n",
    "C07 unknown column": b"name,email,shoe size\nAna Ito,ana@example.org,38\nBo Li,bo@example.org,41\n",
    "C17 blank lines": b"name,email\nAna Ito,ana@example.org\nBo Li,bo@example.org\n\n,\n\n",
    "C21 semicolons": b"name;email\nAna Ito;ana@example.org\nBo Li;bo@example.org\n",
    "C22 tabs": b"name\temail\nAna Ito\tana@example.org\nBo Li\tbo@example.org\n",
    "C23 cr": b"name,email\rAna Ito,ana@example.org\rBo Li,bo@example.org\r",
    "C24 utf-16 with bom": "name\temail\r\nAna Ito\tana@example.org\r\nBo Li\tbo@example.org\r\n".encode("utf-16"),
    "xlsx": make_xlsx([["name", "email"], ["Ana Ito", "ana@example.org"], ["Bo Li", "bo@example.org"]]),
}


@pytest.mark.parametrize("case", OK)
def test_file_is_read(case):
    rows = checked(OK[case], file_name="people.xlsx" if case == "xlsx" else "people.csv")

    assert [(row.recipient_name, row.recipient_email, row.problem) for row in rows] == [
        ("Ana Ito", "ana@example.org", ""),
        ("Bo Li", "bo@example.org", ""),
    ]


def test_unknown_columns_are_named_c07():
    sheet = open_sheet(OK["C07 unknown column"], file_name="people.csv")

    columns, unknown = guessed_columns(sheet.header, {})

    assert (columns, [sheet.header[place] for place in unknown]) == ({"name": 0, "email": 1}, ["shoe size"])


def test_columns_of_other_tables_are_never_assigned_c48():
    content = b"name,email,is_staff,password,organisation_id,user_id,revoked\nAna,ana@example.org,1,x,1,1,1\n"

    [row] = checked(content)

    assert (row.problem, row.issuance_id, row.is_accepted, row.outcome) == ("", None, False, "")


GOOD_NAMES = {
    "C09 apostrophe": "O'Brien",
    "C09 curly apostrophe": "D’Angelo",
    "C11 Chinese": "王小明",
    "C11 Arabic": "محمد",
    "C11 Hebrew": "יעל בן־דוד",
    "C11 Thai": "สมชาย ใจดี",
    "C11 Devanagari": "प्रिया",
    "C12 Null": "Null",
    "C12 None": "None",
    "C12 NaN": "NaN",
    "C12 True": "True",
    "C12 0": "0",
    "C13 one word": "Sukarno",
    "C14 one letter": "Ō",
    "C132 heaps of marks that a font has": "ก" + "\u0e49\u0e4c" * 99,
}


@pytest.mark.parametrize("case", GOOD_NAMES)
def test_names_of_the_world_are_ready(case):
    row = one(name=GOOD_NAMES[case])

    assert (row.recipient_name, row.problem) == (GOOD_NAMES[case], "")


def test_emoji_of_several_signs_is_a_name_where_nothing_is_printed_c11():
    name = "Ana \U0001f469\u200d\U0001f680"

    held, row = one(name=name), only(f"name,email\n{name},ana@example.org\n", design="")

    assert held.problem == "Name “Ana 👩�🚀”: The certificate has no letters for 👩🚀. Leave them out."
    assert (row.recipient_name, row.problem) == (name, "")


def test_name_is_stored_composed_c10():
    assert one(name="Zoe\u0308").recipient_name == "Zo\u00eb"


REFUSED = {
    "C25 empty": (b"", "This file is empty."),
    "C26 only a bom": (b"\xef\xbb\xbf", "This file is empty."),
    "C27 header only": (b"name,email\n\n", "This file has a header and no rows below it."),
    "C30 duplicate header": (
        b"name,email,email\nAna,a@example.org,b@example.org\n",
        "Two columns are called “email” and “email”. Give one of them another name.",
    ),
    "C31 utf-16 without bom": (
        "name,email\nAna,ana@example.org\n".encode("utf-16-le"),
        "This file is written in UTF-16. Save it as “CSV UTF-8”.",
    ),
    "C32 utf-32": (
        "name,email\nAna,ana@example.org\n".encode("utf-32"),
        "This file is written in UTF-32. Save it as “CSV UTF-8”.",
    ),
    "C33 cp1252": (
        "name,email\nJosé,jose@example.org\n".encode("cp1252"),
        "The letters of this file cannot be read: it is not in UTF-8. Save it as “CSV UTF-8”.",
    ),
    "C34 shift-jis": (
        "name,email\n山田,y@example.org\n".encode("shift-jis"),
        "The letters of this file cannot be read: it is not in UTF-8. Save it as “CSV UTF-8”.",
    ),
    "C35 utf-7": (b"+/v8-name,email\nAna,ana+AEA-x\n", "This file is written in UTF-7. Save it as “CSV UTF-8”."),
    "C36 png": (
        b"\x89PNG\r\n\x1a\n",
        "This is a PNG file, whatever its name says. Save the table as CSV or XLSX.",
    ),
    "C37 xlsx named csv": (
        OK["xlsx"],
        "This is an Excel file with another name. Save it as CSV, or call it .xlsx again.",
    ),
    "C39 gzip": (b"\x1f\x8b\x08\x00", "This is a gzip file, whatever its name says. Save the table as CSV or XLSX."),
    "C40 pdf": (b"%PDF-1.7\n", "This is a PDF file, whatever its name says. Save the table as CSV or XLSX."),
    "C41 html": (
        b"\n<!doctype html><title>x</title>",
        "This is a HTML file, whatever its name says. Save the table as CSV or XLSX.",
    ),
    "C42 a million columns": (b"a," * 1_000_000 + b"\n1\n", "This file has more than 200 columns."),
    "C43 unclosed quote": (
        b'name,email\nAna,ana@example.org\n"Bo,bo@example.org\n' + b"x,y@example.org\n" * 20_000,
        "The quotes do not match from line 3 on, or a cell is longer than 100000 characters. Save it as CSV again.",
    ),
    "C47 one huge cell": (
        b"name,email\n" + b"x" * 1_000_000 + b",ana@example.org\n",
        "The quotes do not match from line 2 on, or a cell is longer than 100000 characters. Save it as CSV again.",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_file_is_refused_with_a_sentence(case):
    content, sentence = REFUSED[case]

    with pytest.raises(FileRefusedError) as refused:
        checked(content)

    assert str(refused.value) == sentence


def test_file_over_the_row_limit_is_refused_c44(settings):
    settings.BATCH_ROWS_LIMIT = 2

    with pytest.raises(FileRefusedError, match="more than 2 rows"):
        open_sheet(b"name,email\n" + b"A,a@example.org\n" * 3, file_name="people.csv")


def test_file_at_the_row_limit_is_read_c18(settings):
    settings.BATCH_ROWS_LIMIT = 2

    assert len(checked(b"name,email\n" + b"A,a@example.org\n" * 2)) == 2


def test_workbook_that_unpacks_to_too_much_is_refused_c38():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b" " * 110_000_000)

    with pytest.raises(FileRefusedError, match="too large when it is unpacked"):
        open_sheet(out.getvalue(), file_name="people.xlsx")


def test_workbook_with_too_many_rows_or_columns_is_refused(settings):
    settings.BATCH_ROWS_LIMIT = 2
    header = ["name", "email"]
    person = ["Ana", "ana@example.org"]

    with pytest.raises(FileRefusedError, match="more than 2 rows"):
        open_sheet(make_xlsx([header, *[person] * 1100]), file_name="people.xlsx")


def test_workbook_without_a_readable_sheet_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "no xml at all")

    with pytest.raises(FileRefusedError, match="This workbook cannot be read"):
        open_sheet(out.getvalue(), file_name="people.xlsx")


def test_utf_16_cut_in_the_middle_of_a_letter_is_refused():
    with pytest.raises(FileRefusedError, match="UTF-16"):
        open_sheet("name,email\nAna,ana@example.org".encode("utf-16")[:-1], file_name="people.csv")


def test_word_that_is_no_month_is_no_date():
    assert one(issued_on="14 Marchember 2025").problem == (
        "Issued on: “14 Marchember 2025” is not a date. Write it like 2025-03-14."
    )


def test_narrative_beyond_its_limit_holds_its_row():
    assert (
        one(narrative="x" * 5001).problem == f"What they did “{'x' * 40}…”: This has 5001 characters; at most 5000 fit."
    )


def test_day_before_the_limit_and_endless_validity_hold_their_rows():
    assert (
        one(issued_on="1949-12-31").problem
        == "The issue date, 31 December 1949, is before 1 January 1950. Check the year."
    )
    assert one(issued_on="2026-01-01", expires_on="2126-01-02").problem == (
        "Valid until 2 January 2126 is more than 100 years. Leave the date empty if it never expires."
    )


@pytest.mark.parametrize("content", [b"PK\x03\x04 broken", OK["xlsx"][:-200]])
def test_damaged_workbook_is_refused(content):
    with pytest.raises(FileRefusedError, match="damaged"):
        open_sheet(content, file_name="people.xlsx")


def test_other_archive_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("people.csv", "name,email")

    with pytest.raises(FileRefusedError, match="This is a ZIP file"):
        open_sheet(out.getvalue(), file_name="people.zip")


LIKE = "Enter an e-mail address like ana@example.org."
EMAILS = {
    "C57 empty": ("", "E-mail: Enter an e-mail address."),
    "C58 no at": ("plainaddress", "E-mail: This e-mail address has no @."),
    "C59 no domain": ("a@b", f"E-mail: {LIKE}"),
    "C60 no local part": ("@example.com", f"E-mail: {LIKE}"),
    "C61 space": ("a b@example.com", "E-mail: An e-mail address has no spaces. Enter one address only."),
    "C62 two dots": ("a@example..com", f"E-mail: {LIKE}"),
    "C63 hyphen first": ("a@-x.com", f"E-mail: {LIKE}"),
    "C64 two addresses": ("a@example.com,b@example.com", f"E-mail: {LIKE}"),
    "C65 semicolon": ("a@example.com;b@example.com", f"E-mail: {LIKE}"),
    "C66 with a name": (
        "Bob <a@example.com>",
        "E-mail: An e-mail address has no spaces. Enter one address only.",
    ),
    "C67 header": (
        "a@example.com\r\nBcc: b@example.com",
        "E-mail: An e-mail address has no spaces. Enter one address only.",
    ),
    "C68 encoded": ("a@example.com%0ABcc", f"E-mail: {LIKE}"),
    "C70 literal": ("a@[127.0.0.1]", f"E-mail: {LIKE}"),
    "C70 localhost": ("a@localhost", f"E-mail: {LIKE}"),
    "C71 long local part": ("a" * 65 + "@example.com", f"E-mail: {LIKE}"),
    "C72 too long": ("a@" + "b" * 320 + ".com", f"E-mail: {LIKE}"),
    "C73 option": ("-oQ/tmp/x@example.com", f"E-mail: {LIKE}"),
    "C74 zero width": ("a\u200b@example.com", f"E-mail: {LIKE}"),
    "C75 full width": ("\uff41@example.com", f"E-mail: {LIKE}"),
    "C76 homoglyph": ("a@ex\u0430mple.com", f"E-mail: {LIKE}"),
    "C77 not ascii": ("é@example.com", f"E-mail: {LIKE}"),
}


@pytest.mark.parametrize("case", EMAILS)
def test_bad_address_holds_its_row(case):
    address, problem = EMAILS[case]

    assert one(email=address).problem == told(problem, address)


def test_plus_tag_and_capitals_are_kept_as_typed_c15_c16():
    assert one(email="Ana+Work@Example.ORG").recipient_email == "Ana+Work@Example.ORG"


INVISIBLE = "Name: Remove the invisible control characters or line breaks."
NAMES = {
    "C78 empty": ("", "Name: Enter a name."),
    "C78 spaces": ("   ", "Name: Enter a name."),
    "C79 endless": ("x" * 90_000, "Name: This has 90000 characters; at most 200 fit."),
    "C80 escape": ("Ana\x1b[31m", INVISIBLE),
    "C81 line break": ("Ana\r\nIto", INVISIBLE),
    "C82 line separator": ("Ana\u2028Ito", INVISIBLE),
    "C83 only marks": ("\u0301\u0302", "Name: Enter a name with at least one letter."),
    "C84 too long": ("x" * 201, "Name: This has 201 characters; at most 200 fit."),
    "C130 spam": ("WIN http://evil.example", "Name: A name cannot hold a web address."),
    "C131 override": ("Ana \u202eotI", INVISIBLE),
    "C132 heaps of marks": (
        "Ql\u0316\u0316\u0302\u0302",
        "Name: The certificate has no letters for \u0316\u0302. Leave them out.",
    ),
    "no glyph": ("Ana \U00013080", "Name: The certificate has no letters for \U00013080. Leave them out."),
}


@pytest.mark.parametrize("case", NAMES)
def test_bad_name_holds_its_row(case):
    name, problem = NAMES[case]

    assert one(name=name).problem == told(problem, name)


def test_name_of_two_hundred_letters_is_ready_c84():
    assert one(name="x" * 200).problem == ""


FORMULAS = {
    "C113": "=1+1",
    "C115": "=HYPERLINK(A1)",
    "C116": "+1",
    "C117": "-1",
    "C118": "@SUM(1)",
    "C121": "＝1+1",
    "C122": "<b>Bold</b> & <img onerror>",
    "C123": "{{ settings.SECRET_KEY }}",
    "C124": "{% debug %}",
    "C125": "${7*7}",
    "C126": "%s%n{0.__class__}",
    "C127": "</style><style>*{display:none}",
    "C128": "[x](javascript:alert(1))",
    "C129": "Robert'); DROP TABLE",
}


@pytest.mark.parametrize("case", FORMULAS)
def test_formula_and_code_stay_text(case):
    row = one(name=FORMULAS[case])

    assert (row.recipient_name, row.problem) == (FORMULAS[case], "")


GOOD_DAYS = {
    "iso": ("2025-03-14", date(2025, 3, 14)),
    "long": ("14 March 2025", date(2025, 3, 14)),
    "short": ("14 Mar 2025", date(2025, 3, 14)),
    "shortened": ("1 Sept. 2025", date(2025, 9, 1)),
    "C19 leap day": ("2028-02-29", date(2028, 2, 29)),
    "C20 with zone": ("2026-11-22T10:00:00+02:00", date(2026, 11, 22)),
    "C20 in UTC": ("2026-11-22T23:59:59Z", date(2026, 11, 22)),
    "with time": ("2026-11-22 10:00", date(2026, 11, 22)),
    "empty": ("", None),
}


@pytest.mark.parametrize("case", GOOD_DAYS)
def test_day_is_read(case):
    written, day = GOOD_DAYS[case]

    assert parse_day(written) == day


DAYS = {
    "C85": ("30/02/2026", "There is no such day as 30/02/2026. Write dates like 2025-03-14."),
    "C86": ("2026-13-01", "There is no such day as 2026-13-01."),
    "C87": ("01/02/2026", "Write 01/02/2026 as 2026-02-01 or 2026-01-02."),
    "C87 day beyond twelve": ("22/11/2026", "Write 22/11/2026 as 2026-11-22."),
    "C88": ("1.2.26", "Write the year of 1.2.26 with four digits, like 2025-03-14."),
    "C89": ("0000-00-00", "There is no such day as 0000-00-00."),
    "C90": ("10000-01-01", "“10000-01-01” is not a date. Write it like 2025-03-14."),
    "C91": ("tomorrow", "“tomorrow” is not a date. Write it like 2025-03-14."),
    "C92": (
        "46000",
        "“46000” is a number, not a date. Format the column as text and write dates like 2025-03-14.",
    ),
    "C93": (
        "2026-11-22T25:00:00",
        "“2026-11-22T25:00:00” holds a time that does not exist. Write only the day, like 2025-03-14.",
    ),
    "C94": (
        "2026-11-22T10:00:60",
        "“2026-11-22T10:00:60” holds a time that does not exist. Write only the day, like 2025-03-14.",
    ),
    "C95": (
        "2026-11-22T10:00:00+99:00",
        "“2026-11-22T10:00:00+99:00” holds a time that does not exist. Write only the day, like 2025-03-14.",
    ),
    "C96": ("٢٠٢٦-١١-٢٢", "“٢٠٢٦-١١-٢٢” is not a date. Write it like 2025-03-14."),
}


@pytest.mark.parametrize("case", DAYS)
def test_bad_day_holds_its_row(case):
    written, problem = DAYS[case]

    assert one(issued_on=written).problem == f"Issued on: {problem}"


def test_day_a_century_ahead_holds_its_row_c97():
    assert (
        one(issued_on="2126-11-22").problem
        == "The issue date, 22 November 2126, is more than a year ahead. Check the year."
    )


def test_expiry_before_issue_holds_its_row_c98():
    row = one(issued_on="2026-03-14", expires_on="2026-03-13")

    assert (
        row.problem == "It would expire on 13 March 2026, before it is issued on 14 March 2026. Correct one of the two."
    )


WEB = "Evidence: Enter a whole web address that starts with https://."
EVIDENCE = {
    "C102": ("javascript:alert(1)", WEB),
    "C103": ("data:text/html,x", WEB),
    "C104": ("file:///etc/passwd", WEB),
    "C105": ("//evil.example", WEB),
    "C106": ("https://user:secret@example.org/x", "Evidence: Leave the user name out of the web address."),
    "C107": (
        "https://example.org/" + "x" * 9000,
        "Evidence: This web address has more than 2000 characters.",
    ),
}


@pytest.mark.parametrize("case", EVIDENCE)
def test_bad_evidence_holds_its_row(case):
    address, problem = EVIDENCE[case]

    assert one(evidence=address).problem == told(problem, address)


def test_row_with_a_nul_is_held_c52():
    content = b"name,email\n" + b"Ana,ana@example.org\n" * 11 + b"B\x00o,bo@example.org\n"

    assert checked(content)[-1].problem == "This row holds a NUL character. Type the row again."


@pytest.mark.parametrize("broken", [b"B\xffo", b"B\xed\xa0\x80o"], ids=["C53", "C54"])
def test_row_with_broken_letters_is_held(broken):
    lines = [b"Person %d,p%d@example.org\n" % (number, number) for number in range(20)]
    content = b"name,email\n" + b"".join(lines) + broken + b",bo@example.org\n"

    rows = checked(content)

    assert [row.problem for row in rows] == [""] * 20 + [
        "Letters in this row cannot be read: they are not in UTF-8. Type them again."
    ]


@pytest.mark.parametrize(
    ("line", "cells"), [(b"Ana,ana@example.org", 2), (b"Ana,ana@example.org,,extra", 4)], ids=["C55", "C56"]
)
def test_row_with_other_cells_than_the_header_is_held(line, cells):
    [row] = checked(b"name,email,evidence\n" + line + b"\n")

    assert row.problem == f"This row has {cells} cells and the header has 3. Look at each of them."


def test_same_person_twice_is_held_with_the_first_row_c108():
    rows = checked(b"name,email\nAna,ana@example.org\n\nAna,ANA@example.org\n")

    assert [(row.line, row.state, row.said) for row in rows] == [
        (2, RowState.READY, ""),
        (4, RowState.REFUSED, "The same address as row 2. Leave one out, or give this person another address."),
    ]


def test_line_numbers_are_the_spreadsheets_after_a_cell_of_two_lines():
    rows = checked(b'name,email,narrative\nAna,ana@example.org,"one\ntwo"\nBo,bo@example.org,\n')

    assert [row.line for row in rows] == [2, 4]


def test_workbook_dates_and_numbers_are_read():
    rows = checked(
        make_xlsx(
            [["name", "email", "issued_on"], ["Ana", "ana@example.org", date(2026, 3, 14)], ["Bo", "b@x.org", 46000]]
        ),
        file_name="people.xlsx",
    )

    assert [(row.issued_on, row.problem[:20]) for row in rows] == [
        (date(2026, 3, 14), ""),
        (None, "Issued on: “46000” i"),
    ]


def test_held_rows_go_back_as_they_came_and_cannot_run():
    rows = checked(b"name,email,=cmd\n=1+1,nobody,@SUM(1)\n")

    content = written_csv(held_rows(["name", "email", "=cmd"], rows)).decode("utf-8-sig")

    assert (
        content == "name,email,'=cmd,reason\r\n'=1+1,nobody,'@SUM(1),E-mail “nobody”: This e-mail address has no @.\r\n"
    )


def test_corrected_held_rows_are_read_again_without_the_marks():
    held = written_csv(held_rows(["name", "email"], checked(b"name,email\n=1+1,nobody\n")))
    content = held.replace(b"nobody", b"ana@example.org")

    _columns, unknown = guessed_columns(open_sheet(content, file_name="held-rows.csv").header, {})

    assert (checked(content)[0].recipient_name, unknown) == ("=1+1", [])


def test_template_can_be_uploaded_as_it_is():
    [row] = checked(written_csv(template_rows()))

    assert (row.recipient_name, row.issued_on, row.problem) == ("Ana Ito", date(2025, 3, 14), "")


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "=cmd|' /C calc'!A0", "=HYPERLINK(A1)", "+1", "-1", "@SUM(1)", "\t=1+1", "\r=1+1", "\uff1d1+1"],
    ids=["C113", "C114", "C115", "C116", "C117", "C118", "C119", "C120", "C121"],
)
def test_formula_is_text_in_every_file_we_give_out(cell):
    [row] = checked(f'name,email,notes\nAna,nobody,"{cell}"\n'.encode())

    content = written_csv(held_rows(["name", "email", "notes"], [row])).decode("utf-8-sig")

    [_header, line] = csv.reader(io.StringIO(content, newline=""))
    assert line[2] == f"'{cell}"


def test_formula_behind_a_tab_or_a_line_end_is_a_name_without_them_c119_c120():
    assert (one(name="\t=1+1").recipient_name, one(name="\r=1+1").recipient_name) == ("=1+1", "=1+1")


def test_address_with_a_nul_is_refused_c69():
    lines = b"Ana,ana@example.org\n" * 11

    assert checked(b"name,email\n" + lines + b"Bo,b\x00o@example.org\n")[-1].problem == (
        "This row holds a NUL character. Type the row again."
    )


def test_language_codes_are_not_read_c112():
    [row] = checked(b"name,email,language\nAna,ana@example.org,xx-YY\n")

    assert (row.problem, row.cells[2]) == ("", ["language", "xx-YY"])


# --- columns -------------------------------------------------------------------------------------

HEADINGS = {
    "english": (["Full name", "E-mail Address", "Valid until"], {"name": 0, "email": 1, "expires_on": 2}),
    "dutch": (["Voornaam", "Achternaam", "E-mailadres"], {"given_name": 0, "family_name": 1, "email": 2}),
    "french": (["Nom", "Prénom", "Courriel"], {"family_name": 0, "given_name": 1, "email": 2}),
    "french, whole name": (["Nom", "Adresse e-mail"], {"name": 0, "email": 1}),
    "german": (
        ["Vorname", "Nachname", "E-Mail", "Gültig bis"],
        {"given_name": 0, "family_name": 1, "email": 2, "expires_on": 3},
    ),
    "spanish": (["Nombre completo", "Correo electrónico"], {"name": 0, "email": 1}),
    "polish": (["Imię i nazwisko", "Adres e-mail"], {"name": 0, "email": 1}),
    "greek": (["Ονοματεπώνυμο", "E-mail"], {"name": 0, "email": 1}),
    "japanese": (["氏名", "メールアドレス"], {"name": 0, "email": 1}),
    "arabic": (["الاسم", "البريد الإلكتروني"], {"name": 0, "email": 1}),
}


@pytest.mark.parametrize("language", HEADINGS)
def test_headings_of_many_languages_are_guessed(language):
    header, columns = HEADINGS[language]

    assert guessed_columns(header, {}) == (columns, [])


def test_what_an_organisation_said_of_a_heading_counts_more_than_our_guess():
    header = ["name", "login", "notes"]

    assert guessed_columns(header, {"login": "email", "name": "", "notes": "name"}) == ({"email": 1, "name": 2}, [])


@pytest.mark.parametrize(
    ("columns", "problem"),
    [
        ({}, "The first row must name the columns, such as name, email, issued_on. Put it above the first person."),
        ({"name": 0}, "No column holds the e-mail address. Choose it below, or call it “email” in the first row."),
        ({"email": 0}, "No column holds the name. Choose it below, or call it “name” in the first row."),
        (
            {"name": 0, "given_name": 1, "email": 2},
            "Choose either one column for the whole name, or one for the first and one for the last name.",
        ),
        ({"given_name": 0, "email": 1}, ""),
    ],
)
def test_columns_that_do_not_suffice_are_named_c28_c29(columns, problem):
    assert problem_with_columns(columns) == problem


def test_first_and_last_name_make_the_name():
    [row] = checked(b"Voornaam,Achternaam,E-mail\nAmara,Okafor-Lindqvist,a@example.org\n")

    assert (row.recipient_name, row.problem) == ("Amara Okafor-Lindqvist", "")


def test_columns_of_the_same_name_that_are_not_read_keep_their_cells():
    [row] = checked(b"name,email,notes,notes\nAna,ana@example.org,one,two\n")

    assert row.cells[2:] == [["notes", "one"], ["notes (4)", "two"]]


# --- names to look at ----------------------------------------------------------------------------

DOUBTS = {
    "mojibake": (
        "ZoÃ« FernÃ¡ndez",
        "The letters look broken: the file was read in another encoding.",
        "Zoë Fernández",
    ),
    "mojibake of windows": (
        "Dâ€™Angelo",
        "The letters look broken: the file was read in another encoding.",
        "D’Angelo",
    ),
    "all capitals": ("MARGARET O'DONNELL-ŁUKA", "All capitals.", "Margaret O'Donnell-Łuka"),
    "too long for the line": (
        "María Alejandra Fernanda de la Santísima Trinidad Quintanilla y Villavicencio",
        "77 letters: two lines on the certificate, in small print. Nothing is cut off.",
        "",
    ),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_name_that_looks_odd_waits_for_somebody(case):
    name, words, suggestion = DOUBTS[case]

    row = one(name=name)

    assert (row.state, row.said, row.suggestion, row.at_fault) == (RowState.LOOK, words, suggestion, "name")


@pytest.mark.parametrize("name", ["BO", "UN Li", "Jo McDONALD", "王小明", "Ângela Ãvila"])
def test_name_that_only_looks_a_little_odd_is_ready(name):
    assert one(name=name).state == RowState.READY


def test_name_and_address_that_changed_places_are_named():
    row = one(name="ana@example.org", email="Ana Ito")

    assert row.problem == (
        "Name “ana@example.org”: Name and e-mail seem to have changed places. Correct both cells, or match the columns again."
    )
    assert one(name="ana@example.org").problem == "Name “ana@example.org”: This is an e-mail address, not a name."
