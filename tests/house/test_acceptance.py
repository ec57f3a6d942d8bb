"""docs/acceptance.md names tests that exist, for every line."""

import re

import pytest

from tests.house.source import ROOT, files

ROWS = [
    row.strip("|").rsplit("|", 1)
    for row in (ROOT / "docs" / "acceptance.md").read_text().splitlines()
    if row.startswith("| ") and not row.startswith("| what ")
]
FILES = {path.name for path in files(ROOT / "tests", ".py", ".js")}
DEFINED = {
    name for path in files(ROOT / "tests", ".py") for name in re.findall(r"^def (\w+)", path.read_text(), re.MULTILINE)
}
BY_NAME = re.compile(r"\b(Every page|Budgets|Right to left)\b")


def missing(reference: str) -> bool:
    path, _, name = reference.partition("::")
    if name:
        return not (ROOT / path).exists() or f"def {name}(" not in (ROOT / path).read_text()
    if "/" in path:
        return not (ROOT / path.split()[0]).exists()
    return path not in (FILES if "." in path else DEFINED)


@pytest.mark.parametrize(("line", "held_by"), ROWS, ids=[row[0].strip()[:40] for row in ROWS])
def test_line_names_tests_that_exist(line: str, held_by: str) -> None:
    references = re.findall(r"`([^`]+)`", held_by)

    assert [reference for reference in references if missing(reference)] == []
    assert references or BY_NAME.search(held_by)


def test_missing_tests_are_seen() -> None:
    assert all(
        missing(name) for name in ("tests/nothing.py", "test_nothing_at_all", "tests/conftest.py::test_x", "no.py")
    )
