import io
import time
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.batches import confirm_batch
from badges.actions.files import upload_file
from badges.actions.issuances import revoke_issuance
from badges.actions.leaving import issue_due_batches
from badges.exceptions import WrongStateError
from badges.models import Badge, Batch
from certificates.actions.exports import make_next_certificates, request_export
from certificates.exceptions import CertificateImpossibleError
from certificates.models import Document, Export
from certificates.zips import file_name
from tests.certificates.rendering.test_pdf import text_of
from tests.factories import make_issuer, make_published_badge, make_staff
from tests.worker import Worker

PEOPLE = ["Amara Okafor-Lindqvist", "佐藤 さくら", "Amara Okafor-Lindqvist"]


def make_batch(badge: Badge, by: User, names: list[str] = PEOPLE) -> Batch:
    rows = "".join(f"{name},person{number}@example.org\n" for number, name in enumerate(names))
    batch = upload_file(badge, content=f"name,email\n{rows}".encode(), file_name="may.csv", by=by)
    confirm_batch(batch, by=by)
    with clock.at(clock.now() + timedelta(hours=1)):
        issue_due_batches()
    batch.refresh_from_db()
    return batch


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_all_certificates_of_a_batch_are_one_file(badge: Badge, staff: User) -> None:
    batch = make_batch(badge, staff)

    export = request_export(batch, paper="letter", by=staff)
    more = make_next_certificates()

    export.refresh_from_db()
    client = client_of(staff)
    page = client.get(f"/admin/issue/batches/{batch.pk}/certificates/").content.decode()
    response = client.get(f"/admin/issue/exports/{export.pk}.zip")
    files = unzipped(b"".join(response.streaming_content))
    assert not more
    assert export.finished_at
    assert "3 certificates, ready since" in page
    assert response["Content-Type"] == "application/zip"
    assert list(files) == ["1 Amara Okafor-Lindqvist.pdf", "2 佐藤 さくら.pdf", "3 Amara Okafor-Lindqvist.pdf"]
    assert "佐藤 さくら" in text_of(files["2 佐藤 さくら.pdf"])
    assert set(Document.objects.values_list("paper", flat=True)) == {"letter"}


def test_what_was_made_already_is_not_made_again(badge: Badge, staff: User, monkeypatch: pytest.MonkeyPatch) -> None:
    batch = make_batch(badge, staff)
    request_export(batch, paper="a4", by=staff)
    make_next_certificates()
    made = set(Document.objects.values_list("pk", flat=True))

    request_export(batch, paper="a4", by=staff)
    make_next_certificates()

    assert Export.objects.exclude(finished_at=None).count() == 2
    assert set(Document.objects.values_list("pk", flat=True)) == made


def test_asking_twice_while_it_is_made_is_one_export(badge: Badge, staff: User) -> None:
    batch = make_batch(badge, staff)

    first, second = (request_export(batch, paper="a4", by=staff) for _ in range(2))

    assert first == second
    page = client_of(staff).get(f"/admin/issue/batches/{batch.pk}/certificates/")
    assert "0 of 3 made" in page.content.decode()
    assert page["Refresh"] == "2"


def test_one_that_was_revoked_comes_with_its_stamp(badge: Badge, staff: User) -> None:
    batch = make_batch(badge, staff)
    revoke_issuance(batch.rows.get(line=2).issuance, reason="issued in error", by=staff)

    export = request_export(batch, paper="a4", by=staff)
    make_next_certificates()

    files = unzipped(b"".join(client_of(staff).get(f"/admin/issue/exports/{export.pk}.zip").streaming_content))
    assert "Revoked on" in text_of(files["1 Amara Okafor-Lindqvist.pdf"])
    assert "Revoked on" not in text_of(files["3 Amara Okafor-Lindqvist.pdf"])


def test_an_export_that_a_dead_worker_held_goes_on(badge: Badge, staff: User) -> None:
    export = request_export(make_batch(badge, staff), paper="a4", by=staff)
    Export.objects.filter(pk=export.pk).update(leased_until=clock.now() + timedelta(minutes=1))

    held = make_next_certificates()
    unmade = Document.objects.count()
    with clock.at(clock.now() + timedelta(minutes=2)):
        make_next_certificates()

    export.refresh_from_db()
    assert (held, unmade) == (False, 0)
    assert export.finished_at


def test_a_batch_that_is_not_issued_or_has_no_certificate_is_refused(badge: Badge, issuer, staff: User) -> None:
    draft = upload_file(badge, content=b"name,email\nAna,a@example.org\n", file_name="a.csv", by=staff)
    plain = make_batch(make_published_badge(issuer, content={"certificate_design": ""}), staff)

    with pytest.raises(WrongStateError):
        request_export(draft, paper="a4", by=staff)
    with pytest.raises(CertificateImpossibleError):
        request_export(plain, paper="a4", by=staff)


def test_an_export_is_for_its_organisation_alone(badge: Badge, staff: User) -> None:
    batch = make_batch(badge, staff)
    export = request_export(batch, paper="a4", by=staff)
    make_next_certificates()
    viewer, other = make_staff(badge.issuer, role="viewer"), make_staff(make_issuer())

    with pytest.raises(PermissionDenied):
        request_export(batch, paper="a4", by=viewer)
    statuses = {
        who: (
            client.get(f"/admin/issue/batches/{batch.pk}/certificates/").status_code,
            client.get(f"/admin/issue/exports/{export.pk}.zip").status_code,
        )
        for who, client in (("viewer", client_of(viewer)), ("other", client_of(other)), ("nobody", Client()))
    }
    assert statuses == {"viewer": (200, 200), "other": (404, 404), "nobody": (302, 302)}


def test_the_button_has_a_worker_make_it_while_the_page_is_closed(badge: Badge, staff: User, worker: Worker) -> None:
    batch = make_batch(badge, staff)

    response = client_of(staff).post(f"/admin/issue/batches/{batch.pk}/certificates/", {"paper": "a4"})

    # The test's own time limit ends it if the worker never does.
    while not Export.objects.exclude(finished_at=None).exists():
        time.sleep(0.2)
    assert response.status_code == 302
    assert Document.objects.count() == len(PEOPLE)


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "etc passwd"),
        ("CON: a|b?", "CON a b"),
        ("\u202eevil", "\u202eevil"),
        ("...", "certificate"),
        ("é" * 200, "é" * 80),
    ],
)
def test_a_name_becomes_a_file_name_of_every_system(name: str, safe: str) -> None:
    assert file_name(name) == safe
