"""Erasing a person: nothing anywhere says who it was, and everything else is as it was."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.apps import apps
from django.core.exceptions import PermissionDenied
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client

from badgecert.accounts.actions import make_temporary_password, request_password
from badgecert.accounts.actions.erasing import ErasureGround
from badgecert.accounts.models import AddressProof, User
from badgecert.core import audit, clock
from badgecert.core.models import AuditEvent, Erasure
from badges.actions.batches import draft_batch
from badges.actions.erasing import erase_issuances
from badges.actions.issuances import claim_issuance, correct_issuance, revoke_issuance
from badges.actions.showing import make_share_link
from badges.disclosure import can_see
from badges.models import Badge, BatchRow, Issuance, IssuanceVersion
from certificates.actions.credentials import jwt_of
from certificates.actions.log import sequence_entries
from certificates.log_check import check_log
from certificates.models import Credential, Document, LogEntry, LogNode, StatusBit, TreeHead
from certificates.openbadges.baking import bake_png
from certificates.openbadges.findings import Verdict
from certificates.verifying import verdict_on_content
from earners.actions.collections import make_collection
from earners.actions.leaving import delete_account, erase_for_organisation
from earners.actions.profile import save_section
from earners.actions.public_page import save_public_page
from earners.actions.requests import Wish, open_request
from earners.attachments import SafeFile
from earners.models import EarnerRequest, RequestEntry, RequestKind, RequestState
from issuers.exceptions import LastOwnerError
from issuers.models import StaffMember, StaffRole
from notifications.models import Message, MessageState
from tests.embedded import EmbeddedDemo
from tests.factories import PASSWORD, issue, make_issuer, make_png, make_published_badge, make_staff, make_user

NAME = "Zsófia Quintanilha-Okonjo"
ADDRESS = "zsofia.quintanilha@example.org"
TRACES = ["Quintanilha", "quintanilha", "Zsófia", "zsofia"]


@pytest.fixture
def person(badge: Badge, staff: User) -> User:
    """Somebody of whom every table knows something."""
    user = make_user(ADDRESS, name=NAME)
    save_section(by=user, display_name=NAME, about=f"I am {NAME}", links=["https://quintanilha.example/"])
    issuance = issue(
        badge,
        to=user,
        name=NAME,
        narrative=f"{NAME} led the ward.",
        evidence=[{"name": NAME, "url": "https://a.example"}],
    )
    correct_issuance(
        issuance, narrative=f"{NAME} led two wards.", by=staff, reason=f"{NAME} phoned", public_reason=NAME
    )
    claim_issuance(issuance, by=user)
    revoke_issuance(
        issue(make_published_badge(badge.issuer), to=user, name=NAME), reason=f"{NAME} never came", by=staff
    )
    seen = can_see(issuance.code)
    Document.objects.create(
        key="k", issuance=issuance, version=2, paper="a4", pdf=NAME.encode(), claimed_at=clock.now()
    )
    jwt_of(Credential.objects.get(version=seen.version_id))
    file = SafeFile(name=f"{NAME}.pdf", media_type="application/pdf", content=NAME.encode())
    open_request(
        issuance, Wish(kind=RequestKind.NAME, wanted_name=f"{NAME}-Smith", text=f"I am {NAME}", files=[file]), by=user
    )
    make_share_link(issuance, name=f"{NAME} for Acme HR", parts=["name"], by=user)
    make_collection(title=f"Best of {NAME}", issuance_ids=[issuance.pk], by=user)
    save_public_page(
        public_name="zsofia-quintanilha", is_public=True, new_badges="", allows_search_engines=True, by=user
    )
    row = BatchRow(
        line=2, cells=[["Name", NAME]], recipient_name=NAME, recipient_email=ADDRESS, issued_on=date(2026, 11, 1)
    )
    draft_batch(badge, rows=[row], file_name="course.csv", file_sha256="0" * 64, by=staff)
    AddressProof.objects.create(user=user, address=f"alias.{ADDRESS}", expires_at=clock.now())
    Message.objects.update(details={"said": NAME}, last_error=NAME)
    audit.record("message sent again", Message.objects.first(), by=staff, reason=f"{NAME} did not get it")
    make_temporary_password(user, lasts=timedelta(days=1))
    request_password(ADDRESS)
    Authenticator.objects.create(user=user, type="webauthn", data={"name": f"{NAME}’s phone"})
    sequence_entries()
    return user


def everything() -> Iterator[tuple[str, str]]:
    """Each table and all that stands in it, as text; bytes as they read."""
    for table in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(f"select * from {connection.ops.quote_name(table)}")  # noqa: S608
            for row in cursor.fetchall():
                for value in row:
                    text = bytes(value).decode(errors="ignore") if isinstance(value, bytes | memoryview) else str(value)
                    yield table, text


def tables_that_say(*words: str) -> set[str]:
    return {table for table, text in everything() if any(word in text for word in words)}


def salts() -> list[str]:
    """Of the address in the credentials, and of the log."""
    return [
        *Issuance.objects.values_list("identity_salt", flat=True),
        *(str(bytes(salt)) for salt in LogEntry.objects.values_list("salt", flat=True)),
    ]


# --- nothing is left ------------------------------------------------------------------------------


def test_deleting_ones_account_leaves_no_trace_in_any_table(person: User, client: Client) -> None:
    client.post("/log-in/", {"email": ADDRESS, "password": PASSWORD})
    known = salts()
    assert len(tables_that_say(*TRACES)) > 10

    delete_account(person)

    assert tables_that_say(*TRACES, *known) == set()
    assert set(LogEntry.objects.values_list("salt", flat=True)) == {None}


def test_what_stays_says_who_erased_what_and_when(person: User, badge: Badge) -> None:
    issuances = set(Issuance.objects.filter(earner=person).values_list("pk", flat=True))

    delete_account(person)

    person.refresh_from_db()
    assert (person.email, person.name, person.is_active) == (f"{person.pk}@erased.invalid", "", False)
    event = AuditEvent.objects.get(verb="person erased")
    assert (event.object_id, event.by, event.details) == (person.pk, person, {"ground": "own_wish"})
    erased = AuditEvent.objects.filter(verb="badge erased")
    assert {(event.object_id, event.issuer_id) for event in erased} == {(pk, badge.issuer_id) for pk in issuances}
    assert str(person) == "Somebody whose data was erased"


def test_what_others_hold_stays_as_it_was(person: User, badge: Badge) -> None:
    other = issue(badge, to="bram@dewit.example", name="Bram de Wit")
    before = IssuanceVersion.objects.filter(issuance=other).values().get()
    document = Credential.objects.get(version__issuance=other).document

    delete_account(person)

    other.refresh_from_db()
    assert IssuanceVersion.objects.filter(issuance=other).values().get() == before
    assert Credential.objects.get(version__issuance=other).document == document
    assert other.recipient_email == "bram@dewit.example"
    assert LogEntry.objects.get(issuance_id=other.pk).salt is not None


def test_mails_that_wait_are_not_sent(person: User) -> None:
    assert Message.objects.filter(state=MessageState.QUEUED, user=person).exists()

    delete_account(person)

    assert set(Message.objects.values_list("state", "to_address", "sealed_body")) == {
        (MessageState.CANCELLED, "", None)
    }


def test_a_line_of_a_file_that_names_them_is_never_issued(person: User) -> None:
    delete_account(person)

    row = BatchRow.objects.get()
    assert (row.recipient_name, row.recipient_email, row.cells) == ("", "", [])
    assert row.problem == "This person was erased."


def test_requests_end_and_lose_their_words(person: User) -> None:
    delete_account(person)

    request = EarnerRequest.objects.get()
    assert (request.state, request.wanted_name) == (RequestState.CLOSED, "")
    assert set(RequestEntry.objects.values_list("text", "attachments__name", "attachments__content")) == {
        (None, None, None)
    }


# --- what the public sees -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["", ".json", ".png", ".svg", ".jwt", "/certificate.pdf", "/ob2.json", "/versions/1", "/versions/1.json"]
)
def test_the_code_answers_that_it_was_removed(person: User, client: Client, path: str) -> None:
    code = Issuance.objects.filter(earner=person, revoked_at=None).get().code
    client.get(f"/v/{code}{path}")

    delete_account(person)

    response = client.get(f"/v/{code}{path}", follow=True)
    said = response.content.decode()
    assert response.status_code == 410
    assert not any(word in said for word in TRACES)
    assert "removed" in said.casefold()


def copies(issuance: Issuance) -> dict[str, bytes]:
    """What somebody else may have kept of it."""
    credential = Credential.objects.get(version=issuance.current_version_id)
    members = json.loads(credential.document)
    return {
        "file": credential.document.encode(),
        "other order": json.dumps(dict(reversed(members.items()))).encode(),
        "jwt": jwt_of(credential).encode(),
        "picture": bake_png(make_png(), v3=credential.document),
    }


@pytest.mark.parametrize("form", ["file", "other order", "jwt", "picture"])
def test_a_copy_is_called_removed_and_names_nobody(person: User, form: str) -> None:
    copy = copies(Issuance.objects.get(earner=person, revoked_at=None))[form]
    assert verdict_on_content(copy).verdict == Verdict.VALID

    delete_account(person)

    result = verdict_on_content(copy)
    assert (result.verdict, result.facts) == (Verdict.REMOVED, None)
    assert not any(word in str(result) for word in TRACES)


def test_the_status_list_says_that_copies_no_longer_count(person: User) -> None:
    delete_account(person)

    whys = dict(
        StatusBit.objects.values_list("credential__version__number", "why").filter(
            credential__version__issuance__revoked_at=None
        )
    )
    assert whys == {1: "superseded", 2: "erased"}


def test_the_public_log_stays_whole(person: User) -> None:
    heads, nodes = list(TreeHead.objects.values_list("root")), list(LogNode.objects.values_list("hash"))
    leaves = list(LogEntry.objects.order_by("index").values_list("leaf_hash"))

    delete_account(person)
    sequence_entries()

    assert list(check_log()) == []
    assert list(LogEntry.objects.order_by("index").values_list("leaf_hash")) == leaves
    assert (list(TreeHead.objects.values_list("root")), list(LogNode.objects.values_list("hash"))) == (heads, nodes)


# --- what the database lets through ---------------------------------------------------------------

BLANKS = [
    ("badges_issuanceversion", "recipient_name", "''"),
    ("badges_issuanceversion", "evidence", "'[]'"),
    ("certificates_credential", "document", "''"),
    ("certificates_credentialjwt", "text", "''"),
    ("core_auditevent", "reason", "''"),
    ("core_auditevent", "details", "'{}'"),
]


def execute(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(("table", "column", "blank"), BLANKS)
def test_words_are_not_blanked_before_an_erasure_names_them(person: User, table: str, column: str, blank: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"update {table} set {column} = {blank}")  # noqa: S608


@pytest.mark.parametrize(("table", "column", "blank"), BLANKS)
def test_erased_words_become_nothing_but_blank(person: User, table: str, column: str, blank: str) -> None:
    delete_account(person)
    other = "'[1]'" if column in {"evidence", "details"} else "'Somebody else'"

    with pytest.raises(DatabaseError, match="append-only"):
        execute(f"update {table} set {column} = {other}")  # noqa: S608


def test_erasures_stay(person: User) -> None:
    delete_account(person)

    with pytest.raises(DatabaseError, match="append-only"):
        execute("delete from core_erasure")
    assert Erasure.objects.filter(object_id=person.pk).exists()


@pytest.mark.parametrize("table", sorted({table for table, _column, _blank in BLANKS}))
def test_every_column_is_frozen_or_goes_blank(db: None, table: str) -> None:
    [model] = [model for model in apps.get_models() if model._meta.db_table == table]

    with connection.cursor() as cursor:
        cursor.execute("select prosrc from pg_proc where proname = %s", [f"{table}_is_append_only"])
        source = cursor.fetchone()[0]

    assert [field.column for field in model._meta.concrete_fields if f'old."{field.column}"' not in source] == []


@pytest.mark.slow
def test_sqlite_holds_the_same(embedded: EmbeddedDemo, tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "copy.sqlite3")
    with closing(sqlite3.connect(embedded.database)) as original:
        original.backup(database)
    [issuance] = database.execute("select id from badges_issuance limit 1").fetchone()
    blanking = "update badges_issuanceversion set recipient_name = '' where issuance_id = ?"

    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        database.execute(blanking, [issuance])
    database.execute(
        "insert into core_erasure (id, created_at, object_id) values (?, '2026-11-22', ?)", ["0" * 32, issuance]
    )
    database.execute(blanking, [issuance])
    for statement in (
        "update badges_issuanceversion set recipient_name = 'Somebody else' where issuance_id = ?",
        "update badges_issuanceversion set number = 9 where issuance_id = ?",
        "update badges_issuanceversion set recipient_name = '' where issuance_id != ?",
        "delete from badges_issuanceversion where issuance_id = ?",
    ):
        with pytest.raises(sqlite3.IntegrityError, match="append-only"):
            database.execute(statement, [issuance])
    names = database.execute("select recipient_name from badges_issuanceversion where issuance_id = ?", [issuance])
    assert {name for (name,) in names} == {""}


# --- who may --------------------------------------------------------------------------------------


def test_an_organisation_erases_what_it_issued_and_nothing_else(person: User, badge: Badge) -> None:
    elsewhere = issue(make_published_badge(make_issuer()), to=person, name=NAME)
    owner = User.objects.get(staff_memberships__issuer=badge.issuer, staff_memberships__role=StaffRole.OWNER)

    is_gone = erase_for_organisation(person, ground=ErasureGround.WRITTEN_REQUEST, by=owner)

    person.refresh_from_db()
    elsewhere.refresh_from_db()
    assert is_gone is False
    assert (person.email, person.is_active) == (ADDRESS, True)
    assert list(Issuance.objects.filter(erased_at=None)) == [elsewhere]
    assert elsewhere.recipient_email == ADDRESS
    assert list(check_log()) == []


def test_the_account_goes_with_the_last_badge(person: User, badge: Badge) -> None:
    owner = User.objects.get(staff_memberships__issuer=badge.issuer, staff_memberships__role=StaffRole.OWNER)

    is_gone = erase_for_organisation(person, ground=ErasureGround.WRITTEN_REQUEST, by=owner)

    assert is_gone is True
    assert tables_that_say(*TRACES) == set()


@pytest.mark.parametrize("who", ["manager", "owner of another organisation", "the person"])
def test_only_owners_erase(person: User, staff: User, who: str) -> None:
    by = {"manager": staff, "the person": person}.get(who) or make_staff(make_issuer(), role=StaffRole.OWNER)

    with pytest.raises(PermissionDenied):
        erase_for_organisation(person, ground=ErasureGround.WRITTEN_REQUEST, by=by)

    assert Issuance.objects.filter(erased_at=None).count() == 2


def test_owner_erases_at_the_desk(person: User, badge: Badge, client: Client) -> None:
    client.force_login(StaffMember.objects.get(issuer=badge.issuer, role=StaffRole.OWNER).user)
    url = f"/admin/accounts/user/{person.pk}/erase/"
    assert NAME in client.get(url).content.decode()

    refused = client.post(url, {"ground": "written_request", "word": "yes"})
    response = client.post(url, {"ground": "written_request", "word": "erase"}, follow=True)

    assert "Type the word erase" in refused.content.decode()
    assert "Erased, with the account." in response.content.decode()
    assert tables_that_say(*TRACES) == set()


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.VIEWER])
def test_no_other_role_erases_at_the_desk(person: User, badge: Badge, client: Client, role: StaffRole) -> None:
    client.force_login(make_staff(badge.issuer, role=role))

    page = client.get(f"/admin/accounts/user/{person.pk}/change/").content.decode()

    assert "Erase this person" not in page
    assert client.post(f"/admin/accounts/user/{person.pk}/erase/", {"word": "erase"}).status_code == 403


def test_command_erases_whom_nobody_else_can(person: User, capsys: Any) -> None:
    call_command("erase", "ZSOFIA.quintanilha@example.org", ground="ordered")

    assert str(person.pk) in capsys.readouterr().out
    assert tables_that_say(*TRACES) == set()
    with pytest.raises(CommandError, match="No account"):
        call_command("erase", ADDRESS, ground="ordered")


def test_the_last_owner_stays_until_somebody_else_owns_it(badge: Badge) -> None:
    owner = User.objects.get(staff_memberships__issuer=badge.issuer, staff_memberships__role=StaffRole.OWNER)
    issue(badge, to=owner)

    with pytest.raises(LastOwnerError, match=badge.issuer.name):
        delete_account(owner)

    assert Issuance.objects.filter(erased_at=None, earner=owner).exists()
    make_staff(badge.issuer, role=StaffRole.OWNER)
    delete_account(owner)
    assert not StaffMember.objects.filter(user=owner).exists()


def test_erasing_twice_changes_nothing(person: User) -> None:
    delete_account(person)
    events = AuditEvent.objects.count()

    delete_account(person)
    erase_issuances(Issuance.objects.all(), ground=ErasureGround.OWN_WISH, by=None)

    assert AuditEvent.objects.count() == events


# --- the page -------------------------------------------------------------------------------------


def logged_in(client: Client) -> Client:
    client.post("/log-in/", {"email": ADDRESS, "password": PASSWORD})
    return client


@pytest.fixture
def plain_person(person: User) -> User:
    """Without the passkey, which would ask for one more step."""
    Authenticator.objects.all().delete()
    return person


def test_the_page_says_before_what_stays(plain_person: User, client: Client) -> None:
    page = logged_in(client).get("/profile/delete/").content.decode()

    assert "What stays" in page
    assert "The codes of your badges." in page
    assert "Your 2 badges" in page
    assert "1 request is still open" in page


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"current_password": PASSWORD, "word": "yes"}, "Type the word delete"),
        ({"current_password": PASSWORD, "word": ""}, "Type the word delete"),
        ({"current_password": "wrong", "word": "delete"}, "That is not your password"),
    ],
)
def test_nothing_goes_by_mistake(plain_person: User, client: Client, typed: dict[str, str], sentence: str) -> None:
    response = logged_in(client).post("/profile/delete/", typed)

    plain_person.refresh_from_db()
    assert response.status_code == 400
    assert sentence in response.content.decode()
    assert (plain_person.email, plain_person.erased_at) == (ADDRESS, None)


def test_deleting_logs_out_everywhere_and_nobody_comes_back(plain_person: User, client: Client) -> None:
    elsewhere = logged_in(Client())
    logged_in(client)

    response = client.post("/profile/delete/", {"current_password": PASSWORD, "word": "Delete "})

    assert "Your account is deleted" in response.content.decode()
    for browser in (client, elsewhere):
        assert browser.get("/profile/")["Location"].startswith("/log-in/")
    assert logged_in(client).get("/profile/")["Location"].startswith("/log-in/")
    assert tables_that_say(*TRACES) == set()


def test_the_last_owner_reads_what_to_do(badge: Badge, client: Client) -> None:
    owner = StaffMember.objects.get(issuer=badge.issuer, role=StaffRole.OWNER).user
    client.force_login(owner)

    page = client.get("/profile/delete/").content.decode()

    assert badge.issuer.name in page
    assert "current_password" not in page


def test_they_can_be_given_a_badge_anew(person: User, badge: Badge) -> None:
    delete_account(person)

    again = issue(badge, to=ADDRESS, name=NAME)

    assert again.earner != person
    assert again.recipient_email == ADDRESS


def test_the_desk_shows_what_was_erased_as_erased(person: User, badge: Badge, client: Client) -> None:
    issuance = Issuance.objects.get(earner=person, revoked_at=None)
    delete_account(person)
    client.force_login(StaffMember.objects.get(issuer=badge.issuer, role=StaffRole.OWNER).user)

    pages = [
        client.get(f"/admin/{path}")
        for path in (
            "badges/issuance/",
            f"badges/issuance/{issuance.pk}/change/",
            f"badges/issuance/{issuance.pk}/history/",
            "notifications/message/",
            "earners/earnerrequest/",
            "accounts/user/",
        )
    ]

    assert [page.status_code for page in pages] == [200] * len(pages)
    assert "Erased" in pages[1].content.decode()
    assert not any(word in page.content.decode() for page in pages for word in TRACES)
