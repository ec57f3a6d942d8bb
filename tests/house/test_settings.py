import ast
import re

from tests.house.source import ROOT


def names_read_by_the_settings() -> set[str]:
    """First arguments of `env.str("NAME", …)`, `required("NAME", …)` and their like."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / "badgecert/settings.py").read_text())):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        reads = ast.unparse(node.func)
        name = node.args[0]
        if (reads.startswith("env.") or reads == "required") and isinstance(name, ast.Constant):
            names.add(name.value)
    return names


def names_read_by_the_compose_file() -> set[str]:
    return set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))


def test_env_example_lists_exactly_the_variables_that_are_read():
    listed = re.findall(r"^(?:# ?)?([A-Z][A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)

    assert sorted(listed) == sorted(names_read_by_the_settings() | names_read_by_the_compose_file())
