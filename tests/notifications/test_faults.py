"""The faults of `sh scripts/dev.sh faults`, with a tenth of its messages: real processes, killed and cut off."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from tests import children

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

# Less than pytest's, so that what was started is ended in order.
PATIENCE_SECONDS = 480

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def faults(*options: str) -> dict[str, dict[str, object]]:
    run = children.start(
        [sys.executable, "-m", "scripts.faults", *options, "--messages", "100", "--json"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    try:
        said, faults_of_it = run.communicate(timeout=PATIENCE_SECONDS)
    finally:
        children.stop(run, patience=90)
    assert run.returncode == 0, (said + faults_of_it[-5000:]).decode()
    return {result["name"]: result for result in map(json.loads, said.splitlines())}


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
