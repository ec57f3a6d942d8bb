import hashlib
import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from badgecert.accounts.models import User
from badges.actions.issuances import correct_issuance, revoke_issuance, set_visibility
from badges.models import Badge, Issuance
from certificates.actions.log import sequence_entries
from certificates.models import LogEntry
from certificates.openbadges import merkle
from certificates.openbadges.public_log import SignedHead, canonical
from tests.factories import issue


@pytest.fixture
def logged(badge: Badge) -> list[Issuance]:
    issued = [issue(badge) for _number in range(5)]
    sequence_entries()
    return issued


def get(client: Client, address: str) -> Any:
    response = client.get(address)
    assert response.status_code == 200
    return response.json()


def test_log_page_shows_the_newest_head(client: Client, logged: list[Issuance]) -> None:
    page = client.get("/log/").content.decode()

    assert get(client, "/log/head.json")["root"] in page


def test_log_page_before_the_first_entry(client: Client, db: None) -> None:
    assert "Nothing has entered the log yet." in client.get("/log/").content.decode()
    assert client.get("/log/head.json").status_code == 404
    assert get(client, "/log/key.json") == {"keys": []}


def test_head_is_signed_with_the_published_key(client: Client, logged: list[Issuance]) -> None:
    head = SignedHead.from_json(get(client, "/log/head.json"))

    assert head.is_genuine
    assert [head.key] == get(client, "/log/key.json")["keys"]
    assert get(client, "/log/head.json?size=5")["root"] == head.root.hex()
    assert client.get("/log/head.json?size=4").status_code == 404


def test_head_is_kept_by_asking(client: Client, logged: list[Issuance]) -> None:
    first = client.get("/log/head.json")

    again = client.get("/log/head.json", headers={"If-None-Match": first["ETag"]})

    assert again.status_code == 304
    assert again["Access-Control-Allow-Origin"] == "*"


def test_entries_tell_hashes_and_times_alone(client: Client, logged: list[Issuance]) -> None:
    entries = get(client, "/log/entries.json?start=1&end=4")["entries"]

    assert [entry["index"] for entry in entries] == [1, 2, 3]
    assert {frozenset(entry) for entry in entries} == {frozenset({"index", "leaf", "recordedAt"})}


@pytest.mark.parametrize(
    "query", ["", "start=0", "start=0&end=1001", "start=5&end=5", "start=x&end=3", "start=-1&end=3"]
)
def test_entries_are_asked_for_within_bounds(client: Client, db: None, query: str) -> None:
    assert client.get(f"/log/entries.json?{query}").status_code == 400


def test_proof_leads_from_a_leaf_to_the_head(client: Client, logged: list[Issuance]) -> None:
    leaf = get(client, "/log/entries.json?start=2&end=3")["entries"][0]["leaf"]

    proof = get(client, f"/log/proof.json?leaf={leaf}")

    path = [bytes.fromhex(node) for node in proof["path"]]
    head = SignedHead.from_json(proof["head"])
    assert merkle.is_included(bytes.fromhex(leaf), proof["index"], head.size, path, head.root)


@pytest.mark.parametrize("leaf", ["", "zz", "00" * 32])
def test_proof_of_what_is_not_there(client: Client, logged: list[Issuance], leaf: str) -> None:
    assert client.get(f"/log/proof.json?leaf={leaf}").status_code == 404


def test_consistency_leads_from_an_old_head_to_the_newest(client: Client, logged: list[Issuance], badge: Badge) -> None:
    old = SignedHead.from_json(get(client, "/log/head.json"))
    issue(badge)
    sequence_entries()
    new = SignedHead.from_json(get(client, "/log/head.json"))

    proof = get(client, "/log/consistency.json?from=5&to=6")

    path = [bytes.fromhex(node) for node in proof["path"]]
    assert merkle.is_consistent(old.size, old.root, new.size, new.root, path)


@pytest.mark.parametrize("query", ["", "from=0&to=5", "from=3&to=2", "from=1&to=6"])
def test_consistency_is_asked_for_within_bounds(client: Client, logged: list[Issuance], query: str) -> None:
    assert client.get(f"/log/consistency.json?{query}").status_code == 400


def test_holder_recomputes_the_entry_without_us(client: Client, logged: list[Issuance]) -> None:
    code = logged[3].code
    document = client.get(f"/v/{code}.json").content

    [entry] = get(client, f"/v/{code}/log.json")["entries"]

    # Every step by hand, as an outsider would.
    salted = bytes.fromhex(entry["salt"]) + canonical(entry["statement"])
    leaf = hashlib.sha256(b"\0" + hashlib.sha256(salted).digest()).digest()
    head = SignedHead.from_json(entry["head"])
    assert entry["statement"]["document"] == hashlib.sha256(document).hexdigest()
    assert entry["statement"]["issuance"] == str(logged[3].pk)
    assert leaf.hex() == entry["leaf"]
    assert merkle.is_included(
        leaf, entry["index"], head.size, [bytes.fromhex(node) for node in entry["path"]], head.root
    )


def test_page_says_since_when_it_stands_in_the_log(client: Client, logged: list[Issuance]) -> None:
    page = client.get(f"/v/{logged[0].code}/log").content.decode()

    assert "Issued: it has been in the public log since" in page
    assert "Entry 1 of 5." in page
    assert f'href="/v/{logged[0].code}/log"' in client.get(f"/v/{logged[0].code}").content.decode()


def test_page_says_that_an_entry_waits(client: Client, issuance: Issuance) -> None:
    page = client.get(f"/v/{issuance.code}/log").content.decode()

    assert "Issued: it waits for its place in the public log" in page
    assert "has been in the public log since" not in page


@pytest.mark.parametrize(
    "statement",
    [
        "update badges_issuanceversion set recipient_name = 'x'",
        "update certificates_credential set document = document || ' '",
        "update certificates_logentry set recorded_at = recorded_at - interval '1 day'",
        "update certificates_lognode set hash = sha256(hash)",
        "update certificates_treehead set root = sha256(root)",
    ],
)
def test_page_says_that_the_log_says_something_else(client: Client, logged: list[Issuance], statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("set local session_replication_role = replica")
        cursor.execute(statement)
        cursor.execute("set local session_replication_role = origin")

    page = client.get(f"/v/{logged[0].code}/log").content.decode()

    assert "Issued: the public log says something else" in page
    assert "has been in the public log since" not in page


def test_whoever_may_not_see_the_name_gets_no_salt(client: Client, logged: list[Issuance], staff: User) -> None:
    revoke_issuance(logged[0], by=staff, reason="A mistake.")
    sequence_entries()

    entries = get(client, f"/v/{logged[0].code}/log.json")["entries"]

    assert [entry["kind"] for entry in entries] == ["issued", "revoked"]
    assert [sorted(entry) for entry in entries] == [["head", "index", "kind", "leaf", "path"]] * 2


def test_log_of_a_corrected_badge_is_of_what_it_says_now(client: Client, logged: list[Issuance], staff: User) -> None:
    correct_issuance(logged[0], recipient_name="Ana Núñez", by=staff, reason="Typed wrongly.")
    sequence_entries()

    [entry] = get(client, f"/v/{logged[0].code}/log.json")["entries"]

    assert (entry["kind"], entry["statement"]["version"]) == ("corrected", 2)


def test_private_badge_shows_no_place_in_the_log(client: Client, issuance: Issuance, earner: User) -> None:
    set_visibility(issuance, visibility="private", by=earner)

    page = client.get(f"/v/{issuance.code}/log")
    data = client.get(f"/v/{issuance.code}/log.json")

    assert page["Location"] == f"/v/{issuance.code}"
    assert data.status_code == 404
    assert str(issuance.pk) not in data.content.decode()


def test_nothing_public_in_the_log_names_a_person(client: Client, logged: list[Issuance]) -> None:
    name = logged[0].current_version.recipient_name
    texts = [client.get(f"/log/{file}").content.decode() for file in ("", "head.json", "entries.json?start=0&end=9")]

    assert [name in text or str(logged[0].pk) in text or logged[0].code in text for text in texts] == [False] * 3
    assert LogEntry.objects.count() == 5
    assert json.loads(texts[2])["entries"][0].keys() == {"index", "leaf", "recordedAt"}
