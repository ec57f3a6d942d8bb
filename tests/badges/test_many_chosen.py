"""Decisions about more badges than a page drafts: of one batch, or chosen from a list. Workers draft them in chunks."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.core import clock
from badges.actions.batches import confirm_batch, draft_batch
from badges.actions.issuances import revoke_issuance
from badges.actions.leases import taken
from badges.actions.leaving import issue_due_batches
from badges.actions.proposals import (
    choosing,
    draft_batch_decision,
    draft_decision,
    read_waiting_proposals,
    submit_proposal,
)
from badges.actions.proposals.reading import keep
from badges.exceptions import WrongStateError
from badges.models import Batch, BatchRow, ChangeKind, Issuance, Proposal, ProposalFile, ProposalState
from tests.factories import make_published_badge, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _many_from_five(monkeypatch):
    monkeypatch.setattr(choosing, "DRAFTED_AT_ONCE", 5)
    monkeypatch.setattr(choosing, "ROWS_AT_ONCE", 5)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def issued(badge, staff, count: int) -> Batch:
    day = clock.today()
    rows = [
        BatchRow(line=n + 2, recipient_name=f"Person {n}", recipient_email=f"p{n}@example.org", issued_on=day)
        for n in range(count)
    ]
    sha256 = f"{badge.pk.hex}{badge.pk.hex}"
    batch = draft_batch(badge, rows=rows, file_name="course.csv", file_sha256=sha256, by=staff)
    confirm_batch(batch, by=staff, minutes_to_undo=0)
    issue_due_batches()
    return Batch.objects.get(pk=batch.pk)


def page_of(desk, proposal):
    return desk.get(reverse("admin:badges_proposal_change", args=[proposal.pk]))


def lines_of(proposal) -> list[int]:
    return list(proposal.changes.order_by("line").values_list("line", flat=True))


def test_long_batch_is_revoked_through_a_worker_that_shows_how_far_it_is(desk, badge, staff):
    batch = issued(badge, staff, 12)

    page = desk.post(reverse("admin:revoke_batch", args=[batch.pk]), follow=True)
    proposal = taken(Proposal.objects.to_read(clock.now()))
    keep(proposal, next(choosing.chunks_of_batch(proposal)), {})
    halfway = page_of(desk, proposal)
    Proposal.objects.update(taken_until=None)
    left = read_waiting_proposals()
    drafted = page_of(desk, proposal)
    submit_proposal(proposal, by=staff, reason="The course was cancelled")

    assert "Checked 0 of about 13 rows." in page.content.decode()
    assert "Checked 5 of about 13 rows." in halfway.content.decode()
    assert halfway["Refresh"] == "2"
    assert left is False
    assert "Revoke 12 badges" in drafted.content.decode()
    assert Issuance.objects.filter(revocation_reason="The course was cancelled").count() == 12


def test_drafting_goes_on_after_a_worker_died_as_if_it_had_not(badge, staff, settings):
    batch = issued(badge, staff, 12)
    draft_batch_decision(ChangeKind.REVOKE, batch, by=staff)
    proposal = taken(Proposal.objects.to_read(clock.now()))
    keep(proposal, next(choosing.chunks_of_batch(proposal)), {})  # and the process ends here

    assert (read_waiting_proposals(), Proposal.objects.get().state) == (False, ProposalState.READING)
    with clock.at(clock.now() + timedelta(seconds=settings.BATCH_LEASE_SECONDS + 1)):
        read_waiting_proposals()

    now = Proposal.objects.get()
    assert (now.state, now.rows_count, lines_of(now)) == (ProposalState.DRAFT, 12, list(range(2, 14)))


def test_the_request_costs_the_same_for_a_batch_of_7_and_of_40(desk, issuer, staff):
    costs = []
    for count in (7, 40):
        batch = issued(make_published_badge(issuer), staff, count)
        with CaptureQueriesContext(connection) as queries:
            desk.post(reverse("admin:revoke_batch", args=[batch.pk]))
        costs.append((len(queries), batch.proposals.get().rows_count))

    assert costs[0] == costs[1]
    assert costs[0][1] == 0


def test_asked_again_while_a_worker_drafts_it_is_the_same_proposal(badge, staff):
    batch = issued(badge, staff, 12)

    first = draft_batch_decision(ChangeKind.REVOKE, batch, by=staff)
    again = draft_batch_decision(ChangeKind.REVOKE, batch, by=staff)

    assert first == again


def test_what_does_not_stand_any_more_is_not_in_the_draft(badge, staff):
    batch = issued(badge, staff, 4)
    revoke_issuance(Issuance.objects.get(recipient_email="p1@example.org"), reason="error", by=staff)

    proposal = draft_batch_decision(ChangeKind.REVOKE, batch, by=staff)

    assert (proposal.state, lines_of(proposal)) == (ProposalState.DRAFT, [2, 4, 5])


def test_batch_of_which_nothing_stands_is_not_decided_about(badge, staff):
    batch = issued(badge, staff, 1)
    revoke_issuance(Issuance.objects.get(), reason="error", by=staff)

    with pytest.raises(WrongStateError, match="Nothing that this batch issued"):
        draft_batch_decision(ChangeKind.REVOKE, batch, by=staff)


@pytest.mark.parametrize("count", [1, 12])
def test_who_may_not_issue_drafts_nothing(badge, issuer, staff, count):
    batch = issued(badge, staff, count)
    viewer = make_staff(issuer, role="viewer")

    with pytest.raises(PermissionDenied):
        draft_batch_decision(ChangeKind.REVOKE, batch, by=viewer)
    with pytest.raises(PermissionDenied):
        draft_decision(ChangeKind.REVOKE, Issuance.objects.all(), by=viewer)

    assert not Proposal.objects.exists()


def test_many_chosen_from_a_list_are_drafted_by_a_worker(desk, badge, staff):
    issued(badge, staff, 12)

    page = desk.post(
        reverse("admin:badges_issuance_changelist"),
        {"action": "suspend", "index": 0, "select_across": "1"},
        follow=True,
    )
    read_waiting_proposals()

    proposal = Proposal.objects.get()
    assert "Checked 0 of about 12 rows." in page.content.decode()
    assert (proposal.state, lines_of(proposal)) == (ProposalState.DRAFT, list(range(1, 13)))
    assert not ProposalFile.objects.exists()


def test_more_than_a_file_holds_are_not_decided_about_together(badge, staff, monkeypatch):
    monkeypatch.setattr(choosing, "MOST", 11)
    issued(badge, staff, 12)

    with pytest.raises(WrongStateError, match="more than 11 badges"):
        draft_decision(ChangeKind.SUSPEND, Issuance.objects.all(), by=staff)
