"""A batch of 5,000 whose worker is killed twice: nothing is lost, nothing twice, and every row as if issued alone."""

import hashlib
import json
import time
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db.models import Model, Sum

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.batches import confirm_batch, send_now
from badges.actions.files import check_waiting_files, upload_file
from badges.actions.leaving import issue_due_batches
from badges.models import Batch, BatchRow, BatchState, Issuance, IssuanceVersion
from certificates.addresses import status_list_address
from certificates.models import Credential, LogEntry, StatusList
from certificates.openbadges.documents import instant
from certificates.openbadges.keys import from_multikey
from certificates.openbadges.proofs import check_proof, single_proof
from certificates.openbadges.status_list import status_entry
from certificates.public_log import says_digest, statement_of
from notifications.models import Message
from tests.factories import issue
from tests.worker import Worker

ROWS = 5_000
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
def test_killed_workers_leave_whole_chunks_and_the_next_one_goes_on(
    issuer, badge, staff, worker, smtp, ended_afterwards
):
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
    ended_afterwards.append(second.process)
    until(lambda: Issuance.objects.filter(batch=batch).count() > in_first_chunk, what="No worker went on")
    second.kill()
    between_chunks = Issuance.objects.filter(batch=batch).count()
    third = another_worker(smtp)
    ended_afterwards.append(third.process)
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
    # Who was killed left no place on a status list behind.
    assert StatusList.objects.aggregate(used=Sum("used"))["used"] == ROWS + 1
    assert all_about(made.get(recipient_key="twin4321@example.org")) == all_about(alone)


def people() -> bytes:
    rows = [f"Person {n},person{n}@example.org,2026-11-01" for n in range(ROWS - 1)]
    rows.insert(4321, "Amara Okafor-Lindqvist,twin4321@example.org,2026-11-01")
    return "\n".join(["name,email,issued_on", *rows, ""]).encode()


def another_worker(smtp) -> Worker:
    return Worker({"EMAIL_HOST": smtp.host, "EMAIL_PORT": str(smtp.port)})


def all_about(issuance: Issuance) -> Counter[tuple[str, str]]:
    """Every row of every table that speaks of this issuance or its earner, but for ids, times and what follows from them.

    What follows from them is made again here and has to be that (`what_follows()`).
    """
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
    own = {issuance.recipient_key: "ADDRESS", issuance.code: "CODE", issuance.identity_salt: "SALT"}
    own |= {str(pk): word for pk, word in about.items()}
    said = []
    for row in found.values():
        text = repr({**plain(row, about), **what_follows(row)})
        for words, word in own.items():
            text = text.replace(words, word)
        said.append((row._meta.label, text))
    return Counter(said)


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
    """Its columns without its id; of times whether there is one."""
    values = {
        field.attname: field.value_from_object(row) for field in row._meta.concrete_fields if not field.primary_key
    }
    # One of them comes from a file.
    values.pop("batch_id", None)
    return {
        name: about.get(value, value) if isinstance(value, UUID) else "A TIME" if isinstance(value, datetime) else value
        for name, value in values.items()
    }


def what_follows(row: Model) -> dict[str, object]:
    """Columns that follow from ids, times and chance: what they say for certain, once it is certain."""
    match row:
        case Credential():
            return of_credential(row)
        case LogEntry():
            version = IssuanceVersion.objects.get(issuance=row.issuance_id, number=row.version)
            assert bytes(row.says) == says_digest(version, bytes(row.salt))
            assert bytes(row.document).hex() == version.credential.sha256
            assert bytes(row.leaf_hash) == statement_of(row).leaf_hash(bytes(row.salt))
            # A worker may have numbered it already.
            return dict.fromkeys(("says", "document", "leaf_hash", "salt", "index", "recorded_at"), "AS IT MUST BE")
        case User():
            assert not row.has_usable_password()
            return {"password": "NONE"}
        case _:
            return {}


def of_credential(row: Credential) -> dict[str, object]:
    """All of it but the place on a status list, of which each has its own, and what is computed from words that differ."""
    issuance, document = row.version.issuance, json.loads(row.document)
    assert row.sha256 == hashlib.sha256(row.document.encode()).hexdigest()
    key = from_multikey(row.key.public)
    key.verify(bytes(row.sha256_signature), bytes.fromhex(row.sha256))
    check_proof(document, single_proof(document), key=key)
    list_address = status_list_address(issuance.issuer.slug, row.status_list.number)
    assert row.status_list.issuer == issuance.issuer
    assert document["credentialStatus"] == status_entry(list_address=list_address, index=row.status_index)
    hashed = document["credentialSubject"]["identifier"][0]
    salted = (issuance.recipient_key + issuance.identity_salt).encode()
    assert hashed["identityHash"] == f"sha256${hashlib.sha256(salted).hexdigest()}"
    assert document["validFrom"] == instant(row.version.created_at)
    document["proof"][0] |= {"created": "A TIME", "proofValue": "SIGNED"}
    hashed["identityHash"], document["validFrom"], document["credentialStatus"] = "HASHED", "A TIME", "A PLACE"
    own = ("sha256", "sha256_signature", "status_list_id", "status_index")
    return {"document": document, **dict.fromkeys(own, "AS IT MUST BE")}
