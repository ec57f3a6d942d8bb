from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.issuances import (
    correct_issuance,
    decline_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.disclosure import State, can_see
from badges.models import Issuance, Visibility


def test_can_see_of_a_fresh_issuance_says_who_what_and_from_whom(issuance: Issuance) -> None:
    seen = can_see(issuance.code)

    assert (seen.state, seen.holder, seen.badge.name, seen.issuer.name) == (
        State.VALID,
        "Amara Okafor-Lindqvist",
        "Infection Control Practitioner",
        issuance.issuer.name,
    )


def test_can_see_costs_one_query_for_a_stranger(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    with CaptureQueriesContext(connection) as queries:
        can_see(issuance.code)

    assert len(queries) == 1


def test_can_see_of_an_unknown_code_says_nothing(db: None) -> None:
    assert can_see("0" * 12).state == State.NOT_FOUND


@pytest.mark.parametrize("hide", ["private", "declined"])
def test_can_see_of_a_hidden_issuance_names_neither_holder_nor_badge(
    issuance: Issuance, earner: User, hide: str
) -> None:
    if hide == "private":
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    else:
        decline_issuance(issuance, by=earner)

    seen = can_see(issuance.code)

    assert (seen.state, seen.holder, seen.badge, seen.issuer) == (State.PRIVATE, "", None, None)


def test_can_see_of_a_private_issuance_as_its_earner_says_all(issuance: Issuance, earner: User) -> None:
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    seen = can_see(issuance.code, viewer=earner)

    assert (seen.state, seen.holder, seen.for_insider) == (State.VALID, "Amara Okafor-Lindqvist", True)


def test_can_see_of_a_private_issuance_as_a_stranger_with_an_account_says_nothing(
    issuance: Issuance, earner: User, stranger: User
) -> None:
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    assert can_see(issuance.code, viewer=stranger).state == State.PRIVATE


def test_can_see_of_a_revoked_issuance_names_no_holder(issuance: Issuance, staff: User) -> None:
    revoke_issuance(issuance, reason="issued in error", by=staff)

    seen = can_see(issuance.code)

    assert (seen.state, seen.holder, seen.revocation_reason) == (State.REVOKED, "", "issued in error")


def test_can_see_puts_suspension_before_expiry(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="wrong date", expires_on=issuance.current_version.issued_on)
    suspend_issuance(issuance, reason="audit", by=staff)

    with clock.at(clock.now() + timedelta(days=365)):
        assert can_see(issuance.code).state == State.SUSPENDED


def test_can_see_of_an_old_version_says_superseded_and_which_is_current(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    seen = can_see(issuance.code, version=1)

    assert (seen.state, seen.holder, seen.current_version) == (State.SUPERSEDED, "Amara Okafor-Lindqvist", 2)


def test_can_see_of_an_old_version_hides_the_name_the_earner_left_behind(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="name change", recipient_name="Ana Lindqvist", hides_earlier_name=True)

    assert can_see(issuance.code, version=1).holder == ""
    assert can_see(issuance.code).holder == "Ana Lindqvist"


def test_contacts_are_those_of_the_topic_where_the_organisation_names_one(issuance):
    issuance.issuer.contacts = {"paper": "post@northgate.example"}
    issuance.issuer.save()

    badge = can_see(issuance.code).badge

    assert (badge.paper_contact, badge.renewal_contact, badge.verification_contact) == (
        "post@northgate.example",
        "badges@northgate.example",
        "badges@northgate.example",
    )
