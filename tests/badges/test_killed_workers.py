"""A batch of 5,000 whose worker is killed twice: nothing is lost, nothing twice, and every row as if issued alone."""

import time
from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import BinaryField, DateTimeField, Model

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.batches import confirm_batch, send_now
from badges.actions.files import check_waiting_files, upload_file
from badges.actions.leaving import issue_due_batches
from badges.models import Batch, BatchRow, BatchState, Issuance
from certificates.models import Credential, LogEntry
from notifications.models import Message
from tests.factories import issue
from tests.worker import Worker

ROWS = 5_000
# Of one issuance only, or made from what is: random, signed, numbered.
OWN = {
    "code",
    "identity_salt",
    "status_index",
    "status_list",
    "document",
    "sha256",
    "message_id",
    "password",
    "fact_key",
    "index",
}
# Written a moment later by the log's sequencer; rows of files are of batches alone.
LATER = {"LogProof", "BatchRow"}


def until(true: Any, *, what: str, seconds: float = 240) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, what
        time.sleep(0.02)


@pytest.mark.django_db
def test_a_row_of_a_batch_equals_a_badge_issued_alone(badge, staff):
    alone = issue(badge, to="alone@example.org", name="Amara Okafor-Lindqvist", by=staff)
    content = b"name,email,issued_on\nBo Li,bo@example.org,\nAmara Okafor-Lindqvist,twin@example.org,2026-11-01\n"
    batch = upload_file(badge, content=content, file_name="people.csv", by=staff)
    send_now(confirm_batch(batch, by=staff), by=staff)
    issue_due_batches()

    assert all_about(Issuance.objects.get(recipient_key="twin@example.org")) == all_about(alone)


@pytest.mark.slow
def test_killed_workers_leave_whole_chunks_and_the_next_one_goes_on(issuer, badge, staff, worker, smtp):
    # Five thousand mails are another test's.
    issuer.mail_paused_at, issuer.mail_paused_reason = clock.now(), "A test"
    issuer.save()
    alone = issue(badge, to="alone@example.org", name="Amara Okafor-Lindqvist", by=staff)
    batch = upload_file(badge, content=people(), file_name="people.csv", by=staff)
    check_waiting_files()

    send_now(confirm_batch(batch, by=staff), by=staff)
    until(lambda: Batch.objects.get().state == BatchState.LEAVING, what="No worker began")
    worker.kill()
    in_first_chunk = Issuance.objects.filter(batch=batch).count()
    second = another_worker(smtp)
    until(lambda: Issuance.objects.filter(batch=batch).count() > in_first_chunk, what="No worker went on")
    second.kill()
    between_chunks = Issuance.objects.filter(batch=batch).count()
    third = another_worker(smtp)
    until(lambda: Batch.objects.get().state == BatchState.ISSUED, what="The batch did not end")
    third.stop()

    assert (in_first_chunk % 1000, between_chunks % 1000) == (0, 0)
    assert in_first_chunk < between_chunks < ROWS
    made = Issuance.objects.filter(batch=batch)
    assert made.count() == made.values("recipient_key").distinct().count() == ROWS
    assert made.values("earner").distinct().count() == ROWS
    for table, of_batch in (
        (Credential, {"version__issuance__batch": batch}),
        (LogEntry, {"issuance_id__in": made.values("pk")}),
        (Message, {"issuance__batch": batch}),
    ):
        assert table.objects.filter(**of_batch).count() == ROWS, table
    assert BatchRow.objects.filter(outcome="issued", issuance__isnull=False).count() == ROWS
    assert all_about(made.get(recipient_key="twin4321@example.org")) == all_about(alone)


def people() -> bytes:
    rows = [f"Person {n},person{n}@example.org,2026-11-01" for n in range(ROWS - 1)]
    rows.insert(4321, "Amara Okafor-Lindqvist,twin4321@example.org,2026-11-01")
    return "\n".join(["name,email,issued_on", *rows, ""]).encode()


def another_worker(smtp) -> Worker:
    return Worker({"EMAIL_HOST": smtp.host, "EMAIL_PORT": str(smtp.port)})


def all_about(issuance: Issuance) -> Counter[tuple[str, str]]:
    """Every row of every table that speaks of this issuance or its earner, without ids, times and what is random."""
    about = {issuance.pk: "the issuance", issuance.earner_id: "the earner"}
    found: dict[Any, Model] = {issuance.pk: issuance, issuance.earner_id: User.objects.get(pk=issuance.earner_id)}
    tables = [model for model in apps.get_models() if model.__name__ not in LATER]
    while True:
        news = {
            (row._meta.label, row.pk): row
            for model in tables
            for column in references_of(model)
            for row in model._default_manager.filter(**{f"{column}__in": list(about)})
        }
        unknown = {key: row for key, row in news.items() if row.pk not in found}
        if not unknown:
            break
        found |= {row.pk: row for row in unknown.values()}
        about |= {row.pk: f"a {row._meta.label}" for row in unknown.values() if not isinstance(row.pk, int)}
    address = issuance.recipient_key
    return Counter((row._meta.label, repr(plain(row, about)).replace(address, "ADDRESS")) for row in found.values())


def references_of(model: type[Model]) -> list[str]:
    """Columns that may hold the id of something else, of whatever table."""
    return [
        field.attname
        for field in model._meta.concrete_fields
        if not field.primary_key
        and field.get_internal_type() in {"ForeignKey", "OneToOneField", "UUIDField"}
        and (field.related_model is None or field.related_model._meta.pk.get_internal_type() == "UUIDField")
    ]


def plain(row: Model, about: dict[Any, str]) -> dict[str, object]:
    kept = [
        field.attname
        for field in row._meta.concrete_fields
        if not field.primary_key
        and not isinstance(field, DateTimeField | BinaryField)
        and field.name not in {*OWN, "batch"}
    ]
    values = ((name, getattr(row, name)) for name in kept)
    return {name: about.get(value, value) if isinstance(value, UUID) else value for name, value in values}
