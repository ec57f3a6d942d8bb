"""The first command of the README, as far as one can go without a person."""

import json
import socket
import subprocess
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest

pytestmark = pytest.mark.slow

STATUS = {"not_found": 404}


def status_of(url: str) -> int:
    try:
        with urlopen(url) as response:
            return int(response.status)
    except HTTPError as error:
        return error.code


def test_demo_prints_the_address_its_people_and_the_mailbox(embedded):
    links = json.loads(embedded.manage("demo_links", "--json"))

    printed = embedded.output()

    people = [person["email"] for person in links["staff"] + links["earners"]]
    assert [text for text in [embedded.base, links["mailbox"], *people] if text not in printed] == []


def test_demo_has_a_page_for_every_state(embedded):
    links = json.loads(embedded.manage("demo_links", "--json"))

    answers = {name: status_of(url) for name, url in links["pages"].items()}

    states = ["valid", "expiring", "expired", "revoked", "suspended", "corrected", "private", "unclaimed", "not_found"]
    assert answers == {name: STATUS.get(name, 200) for name in states}


def test_demo_refuses_a_port_that_is_taken(embedded):
    with pytest.raises(subprocess.CalledProcessError) as failed:
        embedded.manage("demo")

    port = urlsplit(embedded.base).port
    assert failed.value.stderr.startswith(f"CommandError: Port {port} cannot be used (Address already in use).")


def test_demo_keeps_its_data_when_it_starts_again(embedded):
    said = embedded.manage("load_demo")

    assert said == "The demo organisation is there already.\n"


def test_demo_listens_on_loopback_only(embedded):
    port = urlsplit(embedded.base).port
    with socket.socket() as probe:
        # Another loopback address stands for every other interface.
        assert probe.connect_ex(("127.0.0.2", port)) != 0
