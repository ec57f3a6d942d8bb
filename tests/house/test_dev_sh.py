"""How the one entry ends when something cannot be had. The machine around it is made of a few programs on its PATH."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source import ROOT

NEEDED = ["sh", "dirname", "grep", "ls", "cat", "env", "id", "mktemp", "rm", "sha256sum"]


@pytest.fixture
def machine(tmp_path):
    """A copy of the scripts on a machine without apt-get, sudo or any service; `add` gives it a program."""
    shutil.copytree(ROOT / "scripts", tmp_path / "clone" / "scripts")
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in NEEDED:
        (programs / name).symlink_to(shutil.which(name))
    return Machine(tmp_path / "clone", programs)


class Machine:
    def __init__(self, clone: Path, programs: Path) -> None:
        self.clone = clone
        self.programs = programs

    def add(self, name: str, script: str) -> None:
        program = self.programs / name
        program.unlink(missing_ok=True)
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)

    def dev(self, *words: str, python: str = sys.executable) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", "scripts/dev.sh", *words],
            cwd=self.clone,
            env={"PATH": str(self.programs), "PYTHON": python},
            capture_output=True,
            text=True,
        )


def test_dev_alone_lists_its_commands(machine):
    done = machine.dev()

    assert done.returncode == 0
    assert done.stdout.startswith("sh scripts/dev.sh run [--port N] ")


def test_dev_refuses_a_command_it_does_not_know(machine):
    done = machine.dev("rnu")

    assert (done.returncode, done.stderr.splitlines()[-1]) == (1, "Stopped: there is no command rnu.")


def test_dev_asks_for_a_newer_python(machine):
    machine.add("python3.9", "exit 1")

    done = machine.dev("run", python="python3.9")

    assert (done.returncode, done.stderr) == (
        1,
        "Stopped: Python 3.11 or newer is needed. Install it, or name it: "
        "PYTHON=/path/to/python3.11 sh scripts/dev.sh run\n",
    )


def test_dev_names_what_is_missing_where_there_is_no_apt(machine):
    done = machine.dev("test")

    assert done.returncode == 1
    assert done.stderr.startswith(
        "Stopped: this machine has no apt-get. Please install what these Debian packages hold"
    )
    assert {"chromium", "redis-server"} <= set(done.stderr.split())


def test_dev_tells_a_plain_user_what_root_has_to_type(machine):
    machine.add("id", "echo 1000")
    machine.add("apt-get", "exit 0")

    done = machine.dev("test")

    assert done.returncode == 1
    assert done.stderr.startswith("Stopped: only root may install packages. Please run as root: apt-get install ")


def test_dev_shows_what_apt_said_when_it_fails(machine):
    machine.add("id", "echo 0")
    machine.add("apt-get", "echo Temporary failure resolving; exit 100")

    done = machine.dev("test")

    announced, *apt, stopped = done.stderr.splitlines()
    assert done.returncode == 1
    assert announced.startswith("==> Installing Debian packages, which takes a minute or two: ")
    assert set(apt) == {"Temporary failure resolving"}
    assert stopped.endswith("(its own words are above). Is this machine online?")
