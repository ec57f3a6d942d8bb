"""The faults of `sh scripts/dev.sh faults`, with a tenth of its messages: real processes, killed and cut off."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

NAMES = (
    "kill_workers",
    "redis_flush",
    "redis_stop",
    "postgres_restart",
    "smtp_modes",
    "duplicate_delivery",
    "two_beats",
    "deploy",
)
# These cut a mail off in its final hand-over; after the others nobody asks whether one has left.
CUT_OFF = {"kill_workers", "postgres_restart", "smtp_modes"}

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def faults(*options: str) -> dict[str, dict[str, object]]:
    run = subprocess.run(
        [sys.executable, "-m", "scripts.faults", *options, "--messages", "100", "--json"],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=560,
    )
    assert run.returncode == 0, run.stdout + run.stderr[-5000:]
    return {result["name"]: result for result in map(json.loads, run.stdout.splitlines())}


@pytest.fixture(scope="module")
def results() -> dict[str, dict[str, object]]:
    return faults(*NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_fault_loses_no_mail_and_repeats_none_as_another(results, name):
    result = results[name]

    assert (result["missing"], result["repeats_other_id"]) == (0, 0)
    assert result["messages"] >= 100
    assert result["repeats_same_id"] == 0 or name in CUT_OFF


@pytest.mark.parametrize("name", ["kill_workers", "smtp_modes"])
def test_fault_meets_mails_in_their_final_hand_over(results, name):
    assert results[name]["uncertain"] > 0


def test_journal_of_the_mail_server_prevents_every_repeat():
    result = faults("smtp_modes", "--journal")["smtp_modes"]

    assert (result["missing"], result["repeats_other_id"], result["repeats_same_id"]) == (0, 0, 0)
    assert result["uncertain"] > 0
