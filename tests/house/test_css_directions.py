"""No style says left or right where it means before or after: the pages turn round with the language."""

import re
from pathlib import Path

import pytest

from tests.house.source import STATIC, files

# A picture scaled from its own corner, and one centred by half its size, stand the same in both directions.
MEANT = {
    ("certificate-preview.css", "inset", "0 auto auto 0"),
    ("plate.css", "inset", "50% auto auto 50%"),
}
_DECLARATION = re.compile(r"(--?[\w-]+|[\w-]+)\s*:\s*([^;{}]+);")
_FOUR_SIDES = {"margin", "padding", "inset", "border-width", "border-color", "border-style", "border-radius"}


def physical(style_sheet: str) -> list[tuple[str, str]]:
    """Each declaration that names a side of the screen rather than of the text."""
    plain = re.sub(r"/\*.*?\*/", "", style_sheet, flags=re.DOTALL)
    declarations = [(name, " ".join(value.split())) for name, value in _DECLARATION.findall(plain)]
    return [(name, value) for name, value in declarations if names_a_side(name, value)]


def names_a_side(name: str, value: str) -> bool:
    if name.startswith("--"):
        return False
    if re.search(r"(^|-)(left|right)(-|$)", name) or re.search(r"\b(left|right)\b", value):
        return True
    sides = words(value)
    if name in _FOUR_SIDES:
        # Corners run round from the first to the second; edges stand opposite each other.
        pair = slice(0, 2) if name == "border-radius" else slice(1, 4, 2)
        return len(sides) == 4 and len(set(sides[pair])) == 2
    if name == "box-shadow":
        offset = next((word for word in sides if word != "inset"), "")
        return bool(re.match(r"-?[\d.]*[1-9]", offset))
    return name == "rotate" and bool(re.match(r"-?90deg", value))


def words(value: str) -> list[str]:
    return re.findall(r"(?:[^\s()]|\((?:[^()]|\([^()]*\))*\))+", value)


@pytest.mark.parametrize("path", files(STATIC / "css", ".css"), ids=lambda path: path.name)
def test_style_turns_round_with_the_language(path: Path) -> None:
    found = physical(path.read_text())

    assert [(name, value) for name, value in found if (path.name, name, value) not in MEANT] == []


@pytest.mark.parametrize(
    "declaration",
    [
        "margin-left: 1rem;",
        "right: 0;",
        "text-align: left;",
        "padding: 0 1rem 0 2rem;",
        "border-radius: 8px 0 0 8px;",
        "box-shadow: inset 4px 0 0 var(--plum);",
        "background: url(x.svg) right center no-repeat;",
        "rotate: -90deg;",
    ],
)
def test_each_way_to_name_a_side_is_seen(declaration: str) -> None:
    assert len(physical(f"a {{ {declaration} }}")) == 1


def test_what_follows_the_text_is_let_through() -> None:
    style = "padding: 1px 2px 3px 2px; box-shadow: inset calc(4px * var(--forward)) 0 0 red; margin-inline: 0 1rem;"

    assert physical(f"a {{ {style} border-radius: 8px 8px 0 0; --end: right; }}") == []
