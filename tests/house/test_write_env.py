import subprocess
import sys

import pytest

from tests.house.source import ROOT


@pytest.fixture
def env_file(tmp_path):
    return tmp_path / "env"


def write_env(env_file, *options: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / "write_env.py", "--file", env_file, *options]
    return subprocess.run(command, capture_output=True, text=True)


def settings_in(env_file) -> dict[str, str]:
    lines = [line for line in env_file.read_text().splitlines() if not line.startswith("#")]
    return dict(line.split("=", 1) for line in lines)


def test_write_env_makes_a_demonstration_that_only_its_owner_can_read(env_file):
    write_env(env_file)

    written = settings_in(env_file)
    assert sorted(written) == ["BASE_URL", "DEMO", "OPERATOR_NAME", "SEALING_KEYS", "SECRET_KEY"]
    assert (written["BASE_URL"], written["DEMO"]) == ("http://127.0.0.1:8000", "true")
    assert env_file.stat().st_mode & 0o777 == 0o600


def test_write_env_keeps_secrets_and_whatever_else_is_there(env_file):
    write_env(env_file)
    before = settings_in(env_file)
    env_file.write_text(env_file.read_text() + "SITE_NAME=Ours\n")

    write_env(env_file, "--port", "9000")

    assert settings_in(env_file) == {**before, "SITE_NAME": "Ours", "BASE_URL": "http://127.0.0.1:9000"}


def test_write_env_keeps_the_port_of_the_last_time(env_file):
    write_env(env_file, "--port", "9000")

    write_env(env_file)

    assert settings_in(env_file)["BASE_URL"] == "http://127.0.0.1:9000"


def test_write_env_leaves_the_settings_of_a_real_site_alone(env_file):
    env_file.write_text("BASE_URL=https://badges.example.org\n")

    done = write_env(env_file)

    assert done.returncode == 1
    assert done.stderr.startswith(f"Stopped: {env_file} is not a demonstration's")
    assert env_file.read_text() == "BASE_URL=https://badges.example.org\n"
