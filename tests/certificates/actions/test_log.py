import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from badgecert.accounts.models import User
from badges.actions.issuances import (
    NewIssuance,
    correct_issuance,
    issue_badges,
    reinstate_issuance,
    renew_issuance,
    restore_issuance,
    revoke_issuance,
    suspend_issuance,
)
from badges.models import Badge, Issuance
from certificates.actions import log
from certificates.actions.log import sequence_entries
from certificates.models import LogEntry, LogKey, LogNode, TreeHead
from certificates.openbadges import merkle
from certificates.public_log import entries_between, newest_head, nodes_at, prove_consistency, prove_inclusion
from tests.certificates.openbadges.test_merkle import plain_head
from tests.factories import issue


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def leaves() -> list[bytes]:
    return [bytes(leaf) for leaf in LogEntry.objects.order_by("index").values_list("leaf_hash", flat=True)]


def test_every_fact_enters_the_log_with_its_kind(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, recipient_name="Ana Núñez", by=staff, reason="Typed wrongly.")
    suspend_issuance(issuance, reason="A question.", by=staff)
    restore_issuance(issuance, reason="Answered.", by=staff)
    revoke_issuance(issuance, reason="A mistake.", by=staff)
    reinstate_issuance(issuance, reason="It was right.", by=staff)

    entries = LogEntry.objects.order_by("id").values_list("kind", "version")
    assert list(entries) == [
        ("issued", 1),
        ("corrected", 2),
        ("suspended", 2),
        ("restored", 3),
        ("revoked", 3),
        ("reinstated", 4),
    ]


def test_renewal_enters_the_log(badge: Badge, staff: User) -> None:
    issuance = issue(badge, expires_on=datetime(2027, 1, 1, tzinfo=UTC).date())

    renew_issuance(issuance, expires_on=datetime(2028, 1, 1, tzinfo=UTC).date(), by=staff)

    assert list(LogEntry.objects.order_by("id").values_list("kind", flat=True)) == ["issued", "renewed"]


def test_a_fact_that_is_undone_leaves_no_entry(issuance: Issuance, staff: User) -> None:
    with undone():
        revoke_issuance(issuance, reason="A mistake.", by=staff)

    assert list(LogEntry.objects.values_list("kind", flat=True)) == ["issued"]


def test_entries_of_many_cost_as_many_statements_as_one(
    badge: Badge, staff: User, django_assert_num_queries: object
) -> None:
    rows = [
        NewIssuance(
            recipient_name="Ana Núñez",
            recipient_email=f"ana{number}@example.org",
            issued_on=datetime(2026, 11, 1, tzinfo=UTC).date(),
        )
        for number in range(30)
    ]
    issued = issue_badges(rows, badge_version=badge.current_version, by=staff)
    version_ids = [issuance.current_version_id for issuance in issued]

    # A look, a write, and the savepoint around them.
    with django_assert_num_queries(6):
        log.log_versions(version_ids, kind="revoked")

    assert LogEntry.objects.count() == 60


def test_sequencer_numbers_what_waits_and_signs_a_head(badge: Badge) -> None:
    for _number in range(3):
        issue(badge)

    numbered = sequence_entries()

    head = newest_head()
    assert numbered == 3
    assert list(LogEntry.objects.order_by("id").values_list("index", flat=True)) == [0, 1, 2]
    assert head.size == 3
    assert head.root == plain_head(leaves())
    assert head.is_genuine
    assert sequence_entries() == 0
    assert TreeHead.objects.count() == 1


def test_sequencers_at_once_give_each_number_once(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_AT_ONCE", 3)
    add_entries(20)

    def work(_worker: int) -> int:
        try:
            return sequence_entries()
        finally:
            connection.close()

    with ThreadPoolExecutor(3) as workers:
        numbered = list(workers.map(work, range(3)))

    assert sum(numbered) == 20
    assert list(LogEntry.objects.order_by("index").values_list("index", flat=True)) == list(range(20))
    assert newest_head().root == plain_head(leaves())
    assert LogKey.objects.count() == 1


def test_log_without_sealing_keys_waits(issuance: Issuance, settings: object) -> None:
    settings.SEALING_KEYS = []

    assert sequence_entries() == 0
    assert list(LogEntry.objects.values_list("index", flat=True)) == [None]
    assert LogKey.objects.count() == 0


def add_entries(count: int) -> None:
    """Entries about nothing: the tree does not ask, and no page shows them."""
    digest = hashlib.sha256(b"").digest()
    before = LogEntry.objects.count()
    LogEntry.objects.bulk_create(
        LogEntry(
            kind="revoked",
            issuance_id="00000000-0000-0000-0000-000000000000",
            version=before + number,
            says=digest,
            badge=digest,
            document=digest,
            recorded_at=datetime(2026, 11, 1, tzinfo=UTC),
            leaf_hash=hashlib.sha256(str(before + number).encode()).digest(),
        )
        for number in range(count)
    )


@settings(deadline=None, max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(chunks=st.lists(st.integers(0, 9), min_size=1, max_size=5), data=st.data())
def test_log_grown_in_chunks_is_the_plain_tree(db: None, chunks: list[int], data: st.DataObject) -> None:
    with undone():
        for chunk in chunks:
            add_entries(chunk)
            sequence_entries()

        size, all_leaves = sum(chunks), leaves()
        roots = dict(TreeHead.objects.values_list("size", "root"))
        assert {head: bytes(root) for head, root in roots.items()} == {
            head: plain_head(all_leaves[:head]) for head in roots
        }
        if size:
            assert max(roots) == size
            index = data.draw(st.integers(0, size - 1))
            old = data.draw(st.sampled_from(sorted(roots)))
            root = bytes(roots[size])
            assert merkle.is_included(all_leaves[index], index, size, prove_inclusion(index, size), root)
            assert merkle.is_consistent(old, bytes(roots[old]), size, root, prove_consistency(old, size))
            places = {(start, level) for start, level in LogNode.objects.values_list("start", "level")}
            complete = {
                (start, level)
                for level in range(1, 7)
                for start in range(0, size, 1 << level)
                if start + (1 << level) <= size
            }
            assert places == complete


def test_sequencer_signs_a_head_for_each_bounded_step(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "_AT_ONCE", 4)
    add_entries(10)

    assert sequence_entries() == 10

    assert list(TreeHead.objects.order_by("size").values_list("size", flat=True)) == [4, 8, 10]
    assert newest_head().root == plain_head(leaves())


def test_proof_reads_few_rows(db: None, django_assert_num_queries: object, monkeypatch: pytest.MonkeyPatch) -> None:
    add_entries(1000)
    sequence_entries()
    read: list[tuple[int, int]] = []
    monkeypatch.setattr("certificates.public_log.nodes_at", lambda places: read.extend(places) or nodes_at(places))

    with django_assert_num_queries(2):
        path = prove_inclusion(612, 1000)

    # The last of the levels is not full: its hash is put together from complete ones.
    assert len(path) == 10
    assert len(set(read)) <= 20
    assert merkle.is_included(leaves()[612], 612, 1000, path, newest_head().root)


def test_entries_between_gives_them_in_order(db: None) -> None:
    add_entries(5)
    sequence_entries()

    entries = entries_between(1, 3)

    assert entries == [
        {"index": index, "leaf": leaves()[index].hex(), "recordedAt": "2026-11-01T00:00:00.000000Z"} for index in (1, 2)
    ]


@pytest.mark.parametrize(
    "statement",
    [
        "update certificates_logentry set kind = 'revoked'",
        "update certificates_logentry set recorded_at = '2020-01-01'",
        "update certificates_logentry set leaf_hash = says",
        "update certificates_logentry set index = 7",
        "update certificates_logentry set index = null",
        "update certificates_logentry set salt = says",
        "delete from certificates_logentry",
        "update certificates_lognode set level = 3",
        "delete from certificates_lognode",
        "update certificates_treehead set size = 9",
        "delete from certificates_treehead",
    ],
)
def test_the_database_refuses_to_change_the_log(badge: Badge, statement: str) -> None:
    issue(badge)
    issue(badge)
    sequence_entries()

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


def test_an_entry_may_lose_its_salt(issuance: Issuance) -> None:
    sequence_entries()
    before = newest_head().root

    LogEntry.objects.update(salt=None)

    assert plain_head(leaves()) == before


def test_migrations_of_the_log_can_be_undone(transactional_db: None) -> None:
    call_command("migrate", "certificates", "0001", verbosity=0)
    call_command("migrate", "certificates", verbosity=0)

    assert "certificates_logentry" in connection.introspection.table_names()
