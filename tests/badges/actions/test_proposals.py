"""Changes seen before they are made, a second person's word on them, and many made by workers."""

from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core.models import AuditEvent
from badges.actions import proposals
from badges.actions.issuances import NewIssuance, correct_issuance, issue_badges, revoke_issuance, suspend_issuance
from badges.actions.issuances.standing import suspend_issuances
from badges.actions.proposals import (
    apply_approved_proposals,
    approve_proposal,
    decline_proposal,
    draft_decision,
    draft_proposal,
    propose_changes,
    set_last_day,
    submit_proposal,
    withdraw_proposal,
)
from badges.actions.proposals.drafting import change_of
from badges.exceptions import SecondPersonNeededError, WrongStateError
from badges.models import Badge, ChangeKind, ExpiryRule, Issuance, Proposal, ProposalState
from issuers.actions import remove_staff
from issuers.models import Issuer
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(issuer: Issuer) -> User:
    """Another manager of the same organisation."""
    return make_staff(issuer)


def give(badge: Badge, count: int, *, by: User) -> list[Issuance]:
    rows = [
        NewIssuance(recipient_name=f"Person {n}", recipient_email=f"person{n}@example.net", issued_on=date(2026, 11, 1))
        for n in range(count)
    ]
    return issue_badges(rows, badge_version=badge.current_version, by=by)


def decided(kind: str, issuances: list[Issuance], *, by: User) -> Proposal:
    return draft_decision(ChangeKind(kind), Issuance.objects.filter(pk__in=[one.pk for one in issuances]), by=by)


def outcomes(proposal: Proposal) -> list[tuple[int, bool, str]]:
    return [(row.line, row.made_at is not None, row.problem) for row in proposal.changes.order_by("line")]


def ask_for(issuer: Issuer, what: str) -> None:
    Issuer.objects.filter(pk=issuer.pk).update(**{f"{what}_need_approval": True})


def test_a_draft_changes_nothing_and_says_what_cannot_be_done(badge: Badge, staff: User) -> None:
    first, second, third = give(badge, 3, by=staff)
    suspend_issuance(first, reason="complaint", by=staff)
    revoke_issuance(second, reason="issued in error", by=staff)

    proposal = decided("suspend", [first, second, third], by=staff)

    [(_one, _two, reviewed), (_three, _four, revoked), good] = outcomes(proposal)
    assert reviewed == "This badge is under review already."
    assert "issued in error" in revoked
    assert good == (3, False, "")
    assert Issuance.objects.filter(suspended_at__isnull=False).count() == 1


def test_submitting_does_it_to_those_that_can(badge: Badge, staff: User) -> None:
    first, second = give(badge, 2, by=staff)
    revoke_issuance(second, reason="issued in error", by=staff)
    proposal = decided("revoke", [first, second], by=staff)

    done = submit_proposal(proposal, by=staff, reason="Requirements are no longer met")

    assert done.state == ProposalState.APPLIED
    assert [made for _line, made, _problem in outcomes(done)] == [True, False]
    reasons = Issuance.objects.order_by("recipient_key").values_list("revocation_reason", flat=True)
    assert list(reasons) == ["Requirements are no longer met", "issued in error"]


def test_submitting_twice_does_it_once(badge: Badge, staff: User) -> None:
    proposal = decided("revoke", give(badge, 1, by=staff), by=staff)
    submit_proposal(proposal, by=staff, reason="error")

    again = submit_proposal(proposal, by=staff, reason="other words")

    assert (again.state, again.reason) == (ProposalState.APPLIED, "error")


@pytest.mark.parametrize("reason", ["", "   "])
def test_submitting_needs_a_reason(badge: Badge, staff: User, reason: str) -> None:
    proposal = decided("suspend", give(badge, 1, by=staff), by=staff)

    with pytest.raises(WrongStateError, match="reason"):
        submit_proposal(proposal, by=staff, reason=reason)


def test_what_moved_on_since_the_preview_is_left_out(badge: Badge, staff: User) -> None:
    first, second = give(badge, 2, by=staff)
    proposal = decided("revoke", [first, second], by=staff)
    correct_issuance(first, by=staff, reason="slip", recipient_name="Somebody Else")

    done = submit_proposal(proposal, by=staff, reason="error")

    assert outcomes(done) == [(1, False, "Somebody changed this badge meanwhile."), (2, True, "")]


def test_renewing_many_takes_one_period_of_each_badge_or_the_day_one_chooses(issuer: Issuer, staff: User) -> None:
    yearly = make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=12)
    endless = make_published_badge(issuer)
    held = [issue(yearly, issued_on=date(2026, 3, 14)), issue(endless)]
    proposal = decided("renew", held, by=staff)
    days = {row.issuance_id: (row.says_anew.get("expires_on"), row.problem) for row in proposal.changes.all()}

    set_last_day(proposal, expires_on=date(2030, 1, 31), by=staff)
    submit_proposal(proposal, by=staff, reason="")

    assert days == {
        held[0].pk: (date(2028, 3, 13), ""),
        held[1].pk: (None, "This badge never expires, so there is nothing to renew."),
    }
    assert Issuance.objects.get(pk=held[0].pk).current_version.expires_on == date(2030, 1, 31)


def test_badges_of_two_organisations_are_not_changed_in_one(badge: Badge, staff: User) -> None:
    other = issue(make_published_badge(make_issuer(owner=staff)))

    with pytest.raises(WrongStateError, match="several organisations"):
        decided("revoke", [issue(badge), other], by=staff)


def test_those_of_a_foreign_organisation_are_refused(badge: Badge, stranger: User) -> None:
    with pytest.raises(PermissionDenied):
        decided("revoke", [issue(badge)], by=make_staff(make_issuer()))


@pytest.mark.parametrize("role", ["designer", "viewer"])
def test_who_may_not_issue_neither_drafts_nor_submits(badge: Badge, staff: User, role: str) -> None:
    reader = make_staff(badge.issuer, role=role)
    held = give(badge, 1, by=staff)

    with pytest.raises(PermissionDenied):
        decided("revoke", held, by=reader)
    with pytest.raises(PermissionDenied):
        submit_proposal(decided("revoke", held, by=staff), by=reader, reason="error")


# --- a second person -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("setting", "kind", "count", "waits"),
    [
        ("corrections", "renew", 1, True),
        ("corrections", "revoke", 1, False),
        ("revocations", "revoke", 1, True),
        ("revocations", "suspend", 1, False),
        ("bulk_changes", "suspend", 2, True),
        ("bulk_changes", "revoke", 1, False),
    ],
)
def test_what_the_organisation_asks_for_waits(
    issuer: Issuer, staff: User, setting: str, kind: str, count: int, waits: object
) -> None:
    badge = make_published_badge(issuer, expiry_rule=ExpiryRule.FIXED, expiry_on=date(2027, 1, 31))
    held = [issue(badge) for _ in range(count)]
    ask_for(issuer, setting)

    proposal = submit_proposal(decided(kind, held, by=staff), by=staff, reason="because")

    assert (proposal.state == ProposalState.WAITING) is waits
    assert proposal.changes.filter(made_at=None).count() == (count if waits else 0)


def test_no_action_goes_round_the_second_person(issuance: Issuance, staff: User, issuer: Issuer) -> None:
    ask_for(issuer, "corrections")
    ask_for(issuer, "revocations")
    ask_for(issuer, "bulk_changes")
    another = issue(issuance.badge)

    with pytest.raises(SecondPersonNeededError):
        correct_issuance(issuance, by=staff, reason="slip", recipient_name="Ana Ito")
    with pytest.raises(SecondPersonNeededError):
        revoke_issuance(issuance, reason="error", by=staff)
    with pytest.raises(SecondPersonNeededError):
        suspend_issuances([issuance, another], reason="complaint", by=staff)
    with pytest.raises(PermissionDenied):
        suspend_issuances([issuance, another], reason="complaint", by=staff, second=staff)

    assert Issuance.objects.filter(suspended_at=None, revoked_at=None).count() == 2


def waiting_correction(issuance: Issuance, *, by: User, **stated: Any) -> Proposal:
    ask_for(issuance.issuer, "corrections")
    return propose_changes(
        ChangeKind.CORRECT,
        [(issuance, {"recipient_name": "Ana Ito", **stated})],
        by=by,
        reason="ticket 7",
        public_reason="misspelling",
    )


def test_what_the_second_person_agrees_to_is_made_as_it_was_seen(issuance: Issuance, staff: User, second: User) -> None:
    proposal = waiting_correction(issuance, by=staff, issued_on=date(2026, 10, 30))

    approve_proposal(proposal, by=second)

    issuance.refresh_from_db()
    says = issuance.current_version
    assert (says.number, says.recipient_name, says.issued_on, says.public_reason, says.made_by) == (
        2,
        "Ana Ito",
        date(2026, 10, 30),
        "misspelling",
        staff,
    )


def test_every_step_is_in_the_trail_with_who_took_it(issuance: Issuance, staff: User, second: User) -> None:
    proposal = waiting_correction(issuance, by=staff)
    approve_proposal(proposal, by=second)

    trail = AuditEvent.objects.order_by("id")
    assert list(trail.filter(object_id=proposal.pk).values_list("verb", "by", "reason")) == [
        ("change proposed", staff.pk, "ticket 7"),
        ("change approved", second.pk, ""),
        ("change made", second.pk, ""),
    ]
    made = trail.get(object_id=issuance.pk, verb="badge corrected")
    assert (made.by, made.details["agreed_by"]) == (staff, str(second.pk))


def test_nobody_agrees_to_their_own_proposal(issuance: Issuance, staff: User) -> None:
    proposal = waiting_correction(issuance, by=staff)

    with pytest.raises(PermissionDenied):
        approve_proposal(proposal, by=staff)

    assert Proposal.objects.get().state == ProposalState.WAITING


@pytest.mark.parametrize("role", ["designer", "viewer"])
def test_who_may_not_correct_may_not_agree(issuance: Issuance, staff: User, role: str) -> None:
    proposal = waiting_correction(issuance, by=staff)

    with pytest.raises(PermissionDenied):
        approve_proposal(proposal, by=make_staff(issuance.issuer, role=role))


def test_declining_changes_nothing_and_says_why(issuance: Issuance, staff: User, second: User) -> None:
    declined = decline_proposal(waiting_correction(issuance, by=staff), reason="That is another Ana", by=second)

    assert (declined.state, declined.decision, declined.decided_by) == ("declined", "That is another Ana", second)
    assert issuance.versions.count() == 1
    with pytest.raises(WrongStateError, match="Nobody waits"):
        approve_proposal(declined, by=second)


def test_who_proposed_it_takes_it_back_and_nobody_else(issuance: Issuance, staff: User, second: User) -> None:
    proposal = waiting_correction(issuance, by=staff)

    with pytest.raises(PermissionDenied):
        withdraw_proposal(proposal, by=second)
    withdraw_proposal(proposal, by=staff)

    with pytest.raises(WrongStateError):
        approve_proposal(proposal, by=second)
    assert issuance.versions.count() == 1


def test_agreeing_to_what_moved_on_is_refused(issuance: Issuance, staff: User, second: User) -> None:
    proposal = waiting_correction(issuance, by=staff)
    Issuer.objects.update(corrections_need_approval=False)
    correct_issuance(issuance, by=second, reason="by hand", recipient_name="Ana Maria Ito")

    with pytest.raises(WrongStateError, match="changed meanwhile"):
        approve_proposal(proposal, by=second)

    assert Issuance.objects.get(pk=issuance.pk).current_version.recipient_name == "Ana Maria Ito"


def test_those_who_can_agree_see_that_it_waits(issuance: Issuance, staff: User, second: User) -> None:
    proposal = waiting_correction(issuance, by=staff)

    assert list(Proposal.objects.waiting_for(second)) == [proposal]
    for other in (staff, make_staff(issuance.issuer, role="viewer"), make_staff(make_issuer())):
        assert list(Proposal.objects.waiting_for(other)) == []


# --- workers -------------------------------------------------------------------------------------


@pytest.fixture
def tiny_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proposals.applying, "AT_ONCE", 0)
    monkeypatch.setattr(proposals.applying, "ROWS_AT_ONCE", 2)


def test_a_large_change_is_left_to_a_worker_and_made_in_chunks(badge: Badge, staff: User, tiny_chunks: None) -> None:
    proposal = submit_proposal(decided("suspend", give(badge, 5, by=staff), by=staff), by=staff, reason="complaint")
    before = Issuance.objects.filter(suspended_at__isnull=False).count()

    made = apply_approved_proposals()

    proposal.refresh_from_db()
    assert (before, made, proposal.state) == (0, 5, ProposalState.APPLIED)
    assert Issuance.objects.filter(suspended_at__isnull=False).count() == 5
    assert apply_approved_proposals() == 0


def test_a_worker_that_dies_between_chunks_is_followed_by_one_that_goes_on(
    badge: Badge, staff: User, tiny_chunks: None
) -> None:
    proposal = submit_proposal(decided("suspend", give(badge, 5, by=staff), by=staff), by=staff, reason="complaint")
    proposals.applying._make_next_chunk()
    halfway = Issuance.objects.filter(suspended_at__isnull=False).count()

    apply_approved_proposals()

    assert halfway == 2
    assert [made for _line, made, _problem in outcomes(proposal)] == [True] * 5
    assert AuditEvent.objects.filter(verb="badge suspended").count() == 5


def test_a_chunk_costs_the_same_statements_for_two_and_twenty(
    badge: Badge, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proposals.applying, "AT_ONCE", 0)
    held = give(badge, 23, by=staff)

    def statements(some: list[Issuance]) -> int:
        submit_proposal(decided("suspend", some, by=staff), by=staff, reason="complaint", notify=True)
        with CaptureQueriesContext(connection) as queries:
            proposals.applying._make_next_chunk()
        apply_approved_proposals()
        return len(queries)

    statements(held[:1])
    assert statements(held[1:3]) == statements(held[3:])


def test_who_lost_the_right_meanwhile_has_nothing_made(badge: Badge, staff: User, tiny_chunks: None) -> None:
    proposal = submit_proposal(decided("revoke", give(badge, 3, by=staff), by=staff), by=staff, reason="error")
    owner = User.objects.get(staff_memberships__issuer=badge.issuer, staff_memberships__role="owner")
    remove_staff(staff.staff_memberships.get(), reason="left", by=owner)

    assert apply_approved_proposals() == 0

    proposal.refresh_from_db()
    assert proposal.state == ProposalState.APPLIED
    assert {problem for _line, _made, problem in outcomes(proposal)} == {
        "Whoever asked for this may not issue here any more."
    }


def test_a_proposal_drafts_many_in_few_statements(badge: Badge, staff: User) -> None:
    def statements(issuances: list[Issuance]) -> int:
        with CaptureQueriesContext(connection) as queries:
            changes = [
                change_of(one, line=line, stated={"recipient_name": f"Renamed {line}"})
                for line, one in enumerate(issuances, 1)
            ]
            draft_proposal(badge.issuer, kind=ChangeKind.CORRECT, changes=changes, by=staff)
        return len(queries)

    held = list(Issuance.objects.filter(pk__in=[one.pk for one in give(badge, 12, by=staff)]).with_what_they_say())
    assert statements(held[:2]) == statements(held[2:])
