from dataclasses import fields
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.addresses import change_recipient_address
from badges.actions.issuances import correct_issuance, decline_issuance, revoke_issuance, set_visibility
from badges.actions.showing import (
    LINKS_OF_A_BADGE,
    count_opening,
    make_share_link,
    prefer_visibility,
    withdraw_share_link,
)
from badges.disclosure import LinkState, State, can_see, open_share_link
from badges.exceptions import WrongStateError
from badges.models import ShareLink, Visibility
from tests.factories import issue, make_published_badge, make_user

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def private(issuance, earner):
    return set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)


def opened(link):
    found = open_share_link(link.token)
    assert found is not None
    return found


def test_link_shows_a_private_badge_as_far_as_its_parts_say(private, earner):
    link = make_share_link(private, name="for Acme HR", parts=["name"], by=earner)

    seen = opened(link).seen

    assert (seen.state, seen.holder, seen.badge.name) == (
        State.VALID,
        "Amara Okafor-Lindqvist",
        "Infection Control Practitioner",
    )
    assert (seen.issued_on, seen.expires_on, seen.code, seen.certificate, seen.history) == (None, None, "", None, ())
    assert can_see(private.code).state == State.PRIVATE


def test_link_without_parts_shows_neither_name_nor_date_in_any_field(badge, earner, staff):
    issuance = issue(
        badge, to=earner, narrative="Led the ward", evidence=[{"name": "Report", "url": "https://a.example"}], by=staff
    )
    link = make_share_link(issuance, name="for Acme HR", parts=[], by=earner)

    seen = opened(link).seen

    said = repr([getattr(seen, field.name) for field in fields(seen) if field.name not in {"asked_at", "issuer"}])
    told = ["Amara", "2026, 11, 1", "Led the ward", "Report", issuance.code, issuance.identity_salt]
    assert [secret for secret in told if secret in said] == []


def test_files_bring_all_that_they_say(private, earner):
    link = make_share_link(private, name="for the board", parts=["files"], by=earner)

    seen = opened(link).seen

    assert link.parts == ["name", "dates", "narrative", "evidence", "files"]
    assert (seen.code, seen.holder, seen.issued_on) == (
        private.code,
        "Amara Okafor-Lindqvist",
        clock.today().replace(day=1),
    )


def test_history_brings_the_dates(private, earner):
    assert make_share_link(private, name="x", parts=["history"], by=earner).parts == ["dates", "history"]


def test_link_ends_after_its_last_day_by_the_clock_of_its_earner(private, earner):
    earner.time_zone = "Pacific/Auckland"
    earner.save()
    link = make_share_link(private, name="x", parts=[], ends_on=NOW.date(), by=earner)

    # Midnight in Auckland.
    with clock.at(NOW.replace(hour=10, minute=59)):
        on_its_last_day = opened(link).state
    with clock.at(NOW.replace(hour=11, minute=0)):
        after_it = opened(link)

    assert (on_its_last_day, after_it.state, after_it.seen) == (LinkState.OPEN, LinkState.ENDED, None)


def test_withdrawn_link_shows_nothing_from_the_next_request_on(private, earner):
    link = make_share_link(private, name="x", parts=["name"], by=earner)

    withdraw_share_link(link, by=earner)
    withdraw_share_link(link, by=earner)

    assert (opened(link).state, opened(link).seen, opened(link).whole) == (LinkState.WITHDRAWN, None, None)
    assert AuditEvent.objects.filter(verb="share link withdrawn").count() == 1


def test_declined_badge_is_shown_by_no_link(private, earner):
    link = make_share_link(private, name="x", parts=["name"], by=earner)

    decline_issuance(private, by=earner)

    assert opened(link).seen is None


def test_revoked_badge_names_nobody_under_a_link_either(private, earner, staff):
    link = make_share_link(private, name="x", parts=["files"], by=earner)

    revoke_issuance(private, reason="issued in error", by=staff)

    seen = opened(link).seen
    assert (seen.state, seen.holder, seen.revocation_reason, seen.code) == (State.REVOKED, "", "issued in error", "")


def test_link_shows_what_the_badge_says_now(private, earner, staff):
    link = make_share_link(private, name="x", parts=["name"], by=earner)

    correct_issuance(private, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    assert opened(link).seen.holder == "Amara Okafor"


def test_link_of_somebody_who_never_held_the_badge_shows_nothing(badge, staff, stranger):
    issuance = issue(badge, to="wrong@example.org")
    link = make_share_link(issuance, name="x", parts=["name"], by=issuance.earner)

    change_recipient_address(
        badge.issuer,
        earner=issuance.earner,
        old_address="wrong@example.org",
        new_address="right@example.org",
        reason="typing slip",
        by=staff,
    )

    assert opened(link).seen is None


def test_only_the_earner_makes_and_withdraws_links(private, earner, stranger, staff):
    link = make_share_link(private, name="x", parts=[], by=earner)

    for other in (stranger, staff):
        with pytest.raises(PermissionDenied):
            make_share_link(private, name="x", parts=[], by=other)
        with pytest.raises(PermissionDenied):
            withdraw_share_link(link, by=other)


def test_badge_has_so_many_open_links_and_no_more(private, earner):
    ShareLink.objects.bulk_create(
        ShareLink(issuance=private, earner=earner, name=f"{n}") for n in range(LINKS_OF_A_BADGE)
    )

    with pytest.raises(WrongStateError, match="50 share links"):
        make_share_link(private, name="one more", parts=[], by=earner)


@pytest.mark.parametrize("spoilt", ["", "abc", "é", "A" * 43, "A" * 4000])
def test_what_is_no_token_opens_nothing(db, spoilt):
    assert open_share_link(spoilt) is None


def test_token_of_one_link_opens_no_other(private, earner):
    one, other = (make_share_link(private, name=name, parts=[], by=earner) for name in ("one", "other"))
    forged = one.token[:22] + other.token[22:]

    assert open_share_link(forged) is None
    assert opened(one).link_id == one.pk


def test_opening_a_link_costs_two_queries_however_many_versions_there_are(private, earner, staff):
    link = make_share_link(private, name="x", parts=["name"], by=earner)
    for name in ("One", "Two", "Three"):
        correct_issuance(private, by=staff, reason="typing slip", recipient_name=name)

    with CaptureQueriesContext(connection) as queries:
        open_share_link(link.token)

    assert len(queries) == 2


def test_openings_are_counted_with_their_last_day(private, earner):
    link = make_share_link(private, name="x", parts=[], by=earner)

    for days in (0, 3):
        with clock.at(NOW + timedelta(days=days)):
            count_opening(opened(link))

    link.refresh_from_db()
    assert (link.opened_count, link.last_opened_on) == (2, (NOW + timedelta(days=3)).date())


def test_erasing_somebody_takes_their_links_along(private, earner):
    link = make_share_link(private, name="for Acme HR", parts=["name"], by=earner)
    prefer_visibility(new_badges="private", allows_search_engines=True, by=earner)

    erase_person(earner, ground=ErasureGround.OWN_WISH, by=earner)

    assert (ShareLink.objects.count(), open_share_link(link.token)) == (0, None)
    assert not hasattr(earner.__class__.objects.get(pk=earner.pk), "visibility_preference")


# --- what new badges are -------------------------------------------------------------------------


def test_new_badge_is_as_visible_as_its_earner_prefers(badge, earner):
    prefer_visibility(new_badges=Visibility.PRIVATE, allows_search_engines=False, by=earner)

    hers, somebody_elses = issue(badge, to=earner), issue(badge, to=make_user())

    assert (hers.visibility, somebody_elses.visibility) == (Visibility.PRIVATE, Visibility.LINK_ONLY)


def test_new_badge_of_somebody_without_a_preference_is_as_its_issuer_says(issuer, earner):
    prefer_visibility(new_badges="", allows_search_engines=True, by=earner)
    badge = make_published_badge(issuer, default_visibility=Visibility.PRIVATE)

    assert issue(badge, to=earner).visibility == Visibility.PRIVATE
