"""Many at once: the same rows as one by one, in as many statements as one."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core.models import AuditEvent
from badges.actions.issuances import (
    Correction,
    NewIssuance,
    Renewal,
    correct_issuances,
    issue_badges,
    reinstate_issuances,
    renew_issuances,
    restore_issuances,
    revoke_issuances,
    suspend_issuances,
)
from badges.exceptions import AlreadyHoldsError, WrongStateError
from badges.models import Badge, Issuance, IssuanceVersion
from certificates.models import LogEntry, StatusBit
from notifications.models import Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff

pytestmark = pytest.mark.django_db

Act = Callable[[Sequence[Issuance], User], list[Issuance]]


def correct(issuances: Sequence[Issuance], by: User) -> list[Issuance]:
    corrections = [Correction(one, {"recipient_name": f"Renamed {n}"}) for n, one in enumerate(issuances)]
    return correct_issuances(corrections, by=by, reason="misspelt", notify=True)


def renew(issuances: Sequence[Issuance], by: User) -> list[Issuance]:
    return renew_issuances([Renewal(one, date(2029, 1, 31)) for one in issuances], by=by, notify=True)


def suspend(issuances: Sequence[Issuance], by: User) -> list[Issuance]:
    return suspend_issuances(issuances, reason="complaint", by=by, notify=True)


def restore(issuances: Sequence[Issuance], by: User) -> list[Issuance]:
    return restore_issuances(issuances, reason="unfounded", by=by, notify=True)


def revoke(issuances: Sequence[Issuance], by: User) -> list[Issuance]:
    return revoke_issuances(issuances, reason="issued in error", by=by, notify=True)


def reinstate(issuances: Sequence[Issuance], by: User) -> list[Issuance]:
    return reinstate_issuances(issuances, reason="it was right", by=by, notify=True)


def give(badge: Badge, count: int, *, by: User) -> list[Issuance]:
    taken = badge.issuances.count()
    rows = [
        NewIssuance(
            recipient_name=f"Person {n}",
            recipient_email=f"person{n}@example.net",
            issued_on=date(2026, 11, 1),
            expires_on=date(2027, 10, 31),
        )
        for n in range(taken, taken + count)
    ]
    return issue_badges(rows, badge_version=badge.current_version, by=by)


BEFORE: dict[Act, Act] = {restore: suspend, reinstate: revoke}


@pytest.mark.parametrize("act", [correct, renew, suspend, restore, revoke, reinstate])
def test_many_cost_the_same_statements_as_two(badge: Badge, staff: User, act: Act) -> None:
    def statements(issuances: list[Issuance]) -> int:
        if before := BEFORE.get(act):
            issuances = before(issuances, staff)
        with CaptureQueriesContext(connection) as queries:
            act(issuances, staff)
        return len(queries)

    everybody = give(badge, 33, by=staff)
    statements(everybody[:1])

    assert statements(everybody[1:3]) == statements(everybody[3:])


@pytest.mark.parametrize(
    ("act", "bits", "log", "mails"),
    [
        (correct, ["superseded", "superseded"], ["corrected", "corrected"], ["corrected", "corrected"]),
        (renew, ["superseded", "superseded"], ["renewed", "renewed"], ["renewed", "renewed"]),
        (suspend, ["suspended", "suspended"], ["suspended", "suspended"], ["suspended", "suspended"]),
        (revoke, ["revoked", "revoked"], ["revoked", "revoked"], ["revoked", "revoked"]),
    ],
)
def test_each_of_many_is_marked_logged_audited_and_told(
    badge: Badge, staff: User, act: Act, bits: list[str], log: list[str], mails: list[str]
) -> None:
    both = give(badge, 2, by=staff)

    done = act(both, staff)

    assert [one.pk for one in done] == [one.pk for one in both]
    assert list(StatusBit.objects.values_list("why", flat=True)) == bits
    assert list(LogEntry.objects.order_by("id").values_list("kind", flat=True)) == ["issued", "issued", *log]
    assert list(AuditEvent.objects.exclude(verb="badge issued").filter(object_id__in=[one.pk for one in both])
                .order_by("id").values_list("object_id", "by")) == [(one.pk, staff.pk) for one in both]  # fmt: skip
    assert sorted(Message.objects.exclude(kind="issuance").values_list("kind", "to_address")) == [
        (mails[0], "person0@example.net"),
        (mails[1], "person1@example.net"),
    ]


def test_correct_issuances_gives_each_its_own_words(badge: Badge, staff: User) -> None:
    both = give(badge, 2, by=staff)

    correct_issuances(
        [
            Correction(both[0], {"recipient_name": " Ana Ito ", "issued_on": date(2026, 11, 1)}),
            Correction(both[1], {"expires_on": None}),
        ],
        by=staff,
        reason="the list was wrong",
        public_reason="misspelling",
    )

    said = [Issuance.objects.select_related("current_version").get(pk=one.pk).current_version for one in both]
    assert [(v.number, v.recipient_name, v.expires_on, v.changed_fields, v.public_reason) for v in said] == [
        (2, "Ana Ito", date(2027, 10, 31), ["recipient_name"], "misspelling"),
        (2, "Person 1", None, ["expires_on"], "misspelling"),
    ]


@pytest.mark.parametrize("act", [correct, renew, suspend, revoke])
def test_one_that_cannot_be_changed_leaves_all_as_they_were(badge: Badge, staff: User, act: Act) -> None:
    first, second = give(badge, 2, by=staff)
    revoke([second], staff)

    with pytest.raises(WrongStateError, match="issued in error"):
        act([first, second], staff)

    first.refresh_from_db()
    assert (first.suspended_at, first.revoked_at) == (None, None)
    assert IssuanceVersion.objects.filter(issuance__in=[first, second]).count() == 2


@pytest.mark.parametrize("act", [correct, renew, suspend, restore, revoke, reinstate])
def test_one_of_a_foreign_organisation_is_refused_with_all(badge: Badge, staff: User, act: Act) -> None:
    own = issue(badge)
    foreign = issue(make_published_badge(make_issuer()))

    with pytest.raises(PermissionDenied):
        act([own, foreign], staff)

    assert StatusBit.objects.count() == 0


def test_staff_of_two_organisations_change_both_at_once(badge: Badge, staff: User) -> None:
    other = make_issuer(owner=staff)
    own, also_own = issue(badge), issue(make_published_badge(other))

    revoke([own, also_own], staff)

    trail = AuditEvent.objects.filter(verb="badge revoked").order_by("id").values_list("object_id", "issuer_id")
    assert list(trail) == [(own.pk, badge.issuer_id), (also_own.pk, other.pk)]


def test_reinstate_issuances_lets_one_person_hold_a_badge_once(badge: Badge, staff: User) -> None:
    first = issue(badge, to="ana@example.org")
    revoke([first], staff)
    again = issue(badge, to="ana@example.org")
    revoke([again], staff)

    with pytest.raises(AlreadyHoldsError):
        reinstate([first, again], staff)

    assert Issuance.objects.standing().count() == 0


def test_what_is_corrected_under_review_stays_marked(badge: Badge, staff: User) -> None:
    issuance = issue(badge)
    suspend([issuance], staff)

    correct([issuance], staff)

    marks: list[Any] = [v.credential.status_bit.why for v in issuance.versions.order_by("number")]
    assert marks == ["suspended", "suspended"]


@pytest.mark.parametrize("role", ["designer", "viewer"])
def test_who_may_not_issue_may_not_change_many(badge: Badge, role: str) -> None:
    with pytest.raises(PermissionDenied):
        revoke([issue(badge)], make_staff(badge.issuer, role=role))


@pytest.mark.parametrize("act", [correct, renew, suspend, restore, revoke, reinstate])
def test_issuances_know_on_which_day_their_current_version_ends(badge: Badge, staff: User, act: Act) -> None:
    issuances = give(badge, 2, by=staff)
    if before := BEFORE.get(act):
        issuances = before(issuances, staff)

    act(issuances, staff)

    days = Issuance.objects.values_list("expires_on", "current_version__expires_on")
    ends = date(2029, 1, 31) if act is renew else date(2027, 10, 31)
    assert list(days) == [(ends, ends)] * 2
