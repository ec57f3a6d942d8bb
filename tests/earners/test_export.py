"""Everything about a person as one file: made by a worker, in rounds, in parts, for them alone and for some days."""

import io
import json
import time
from datetime import timedelta
from typing import Any
from zipfile import ZipFile

import pytest
from django.test import Client

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import claim_issuance, correct_issuance
from badges.models import Badge, Issuance
from certificates.models import Credential, Document
from certificates.openbadges.baking import unbake_png
from earners.actions import exports
from earners.actions.exports import forget_old_exports, make_exports, request_export
from earners.actions.leaving import delete_account
from earners.actions.profile import save_photo
from earners.actions.requests import Wish, open_request
from earners.attachments import SafeFile
from earners.models import Export, ExportPart, ExportState, RequestKind
from tests.factories import PASSWORD, issue, make_published_badge


@pytest.fixture
def drawing(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Certificates cost a second each; here a few bytes stand for one. Holds whose were drawn, in order."""
    drawn: list[str] = []

    def draw(content: Any, *, patience: float = 0) -> bytes:
        drawn.append(content.code)
        return b"%PDF of " + content.code.encode()

    monkeypatch.setattr(exports, "certificate_pdf", draw)
    return drawn


def make_all() -> None:
    while make_exports():
        pass


def file_of(client: Client, export: Export) -> ZipFile:
    response = client.get(f"/profile/data/{export.pk}.zip")
    return ZipFile(io.BytesIO(b"".join(response.streaming_content)))


def logged_in(client: Client, user: User) -> Client:
    client.post("/log-in/", {"email": user.email, "password": PASSWORD})
    return client


def test_the_file_holds_everything(
    client: Client, earner: User, issuance: Issuance, drawing: list[str], smtp: Any
) -> None:
    correct_issuance(issuance, narrative="She led two wards.", by=issuance.issued_by, reason="forgotten")
    claim_issuance(issuance, by=earner)
    logged_in(client, earner)
    client.post("/profile/data/")

    make_all()

    file = file_of(client, Export.objects.get())
    assert file.testzip() is None
    folder = f"badges/{issuance.code}"
    assert sorted(file.namelist()) == sorted(
        ["README.txt", "data.json"]
        + [f"{folder}/{name}" for name in ("credential-1.json", "credential-2.json", "badge.png", "certificate.pdf")]
    )
    signed = Credential.objects.get(version__issuance=issuance, version__number=2).document
    assert file.read(f"{folder}/credential-2.json").decode() == signed
    assert unbake_png(file.read(f"{folder}/badge.png"))[0].text == signed
    assert file.read(f"{folder}/certificate.pdf") == b"%PDF of " + issuance.code.encode()
    data = json.loads(file.read("data.json"))
    assert data["account"]["email"] == "ana@example.org"
    assert data["addresses"] == [{"email": "ana@example.org", "primary": True, "verified": True}]
    assert [said["narrative"] for said in data["badges"][0]["versions"]] == ["", "She led two wards."]
    assert [event["what"] for event in data["trail_of_badges"]] == ["badge issued", "badge corrected", "badge claimed"]
    assert [mail["to_address"] for mail in data["mails"]] == ["ana@example.org"]
    assert len(data["browsers"]) == 1


def test_the_file_holds_nothing_of_others(client: Client, badge: Badge, earner: User, drawing: list[str]) -> None:
    issue(badge, to=earner)
    other = issue(badge, to="bram@dewit.example", name="Bram de Wit")
    logged_in(client, earner)
    request_export(earner)

    make_all()

    file = file_of(client, Export.objects.get())
    everything = b"".join(file.read(name) for name in file.namelist())
    assert not any(word in everything for word in (b"Bram", b"dewit", other.code.encode(), b"Northgate owner"))


def test_the_file_holds_the_photo_and_what_was_asked(
    client: Client, earner: User, issuance: Issuance, drawing: list[str]
) -> None:
    save_photo(photo=b"RIFF of a photo", by=earner)
    proof = SafeFile(name="../proof of ../it.pdf", media_type="application/pdf", content=b"%PDF of a proof")
    asked = open_request(issuance, Wish(kind=RequestKind.NAME, wanted_name="Ana O.", files=[proof]), by=earner)
    request_export(earner)

    make_all()

    file = file_of(logged_in(client, earner), Export.objects.get())
    assert file.read("photo.webp") == b"RIFF of a photo"
    assert file.read(f"requests/{asked.entries.get().pk}/_proof of .._it.pdf") == b"%PDF of a proof"
    data = json.loads(file.read("data.json"))
    assert (data["profile"]["display_name"], data["requests"][0]["wanted_name"]) == (
        "Amara Okafor-Lindqvist",
        "Ana O.",
    )


def test_certificates_are_drawn_in_rounds(
    badge: Badge, earner: User, drawing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_DRAWN_AT_ONCE", 2)
    held = [issue(make_published_badge(badge.issuer), to=earner) for _number in range(5)]
    export = request_export(earner)

    rounds = [make_exports() for _round in range(3)]

    assert rounds == [True, True, True]
    assert drawing == [issuance.code for issuance in held]
    export.refresh_from_db()
    assert export.state == ExportState.WAITING
    make_all()
    export.refresh_from_db()
    assert export.state == ExportState.READY


def test_what_is_drawn_stays_for_the_next_round(client: Client, earner: User, issuance: Issuance) -> None:
    request_export(earner)

    make_exports()

    pdf = bytes(Document.objects.get(issuance=issuance, paper="a4").pdf)
    make_all()
    file = file_of(logged_in(client, earner), Export.objects.get())
    assert file.read(f"badges/{issuance.code}/certificate.pdf") == pdf
    assert pdf.startswith(b"%PDF")


def test_the_file_lies_in_parts_of_one_size(
    client: Client, earner: User, issuance: Issuance, drawing: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PART_BYTES", 4096)
    export = request_export(earner)

    make_all()

    export.refresh_from_db()
    sizes = [len(part.content) for part in export.parts.order_by("number")]
    assert set(sizes[:-1]) == {4096}
    assert sum(sizes) == export.size_bytes
    response = logged_in(client, earner).get(f"/profile/data/{export.pk}.zip")
    assert response["Content-Length"] == str(export.size_bytes)
    assert [len(part) for part in response.streaming_content] == sizes


def test_a_worker_that_died_costs_one_round(earner: User, issuance: Issuance, drawing: list[str]) -> None:
    export = request_export(earner)
    Export.objects.update(claimed_until=clock.now() + timedelta(minutes=5), tries=1)
    ExportPart.objects.create(export=export, number=0, content=b"half")

    assert make_exports() is False
    with clock.at(clock.now() + timedelta(minutes=6)):
        make_all()

    export.refresh_from_db()
    assert export.state == ExportState.READY
    assert bytes(export.parts.get(number=0).content).startswith(b"PK")


def test_what_never_works_is_given_up(client: Client, earner: User, issuance: Issuance) -> None:
    export = request_export(earner)
    Export.objects.update(tries=5)

    make_exports()

    export.refresh_from_db()
    assert export.state == ExportState.FAILED
    assert "could not be made" in logged_in(client, earner).get("/profile/data/").content.decode()


def test_asking_twice_makes_one(earner: User) -> None:
    first = request_export(earner)

    second = request_export(earner)

    assert first == second
    assert Export.objects.count() == 1


def test_a_new_file_takes_the_place_of_the_old(earner: User, issuance: Issuance, drawing: list[str]) -> None:
    old = request_export(earner)
    make_all()

    new = request_export(earner)

    assert old.pk != new.pk
    assert list(Export.objects.all()) == [new]
    assert not ExportPart.objects.exists()


def test_nobody_else_fetches_it(client: Client, earner: User, stranger: User, drawing: list[str]) -> None:
    export = request_export(earner)
    make_all()

    assert client.get(f"/profile/data/{export.pk}.zip").status_code == 302
    assert logged_in(client, stranger).get(f"/profile/data/{export.pk}.zip").status_code == 404


def test_fetching_asks_for_the_password_after_a_while(client: Client, earner: User, drawing: list[str]) -> None:
    export = request_export(earner)
    make_all()
    logged_in(client, earner)

    with clock.at(clock.now() + timedelta(minutes=20)):
        response = client.get(f"/profile/data/{export.pk}.zip")

    assert response["Location"].startswith("/log-in/again/")


def test_it_goes_after_seven_days(client: Client, earner: User, drawing: list[str]) -> None:
    export = request_export(earner)
    make_all()

    with clock.at(clock.now() + timedelta(days=7)):
        fetched = logged_in(client, earner).get(f"/profile/data/{export.pk}.zip")
        page = client.get("/profile/data/").content.decode()
        forget_old_exports()

    assert fetched.status_code == 404
    assert "Prepare my file" in page
    assert not Export.objects.exists()


def test_an_erased_person_leaves_no_file(earner: User, issuance: Issuance, drawing: list[str]) -> None:
    request_export(earner)
    make_all()

    delete_account(earner)

    assert (Export.objects.count(), ExportPart.objects.count()) == (0, 0)


@pytest.mark.slow
def test_a_worker_makes_it(worker: Any, client: Client, badge: Badge, earner: User) -> None:
    issue(badge, to=earner)
    logged_in(client, earner)

    client.post("/profile/data/")

    for _look in range(600):
        if Export.objects.filter(state=ExportState.READY).exists():
            break
        time.sleep(0.1)
    assert file_of(client, Export.objects.get()).testzip() is None
