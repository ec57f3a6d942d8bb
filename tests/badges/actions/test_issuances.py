from datetime import date, timedelta
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.badges import make_badge, update_badge
from badges.actions.issuances import (
    NewIssuance,
    claim_issuance,
    correct_issuance,
    decline_issuance,
    issue_badges,
    name_address,
    reinstate_issuance,
    renew_issuance,
    restore_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
    take_back_issuance,
)
from badges.exceptions import AlreadyHoldsError, IssuingImpossibleError, TooLateError, WrongStateError
from badges.models import Badge, ExpiryRule, Issuance, IssuanceVersion, Visibility
from issuers.models import Issuer
from tests.factories import issue, make_badge_content, make_issuer, make_published_badge, make_staff


def rows(count: int) -> list[NewIssuance]:
    return [
        NewIssuance(recipient_name=f"Person {n}", recipient_email=f"person{n}@example.net", issued_on=date(2026, 11, 1))
        for n in range(count)
    ]


def test_issue_badges_costs_the_same_statements_for_two_and_fifty(badge: Badge, staff: User) -> None:
    def statements(new: list[NewIssuance]) -> int:
        with CaptureQueriesContext(connection) as queries:
            issue_badges(new, badge_version=badge.current_version, by=staff)
        return len(queries)

    first, *everybody = rows(53)
    statements([first])

    assert statements(everybody[:2]) == statements(everybody[2:])


def test_issue_badges_gives_one_person_with_two_badges_one_account(badge: Badge) -> None:
    other = make_published_badge(badge.issuer)

    first, second = issue(badge, to="Ana@Example.org"), issue(other, to="ana@example.org")

    assert first.earner == second.earner
    assert (first.recipient_email, second.recipient_email) == ("Ana@Example.org", "ana@example.org")


def test_badges_of_one_call_share_no_code_and_no_salt(badge: Badge, staff: User) -> None:
    issued = issue_badges(rows(5), badge_version=badge.current_version, by=staff)

    for own in ("pk", "code", "identity_salt", "current_version_id", "earner_id"):
        assert len({getattr(one, own) for one in issued}) == 5, own


def test_issue_badges_to_somebody_who_holds_it_issues_nothing_to_anybody(badge: Badge, staff: User) -> None:
    issue(badge, to="person1@example.net")

    with pytest.raises(AlreadyHoldsError, match=r"person1@example\.net already holds this badge"):
        issue_badges(rows(3), badge_version=badge.current_version, by=staff)

    assert Issuance.objects.count() == 1


def test_issue_badges_of_a_draft_is_refused(issuer: Issuer) -> None:
    owner = User.objects.get(staff_memberships__issuer=issuer)
    draft = make_badge(issuer, content=make_badge_content(), by=owner, slug="draft")

    with pytest.raises(IssuingImpossibleError, match="Publish the badge first"):
        issue(draft)


def test_issue_badges_without_a_sealing_key_is_refused(badge: Badge, settings: Any) -> None:
    settings.SEALING_KEYS = []

    with pytest.raises(IssuingImpossibleError, match="SEALING_KEYS"):
        issue(badge)


@pytest.mark.parametrize("role", ["designer", "viewer"])
def test_issue_badges_needs_the_right(badge: Badge, role: str) -> None:
    with pytest.raises(PermissionDenied):
        issue(badge, by=make_staff(badge.issuer, role=role))


def test_issue_badges_by_staff_of_another_organisation_is_refused(badge: Badge) -> None:
    with pytest.raises(PermissionDenied):
        issue(badge, by=make_staff(make_issuer()))


def test_issue_badges_freezes_what_is_said(issuance: Issuance) -> None:
    badge, issuer = issuance.badge, issuance.issuer
    owner = User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role="owner")
    name = issuer.name
    update_badge(badge, content=make_badge_content(name="Something else"), by=owner)
    issuer.name = "Renamed"
    issuer.save()

    said = IssuanceVersion.objects.get(issuance=issuance)

    assert (said.badge_version.name, said.issuer_name) == ("Infection Control Practitioner", name)


def test_new_issuance_refuses_a_broken_name() -> None:
    with pytest.raises(ValidationError):
        NewIssuance(recipient_name="\x00", recipient_email="a@example.org", issued_on=date(2026, 11, 1))


def test_claim_issuance_twice_keeps_the_first_time(issuance: Issuance, earner: User) -> None:
    first = claim_issuance(issuance, by=earner).claimed_at

    assert claim_issuance(issuance, by=earner).claimed_at == first


@pytest.mark.parametrize("action", [claim_issuance, decline_issuance, take_back_issuance])
def test_only_the_earner_claims_and_declines(issuance: Issuance, staff: User, stranger: User, action: object) -> None:
    for somebody in (staff, stranger):
        with pytest.raises(PermissionDenied):
            action(issuance, by=somebody)


def test_name_address_makes_a_version_that_says_so(issuance: Issuance, earner: User) -> None:
    named = name_address(issuance, names_address=True, by=earner)
    again = name_address(issuance, names_address=True, by=earner)
    hidden = name_address(issuance, names_address=False, by=earner)

    assert named.current_version_id == again.current_version_id
    said = IssuanceVersion.objects.filter(issuance=issuance).order_by("number")
    assert list(said.values_list("kind", "names_address", "changed_fields")) == [
        ("issued", False, []),
        ("corrected", True, ["names_address"]),
        ("corrected", False, ["names_address"]),
    ]
    assert [version.made_by for version in said[1:]] == [earner, earner]
    assert hidden.current_version.number == 3


def test_name_address_is_kept_by_what_staff_correct(issuance: Issuance, earner: User, staff: User) -> None:
    name_address(issuance, names_address=True, by=earner)

    corrected = correct_issuance(issuance, by=staff, reason="Slip", recipient_name="Amara Okafor")

    assert corrected.current_version.names_address


def test_name_address_is_for_the_earner_and_not_for_a_revoked_badge(
    issuance: Issuance, earner: User, staff: User
) -> None:
    with pytest.raises(PermissionDenied):
        name_address(issuance, names_address=True, by=staff)
    revoke_issuance(issuance, by=staff, reason="A mistake")
    with pytest.raises(WrongStateError):
        name_address(issuance, names_address=True, by=earner)


def test_set_visibility_by_staff_is_refused(issuance: Issuance, staff: User) -> None:
    with pytest.raises(PermissionDenied):
        set_visibility(issuance, visibility=Visibility.PUBLIC, by=staff)


def test_claim_issuance_that_was_revoked_is_refused(issuance: Issuance, earner: User, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    with pytest.raises(WrongStateError, match="withdrawn by its issuer"):
        claim_issuance(issuance, by=earner)


def test_take_back_issuance_works_for_thirty_days(issuance: Issuance, earner: User) -> None:
    decline_issuance(issuance, by=earner)

    with clock.at(clock.now() + timedelta(days=29, hours=23)):
        assert take_back_issuance(issuance, by=earner).declined_at is None


def test_take_back_issuance_after_thirty_days_is_refused(issuance: Issuance, earner: User) -> None:
    decline_issuance(issuance, by=earner)

    with clock.at(clock.now() + timedelta(days=31)), pytest.raises(TooLateError, match="30 days"):
        take_back_issuance(issuance, by=earner)


def test_correct_issuance_writes_a_version_and_keeps_code_and_the_old_one(issuance: Issuance, staff: User) -> None:
    corrected = correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    assert corrected.code == issuance.code
    assert list(
        corrected.versions.order_by("number").values_list("number", "kind", "recipient_name", "changed_fields")
    ) == [
        (1, "issued", "Amara Okafor-Lindqvist", []),
        (2, "corrected", "Amara Okafor", ["recipient_name"]),
    ]


def test_correct_issuance_with_nothing_new_is_refused(issuance: Issuance, staff: User) -> None:
    with pytest.raises(WrongStateError, match="Nothing differs"):
        correct_issuance(issuance, by=staff, reason="none", recipient_name="Amara Okafor-Lindqvist")


def test_renew_issuance_extends_under_the_same_code(issuer: Issuer, staff: User) -> None:
    badge = make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=12)
    issuance = issue(badge, issued_on=date(2026, 3, 14))

    renewed = renew_issuance(issuance, expires_on=date(2028, 3, 13), by=staff)

    assert issuance.current_version.expires_on == date(2027, 3, 13)
    assert (renewed.code, renewed.current_version.number) == (issuance.code, 2)
    assert renewed.current_version.expires_on == date(2028, 3, 13)


def test_renew_issuance_to_an_earlier_day_is_refused(issuer: Issuer, staff: User) -> None:
    badge = make_published_badge(issuer, expiry_rule=ExpiryRule.FIXED, expiry_on=date(2027, 1, 31))

    with pytest.raises(WrongStateError, match="Choose a day after"):
        renew_issuance(issue(badge), expires_on=date(2027, 1, 31), by=staff)


def test_restore_issuance_writes_a_new_version(issuance: Issuance, staff: User) -> None:
    suspended = suspend_issuance(issuance, reason="complaint", by=staff)

    restored = restore_issuance(suspended, reason="unfounded", by=staff)

    assert (restored.suspended_at, restored.current_version.number) == (None, 2)


def test_revoke_issuance_twice_is_refused_with_the_first_reason(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="issued to the wrong Ana", by=staff)

    with pytest.raises(WrongStateError, match="issued to the wrong Ana"):
        revoke_issuance(issuance, reason="duplicate", by=staff)


def test_revoke_issuance_without_a_reason_is_refused(issuance: Issuance, staff: User) -> None:
    with pytest.raises(WrongStateError, match="Give a reason"):
        revoke_issuance(issuance, reason="  ", by=staff)


def test_a_revoked_badge_can_be_issued_anew(issuance: Issuance, staff: User, earner: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    again = issue(issuance.badge, to=earner)

    assert again.code != issuance.code


def test_reinstate_issuance_writes_a_new_version(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    reinstated = reinstate_issuance(issuance, reason="it was right", by=staff)

    assert (reinstated.revoked_at, reinstated.revocation_reason, reinstated.current_version.number) == (None, "", 2)


def test_reinstate_issuance_when_another_was_issued_is_refused(issuance: Issuance, staff: User, earner: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)
    issue(issuance.badge, to=earner)

    with pytest.raises(AlreadyHoldsError):
        reinstate_issuance(issuance, reason="it was right", by=staff)


@pytest.mark.parametrize("action", [suspend_issuance, revoke_issuance])
@pytest.mark.parametrize("who", ["stranger", "earner", "viewer"])
def test_only_managers_suspend_and_revoke(
    issuance: Issuance, stranger: User, earner: User, action: object, who: str
) -> None:
    somebody = {"stranger": stranger, "earner": earner}.get(who) or make_staff(issuance.issuer, role="viewer")

    with pytest.raises(PermissionDenied):
        action(issuance, reason="because", by=somebody)


def test_every_action_leaves_a_trace(issuance: Issuance, earner: User, staff: User) -> None:
    claim_issuance(issuance, by=earner)
    set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)
    revoke_issuance(issuance, reason="issued in error", by=staff)

    trail = AuditEvent.objects.filter(object_id=issuance.pk).order_by("created_at", "id").values_list("verb", "by")

    owner = User.objects.get(staff_memberships__issuer=issuance.issuer, staff_memberships__role="owner")
    assert list(trail) == [
        ("badge issued", owner.pk),
        ("badge claimed", earner.pk),
        ("visibility changed", earner.pk),
        ("badge revoked", staff.pk),
    ]
