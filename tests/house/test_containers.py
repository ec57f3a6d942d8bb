import subprocess
import sys

from tests.house.source import ROOT

COMPOSE_FILE = ROOT / "docker-compose.yml"
SCHEMA_CHECK = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec"]


def test_compose_file_follows_the_compose_specification():
    checked = subprocess.run([*SCHEMA_CHECK, COMPOSE_FILE], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stdout


def test_compose_check_sees_a_misspelt_key(tmp_path):
    misspelt = tmp_path / "docker-compose.yml"
    misspelt.write_text(COMPOSE_FILE.read_text().replace("healthcheck:", "heathcheck:"))

    checked = subprocess.run([*SCHEMA_CHECK, misspelt], capture_output=True, text=True)

    assert checked.returncode == 1
