from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions import leaving
from badges.actions.batches import confirm_batch, draft_batch, undo_batch
from badges.actions.leaving import issue_due_batches
from badges.exceptions import TooLateError, WrongStateError
from badges.models import Badge, Batch, BatchRow, BatchState, Issuance
from tests.factories import issue


def make_draft(badge: Badge, by: User, *, count: int = 3, broken: int = 0, sha256: str = "a" * 64) -> Batch:
    return draft_batch(
        badge,
        rows=[
            BatchRow(
                line=line,
                recipient_name=f"Person {line}",
                recipient_email=f"person{line}@{sha256[0]}.example.net",
                issued_on=date(2026, 11, 1),
                problem="This e-mail address has no @." if line < 2 + broken else "",
            )
            for line in range(2, 2 + count)
        ],
        file_name="mentors.csv",
        file_sha256=sha256,
        by=by,
    )


def after_cooling_off() -> object:
    return clock.at(clock.now() + timedelta(minutes=11))


def test_a_confirmed_batch_is_nowhere_until_its_time_to_undo_has_passed(badge: Badge, staff: User) -> None:
    confirm_batch(make_draft(badge, staff), by=staff)

    assert issue_due_batches() == 0
    assert not Issuance.objects.exists()
    assert not User.objects.filter(email__endswith=".example.net").exists()


def test_a_due_batch_is_issued_whole(badge: Badge, staff: User) -> None:
    batch = confirm_batch(make_draft(badge, staff, count=5, broken=2), by=staff)

    with after_cooling_off():
        assert issue_due_batches() == 3

    batch.refresh_from_db()
    assert batch.state == BatchState.ISSUED
    assert list(batch.rows.filter(issuance=None).values_list("line", flat=True)) == [2, 3]


def test_a_row_issued_in_a_batch_says_what_one_issued_alone_says(badge: Badge, staff: User) -> None:
    alone = issue(badge, to="alone@example.net", name="Person 2", by=staff)
    confirm_batch(make_draft(badge, staff, count=1), by=staff)
    with after_cooling_off():
        issue_due_batches()
    batched = Issuance.objects.exclude(pk=alone.pk).get()
    own = {"id", "issuance_id", "created_at"}

    def said(issuance: Issuance) -> dict[str, object]:
        return {k: v for k, v in vars(issuance.versions.get()).items() if k not in own and k != "_state"}

    assert said(batched) == said(alone)


def test_undo_batch_leaves_nothing(badge: Badge, staff: User) -> None:
    batch = undo_batch(confirm_batch(make_draft(badge, staff), by=staff), by=staff)

    with after_cooling_off():
        assert issue_due_batches() == 0

    assert (batch.state, Issuance.objects.count()) == (BatchState.UNDONE, 0)


def test_undo_batch_that_was_issued_is_refused(badge: Badge, staff: User) -> None:
    batch = confirm_batch(make_draft(badge, staff), by=staff)
    with after_cooling_off():
        issue_due_batches()

    with pytest.raises(TooLateError, match="issued already"):
        undo_batch(batch, by=staff)


def test_confirm_batch_twice_changes_nothing(badge: Badge, staff: User) -> None:
    batch = confirm_batch(make_draft(badge, staff), by=staff)

    assert confirm_batch(batch, by=staff).due_at == batch.due_at


def test_confirm_batch_of_the_same_file_again_is_refused(badge: Badge, staff: User) -> None:
    confirm_batch(make_draft(badge, staff), by=staff)

    with pytest.raises(WrongStateError, match="nothing was issued twice"):
        confirm_batch(make_draft(badge, staff), by=staff)


def test_confirm_batch_without_a_good_row_is_refused(badge: Badge, staff: User) -> None:
    with pytest.raises(WrongStateError, match="No row of this file can be issued"):
        confirm_batch(make_draft(badge, staff, count=2, broken=2), by=staff)


@pytest.mark.parametrize("action", [confirm_batch, undo_batch])
def test_a_batch_of_others_cannot_be_touched(badge: Badge, staff: User, stranger: User, action: object) -> None:
    batch = make_draft(badge, staff)

    with pytest.raises(PermissionDenied):
        action(batch, by=stranger)


def test_issue_due_batches_holds_the_row_of_somebody_who_got_it_meanwhile(badge: Badge, staff: User) -> None:
    batch = confirm_batch(make_draft(badge, staff), by=staff)
    issue(badge, to="person3@a.example.net")

    with after_cooling_off():
        assert issue_due_batches() == 2

    [row] = batch.rows.held().select_related("holding__current_version", "batch__issuer")
    assert (row.line, row.said[:31]) == (3, "Already holds this badge since ")


def test_issue_due_batches_goes_on_after_a_worker_died_between_two_chunks(
    badge: Badge, staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leaving, "ROWS_AT_ONCE", 2)
    confirm_batch(make_draft(badge, staff, count=5), by=staff)
    with after_cooling_off():
        next(leaving._chunks())  # and the process ends here

        assert issue_due_batches() == 3

    assert Issuance.objects.values("recipient_key").distinct().count() == Issuance.objects.count() == 5


def test_issue_due_batches_costs_the_same_statements_for_three_and_thirty(badge: Badge, staff: User) -> None:
    def statements(count: int, sha256: str) -> int:
        confirm_batch(make_draft(badge, staff, count=count, sha256=sha256), by=staff)
        with after_cooling_off(), CaptureQueriesContext(connection) as queries:
            issue_due_batches()
        return len(queries)

    # The first time the organisation's key is made.
    issue(badge)
    small = statements(3, "a" * 64)
    # Nobody of the first batch is in the second: the first three rows are refused there, the others are new.
    assert statements(30, "b" * 64) == small
