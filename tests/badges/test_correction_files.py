"""Long files of corrections: kept, read by workers in chunks, looked at while it happens."""

import io
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.core import clock
from badges.actions.leases import taken
from badges.actions.proposals import files, read_waiting_proposals, upload_corrections
from badges.actions.proposals.reading import keep
from badges.models import Issuance, Proposal, ProposalFile, ProposalState, ProposedChange
from tests.factories import issue, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def held(badge):
    return [issue(badge, to=f"p{n}@example.org", name=f"Person {n}") for n in range(12)]


@pytest.fixture
def _long_from_five_lines(monkeypatch):
    monkeypatch.setattr(files, "LINES_AT_ONCE", 5)
    monkeypatch.setattr(files, "ROWS_AT_ONCE", 5)


def content_of(held: list[Issuance], *more: str) -> bytes:
    lines = [f"{one.code},New {number}" for number, one in enumerate(held)]
    return "\n".join(["code,name", *lines, *more, ""]).encode()


def upload(desk, issuer, content):
    file = io.BytesIO(content)
    file.name = "names.csv"
    return desk.post(reverse("admin:correct_file"), {"issuer": issuer.pk, "file": file}, follow=True)


def page_of(desk):
    return desk.get(reverse("admin:badges_proposal_change", args=[Proposal.objects.get().pk]))


def said() -> list[tuple[int, str, str]]:
    rows = ProposedChange.objects.order_by("line")
    return [(row.line, row.stated.get("recipient_name", ""), row.problem) for row in rows]


@pytest.mark.usefixtures("_long_from_five_lines")
def test_long_file_is_read_by_a_worker_and_its_page_looks_again(desk, issuer, held):
    page = upload(desk, issuer, content_of(held))
    again = page_of(desk)
    left = read_waiting_proposals()
    read = page_of(desk)

    assert "Checked 0 of about 13 rows." in page.content.decode()
    assert again["Refresh"] == "2"
    assert left is False
    assert "Correct 12 badges" in read.content.decode()
    assert not ProposalFile.objects.exists()
    assert said() == [(number + 2, f"New {number}", "") for number in range(12)]


@pytest.mark.usefixtures("_long_from_five_lines")
def test_reading_goes_on_after_a_worker_died_as_if_it_had_not(desk, issuer, held, settings):
    twice = f"{held[1].code},Twice"
    upload(desk, issuer, content_of(held, twice, "ABC,Nobody"))
    proposal = taken(Proposal.objects.to_read(clock.now()))
    keep(proposal, next(files.chunks_of_file(proposal)), {})  # and the process ends here

    assert (read_waiting_proposals(), Proposal.objects.get().state) == (False, ProposalState.READING)
    with clock.at(clock.now() + timedelta(seconds=settings.BATCH_LEASE_SECONDS + 1)):
        read_waiting_proposals()

    assert Proposal.objects.get().state == ProposalState.DRAFT
    assert said()[:12] == [(number + 2, f"New {number}", "") for number in range(12)]
    assert said()[12:] == [
        (14, "Twice", "The same badge as row 3. Leave one out."),
        (15, "", "“ABC” is not a code: 12 letters and digits."),
    ]


@pytest.mark.usefixtures("_long_from_five_lines")
def test_worker_that_comes_too_late_changes_nothing(desk, issuer, held):
    upload(desk, issuer, content_of(held))
    late = Proposal.objects.get()
    chunk = next(files.chunks_of_file(late))
    read_waiting_proposals()

    assert keep(late, chunk, {}) is False
    assert len(said()) == 12


@pytest.mark.usefixtures("_long_from_five_lines")
def test_long_file_that_breaks_off_is_refused_whole(desk, issuer, held):
    upload(desk, issuer, content_of(held, '"Bo'))

    read_waiting_proposals()

    page = page_of(desk)
    assert "This file cannot be used" in page.content.decode()
    assert "The quotes do not match from line 14 on" in page.content.decode()
    assert not ProposedChange.objects.exists()
    assert not ProposalFile.objects.exists()


def test_row_with_other_cells_than_the_header_is_left_out(desk, issuer, held):
    upload(desk, issuer, f"code,name\n{held[0].code},Ito, Ana\n{held[1].code}\n".encode())

    assert [problem for _line, _name, problem in said()] == [
        "This row has 3 cells and the header has 2. Look at each of them.",
        "This row has 1 cells and the header has 2. Look at each of them.",
    ]


def test_names_that_look_odd_stand_first_are_marked_and_are_made(desk, issuer, held):
    page = upload(desk, issuer, f"code,name\n{held[0].code},Ana Ito\n{held[1].code},KOFI ASANTE\nABC,Bo\n".encode())

    found = [(row.line, row.tone, row.warning) for row, _differences in page.context["rows"]]
    assert found == [(4, "wrong", ""), (3, "look", "All capitals."), (2, "ready", "")]
    assert [page.context[name] for name in ("total", "sure", "odd", "ready", "held")] == [3, 1, 1, 2, 1]
    assert "1 looks odd and is changed as it stands." in page.content.decode()
    shown = desk.get(reverse("admin:badges_proposal_change", args=[Proposal.objects.get().pk]), {"show": "odd"})
    assert [row.line for row, _differences in shown.context["rows"]] == [3]


def test_more_rows_than_the_limit_are_refused_before_anything_is_kept(desk, issuer, held, settings):
    settings.BATCH_ROWS_LIMIT = 11

    page = upload(desk, issuer, content_of(held))

    assert dict(page.context["form"].errors) == {"file": ["This file has more than 11 rows. Split it."]}
    assert not Proposal.objects.exists()


def test_who_may_not_issue_uploads_nothing(issuer, held):
    viewer = make_staff(issuer, role="viewer")

    with pytest.raises(PermissionDenied):
        upload_corrections(issuer, content=content_of(held), file_name="names.csv", by=viewer)

    assert not Proposal.objects.exists()


@pytest.mark.usefixtures("_long_from_five_lines")
def test_chunk_costs_the_same_for_one_row_and_for_five(issuer, held, staff):
    costs = []
    for count in (1, 5):
        upload_corrections(issuer, content=content_of(held[:count], *["x,"] * 5), file_name=f"{count}.csv", by=staff)
        proposal = Proposal.objects.latest("created_at")
        with CaptureQueriesContext(connection) as queries:
            chunk = next(files.chunks_of_file(proposal))
            keep(proposal, chunk._replace(changes=chunk.changes[:count]), {})
        costs.append(len(queries))

    assert costs[0] == costs[1]
