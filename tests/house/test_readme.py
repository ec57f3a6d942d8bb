import re

from tests.house.source import ROOT

FENCED = re.compile(r"^```\w*\n(.*?)^```", re.MULTILINE | re.DOTALL)


def test_readme_starts_with_two_commands():
    blocks = FENCED.findall((ROOT / "README.md").read_text())

    commands = [line for block in blocks for line in block.splitlines() if line.startswith("sh scripts/dev.sh")]

    assert commands == ["sh scripts/dev.sh run", "sh scripts/dev.sh test"]
