"""Is one name a small correction of another? An organisation may let those approve themselves."""

import unicodedata

LETTERS_AT_LEAST = 8
CHANGES_AT_MOST = 2


def is_small_change(old: str, new: str) -> bool:
    """One or two letters differ in a name of eight letters or more, with the same number of words."""
    old, new = unicodedata.normalize("NFC", old), unicodedata.normalize("NFC", new)
    if min(_letters(old), _letters(new)) < LETTERS_AT_LEAST or len(old.split()) != len(new.split()):
        return False
    return 1 <= changes_between(old, new) <= CHANGES_AT_MOST


def changes_between(old: str, new: str) -> int:
    """How many letters must be put in, left out, replaced or swapped with their neighbour."""
    before_last: list[int] = []
    last = list(range(len(new) + 1))
    for i, a in enumerate(old, start=1):
        row = [i]
        for j, b in enumerate(new, start=1):
            best = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a != b))
            if i > 1 and j > 1 and a == new[j - 2] and b == old[i - 2]:
                best = min(best, before_last[j - 2] + 1)
            row.append(best)
        before_last, last = last, row
    return last[-1]


def _letters(name: str) -> int:
    return sum(c.isalpha() for c in name)
