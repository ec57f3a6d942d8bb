"""Reading and writing files of people: bytes in; headings, rows, or a sentence about what is wrong, out.

Nothing is guessed: a file in another encoding, a date that could be two days, or a column that is missing is said and
not repaired, because a wrong guess ends up on a hundred certificates. The cases are those of reliability.md §4.1.
"""

from badges.spreadsheets.days import parse_day
from badges.spreadsheets.headings import REASON, guessed_columns, problem_with_columns
from badges.spreadsheets.reading import Sheet, SheetRow, open_sheet, open_table
from badges.spreadsheets.writing import held_rows, template_rows

__all__ = [
    "REASON",
    "Sheet",
    "SheetRow",
    "guessed_columns",
    "held_rows",
    "open_sheet",
    "open_table",
    "parse_day",
    "problem_with_columns",
    "template_rows",
]
