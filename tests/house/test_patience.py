"""Nobody looks at a page right after a click, when it may be there half: `press()` waits, and so does `expect()`."""

import ast
import itertools
from collections.abc import Iterator

from tests.house.source import ROOT, files

# They answer at once, of whatever page is there.
LOOKS_AT_ONCE = {
    *("title", "url", "content", "evaluate", "count", "all", "inner_text", "all_inner_texts", "input_value"),
    *("is_visible", "get_attribute", "bounding_box", "accessibility_faults", "accessibility_faults_in_every_look"),
    *("faults", "overflowing_width", "lost_at_any_width"),
}


def names(statement: ast.stmt) -> set[str]:
    """What is called or read in one statement."""
    nodes = list(ast.walk(statement))
    return {node.attr for node in nodes if isinstance(node, ast.Attribute)} | {
        node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def looks_too_early(tree: ast.Module) -> Iterator[int]:
    for block in ast.walk(tree):
        statements = getattr(block, "body", None)
        for done, next_one in itertools.pairwise(statements) if isinstance(statements, list) else ():
            acts = isinstance(done, ast.Expr) and ast.unparse(done).endswith((".click()", ".press('Enter')"))
            looks = isinstance(next_one, ast.Assert | ast.Assign | ast.AugAssign | ast.Return)
            if acts and looks and names(next_one) & LOOKS_AT_ONCE:
                yield next_one.lineno


def test_nobody_looks_at_a_page_right_after_a_click() -> None:
    too_early = [
        f"{path.relative_to(ROOT)}:{line}"
        for path in files(ROOT / "tests", ".py")
        for line in looks_too_early(ast.parse(path.read_text()))
    ]

    assert too_early == []


def test_look_that_is_too_early_is_seen() -> None:
    walk = 'def test_it(page):\n    page.get_by_role("button").click()\n    assert page.title() == "Valid"\n'

    assert list(looks_too_early(ast.parse(walk))) == [3]
