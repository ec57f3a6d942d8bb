"""Dates as they stand on certificates, in English."""

from datetime import date

_ORDINALS = (
    *("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh"),
    *("twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth"),
    *("twentieth", "twenty-first", "twenty-second", "twenty-third", "twenty-fourth", "twenty-fifth", "twenty-sixth"),
    *("twenty-seventh", "twenty-eighth", "twenty-ninth", "thirtieth", "thirty-first"),
)


def plain_dates(issued_on: date, expires_on: date | None) -> str:
    issued = f"Issued {plain(issued_on)}"
    return f"{issued} · valid until {plain(expires_on)}" if expires_on else issued


def dates_in_words(issued_on: date, expires_on: date | None) -> str:
    issued = f"on the {_ORDINALS[issued_on.day - 1]} day of {issued_on:%B %Y}"
    if expires_on is None:
        return issued
    return f"{issued}, valid until the {_ORDINALS[expires_on.day - 1]} of {expires_on:%B %Y}"


def plain(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
