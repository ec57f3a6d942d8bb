"""Each bad input of design/reliability.md §4.1 and §4.2 has a test that names it: `C52 …` as a case, `…_c52` as a test."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
OURS = Path(__file__).name


@pytest.mark.parametrize(("letter", "count"), [("C", 132), ("I", 107)], ids=["files of people", "pictures"])
def test_every_input_of_the_corpus_is_tested(letter: str, count: int) -> None:
    written = "\n".join(path.read_text() for path in TESTS.rglob("test_*.py") if path.name != OURS)
    as_case = re.findall(rf"""["']{letter}(\d{{2,3}})\b""", written)
    as_test = re.findall(rf"_{letter.lower()}(\d{{2,3}})(?=_|\()", written)

    missing = set(range(1, count + 1)) - {*map(int, as_case), *map(int, as_test)}

    assert sorted(missing) == []
