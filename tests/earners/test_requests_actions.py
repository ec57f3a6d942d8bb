"""Asking, answering and deciding: who may, what follows, what is refused."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.issuances import decline_issuance, revoke_issuance, suspend_issuance
from badges.exceptions import WrongStateError
from badges.models import ExpiryRule, VersionKind
from earners.actions import requests as act
from earners.actions.requests import Wish
from earners.attachments import SafeFile
from earners.exceptions import RequestRefusedError
from earners.models import Attachment, EarnerRequest, RequestEntry, RequestKind, RequestState
from earners.signals import request_answered, request_opened
from issuers.models import StaffRole
from tests.factories import issue, make_issuer, make_published_badge, make_staff

PDF = SafeFile(name="proof.pdf", media_type="application/pdf", content=b"%PDF-1.7 %%EOF")
NAME = Wish(kind=RequestKind.NAME, wanted_name="Amara Lindqvist", text="I married.")
OTHER = Wish(kind=RequestKind.OTHER, text="Which level is it?")


@pytest.fixture
def badge(issuer):
    return make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=24, offers_paper=True)


@pytest.fixture
def told():
    """What the signals of this app said, in order."""
    said = []

    def opened(request_id, **kwargs):
        said.append(("opened", request_id))

    def answered(request_id, by_staff, **kwargs):
        said.append(("by staff" if by_staff else "by earner", request_id))

    request_opened.connect(opened)
    request_answered.connect(answered)
    yield said
    request_opened.disconnect(opened)
    request_answered.disconnect(answered)


@pytest.fixture
def asked(issuance, earner):
    return act.open_request(issuance, NAME, by=earner)


def thread(request):
    return [(entry.kind, entry.text, entry.is_from_staff) for entry in request.entries.all()]


# --- the earner ----------------------------------------------------------------------------------


def test_open_request_is_due_by_the_promise_in_business_days(issuer, issuance, earner, told):
    issuer.answer_days, issuer.holidays, issuer.time_zone = 2, ["2026-11-23"], "Asia/Tokyo"
    issuer.save()
    # Saturday in Tokyo already.
    with clock.at(datetime(2026, 11, 20, 20, tzinfo=UTC)):
        asked = act.open_request(issuance, NAME, by=earner)

    assert (asked.state, asked.due_on, asked.issuer, asked.earner) == (
        RequestState.OPEN,
        date(2026, 11, 25),
        issuer,
        earner,
    )
    assert thread(asked) == [("asked", "I married.", False)]
    assert told == [("opened", asked.pk)]
    assert AuditEvent.objects.get(verb="request opened").object_id == asked.pk


def test_open_request_keeps_what_its_kind_asks_for(issuance, earner):
    paper = act.open_request(issuance, Wish(kind=RequestKind.PAPER, postal_address="Ana\n1 Quay\nNorthgate"), by=earner)
    letter = act.open_request(issuance, Wish(kind=RequestKind.LETTER, employer="Acme", files=[PDF]), by=earner)

    assert (paper.postal_address, letter.employer) == ("Ana\n1 Quay\nNorthgate", "Acme")
    attachment = Attachment.objects.get()
    assert (attachment.entry.request, bytes(attachment.content)) == (letter, PDF.content)


def test_open_request_is_for_the_earner_alone(issuance, stranger, staff):
    for somebody in (stranger, staff):
        with pytest.raises(PermissionDenied):
            act.open_request(issuance, NAME, by=somebody)

    assert EarnerRequest.objects.count() == 0


def test_open_request_twice_about_the_same_leads_to_the_first(issuance, earner, asked):
    with pytest.raises(RequestRefusedError, match="You have asked this already"):
        act.open_request(issuance, NAME, by=earner)


def test_open_request_refuses_a_fourth_at_once(issuance, earner):
    for _number in range(act.LIVE_FOR_A_BADGE):
        act.open_request(issuance, OTHER, by=earner)

    with pytest.raises(RequestRefusedError, match="You have several open requests"):
        act.open_request(issuance, OTHER, by=earner)


def test_open_request_refuses_an_eleventh_in_a_day(issuance, earner):
    for _number in range(act.OPENED_A_DAY):
        act.withdraw_request(act.open_request(issuance, OTHER, by=earner), by=earner)

    with pytest.raises(RequestRefusedError, match="Ask again tomorrow"):
        act.open_request(issuance, OTHER, by=earner)


def test_kinds_depend_on_the_badge(issuer, issuance, earner, staff):
    plain = issue(make_published_badge(issuer), to=earner)

    assert act.kinds_for(issuance) == list(RequestKind)
    assert act.kinds_for(plain) == ["name", "date", "expiry", "letter", "other"]
    assert act.kinds_for(decline_issuance(plain, by=earner)) == ["other"]
    assert act.kinds_for(revoke_issuance(issuance, reason="in error", by=staff)) == ["other"]
    with pytest.raises(RequestRefusedError, match="Choose “Something else”"):
        act.open_request(issuance, NAME, by=earner)


def test_write_to_request_hands_it_back_with_a_new_due_day(asked, earner, staff, told):
    act.ask_back(asked, text="Do you have a paper?", by=staff)
    with clock.at(datetime(2030, 1, 1, 12, tzinfo=UTC)):
        asked = act.write_to_request(asked, text="Here it is.", files=[PDF], by=earner)

    assert (asked.state, asked.due_on) == (RequestState.OPEN, date(2030, 1, 8))
    assert thread(asked) == [
        ("asked", "I married.", False),
        ("asked_back", "Do you have a paper?", True),
        ("wrote", "Here it is.", False),
    ]
    assert told == [("by staff", asked.pk), ("by earner", asked.pk)]


def test_write_to_request_leaves_the_due_day_while_nobody_answered(asked, earner):
    due_on = asked.due_on
    with clock.at(datetime(2030, 1, 1, 12, tzinfo=UTC)):
        asked = act.write_to_request(asked, text="Hello?", by=earner)

    assert asked.due_on == due_on


def test_write_to_request_has_a_limit_a_day(asked, earner):
    for _number in range(act.WRITTEN_A_DAY - 1):
        act.write_to_request(asked, text="And another thing.", by=earner)

    with pytest.raises(RequestRefusedError, match="Go on tomorrow"):
        act.write_to_request(asked, text="And another thing.", by=earner)


def test_write_to_request_has_a_limit_of_files(asked, earner):
    for _number in range(act.FILES_IN_A_REQUEST // 3):
        act.write_to_request(asked, text="More.", files=[PDF] * 3, by=earner)

    with pytest.raises(RequestRefusedError, match="at most 12 files"):
        act.write_to_request(asked, text="More.", files=[PDF], by=earner)
    assert asked.entries.filter(kind="wrote").count() == 4


def test_withdraw_request_ends_it(asked, earner):
    asked = act.withdraw_request(asked, by=earner)

    assert (asked.state, asked.decided_by) == (RequestState.CLOSED, None)
    with pytest.raises(RequestRefusedError, match=r"This request is closed \(withdrawn\)"):
        act.write_to_request(asked, text="Wait.", by=earner)


def test_others_neither_write_nor_withdraw(asked, stranger, staff):
    for somebody in (stranger, staff):
        with pytest.raises(PermissionDenied):
            act.write_to_request(asked, text="Me too.", by=somebody)
        with pytest.raises(PermissionDenied):
            act.withdraw_request(asked, by=somebody)

    assert asked.entries.count() == 1


# --- the organisation ----------------------------------------------------------------------------


def test_answer_and_ask_back_and_decline_say_whose_turn_it_is(asked, staff, told):
    waiting = act.ask_back(asked, text="Which name?", by=staff)
    answered = act.answer_request(asked, text="It is right as it is.", files=[PDF], by=staff)
    declined = act.decline_request(asked, reason="No paper shows it.", by=staff)

    assert [waiting.state, answered.state, declined.state] == ["waiting", "answered", "declined"]
    assert (declined.assigned_to, declined.decided_by) == (staff, staff)
    assert told == [("by staff", asked.pk)] * 3
    assert AuditEvent.objects.get(verb="request declined").reason == "No paper shows it."


def test_answered_request_can_be_opened_again_by_its_earner(asked, earner, staff):
    act.answer_request(asked, text="It is right.", by=staff)

    assert act.write_to_request(asked, text="It is not.", by=earner).state == RequestState.OPEN


@pytest.mark.parametrize("role", [StaffRole.DESIGNER, StaffRole.VIEWER, None])
def test_answering_is_for_those_who_may_issue(issuer, asked, role):
    somebody = make_staff(issuer, role=role) if role else make_staff(make_issuer(), role=StaffRole.OWNER)

    for what in (
        lambda: act.answer_request(asked, text="Hello.", by=somebody),
        lambda: act.ask_back(asked, text="Hello?", by=somebody),
        lambda: act.decline_request(asked, reason="No.", by=somebody),
        lambda: act.take_request(asked, by=somebody),
        lambda: act.approve_with_correction(asked, reason="x", by=somebody, recipient_name="Eve"),
        lambda: act.approve_with_renewal(asked, expires_on=date(2031, 1, 1), reason="x", by=somebody),
        lambda: act.approve_with_letter(asked, addressee="Acme", text="", paper="a4", by=somebody),
    ):
        with pytest.raises(PermissionDenied):
            what()

    asked.refresh_from_db()
    assert (asked.state, asked.entries.count(), asked.issuance.versions.count()) == ("open", 1, 1)


def test_approve_with_correction_makes_the_version_and_ends_the_request(asked, staff, told):
    asked = act.approve_with_correction(
        asked,
        reason="marriage certificate seen",
        public_reason="change of name",
        hides_earlier_name=True,
        answer="Congratulations.",
        by=staff,
        recipient_name="Amara Lindqvist",
    )

    version = asked.made_version
    assert asked.state == RequestState.APPROVED
    assert (version.number, version.kind, version.recipient_name) == (2, VersionKind.CORRECTED, "Amara Lindqvist")
    assert version.hides_earlier_name
    assert thread(asked)[-1] == ("approved", "Congratulations.", True)
    assert told == [("by staff", asked.pk)]


def test_approve_with_correction_quietly_tells_nobody(asked, staff, told):
    act.approve_with_correction(asked, reason="x", by=staff, notify=False, recipient_name="Amara Lindqvist")

    assert told == []


def test_approve_with_correction_that_is_refused_leaves_the_request_open(asked, staff, told):
    with pytest.raises(WrongStateError):
        act.approve_with_correction(asked, reason="x", by=staff, recipient_name="Amara Okafor-Lindqvist")

    asked.refresh_from_db()
    assert (asked.state, asked.entries.count(), told) == (RequestState.OPEN, 1, [])


def test_approve_with_renewal_extends_and_ends_the_request(issuance, earner, staff):
    asked = act.open_request(issuance, Wish(kind=RequestKind.RENEWAL, wanted_on=date(2026, 11, 2)), by=earner)

    asked = act.approve_with_renewal(asked, expires_on=date(2030, 10, 31), reason="receipt seen", by=staff)

    assert (asked.state, asked.made_version.kind, asked.made_version.expires_on) == (
        "approved",
        VersionKind.RENEWED,
        date(2030, 10, 31),
    )


def test_mark_posted_leaves_what_was_decided_meanwhile(issuance, badge, earner, staff, told):
    wish = Wish(kind=RequestKind.PAPER, postal_address="Ana\n1 Quay\nNorthgate")
    first = act.open_request(issuance, wish, by=earner)
    second = act.open_request(issue(make_published_badge(badge.issuer, offers_paper=True), to=earner), wish, by=earner)
    act.withdraw_request(second, by=earner)
    told.clear()

    posted = act.mark_posted([first, second], posted_on=date(2026, 11, 20), by=staff)

    assert posted == [first]
    first.refresh_from_db()
    assert (first.state, first.posted_on) == (RequestState.APPROVED, date(2026, 11, 20))
    assert thread(first)[-1][1] == "Your certificate went to the post on 20 November 2026."
    assert told == [("by staff", first.pk)]


def test_mark_posted_of_other_organisations_is_refused(issuance, earner):
    asked = act.open_request(issuance, Wish(kind=RequestKind.PAPER, postal_address="Ana\n1 Quay\nNorthgate"), by=earner)

    with pytest.raises(PermissionDenied):
        act.mark_posted([asked], posted_on=date(2026, 11, 20), by=make_staff(make_issuer()))

    asked.refresh_from_db()
    assert asked.posted_on is None


def test_what_was_said_never_changes(asked):
    entry = asked.entries.get()

    for change in (
        lambda: RequestEntry.objects.filter(pk=entry.pk).update(text="I did not."),
        lambda: RequestEntry.objects.filter(pk=entry.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


# --- the organisation's rule for small changes ---------------------------------------------------


SMALL = Wish(kind=RequestKind.NAME, wanted_name="Amara Okafor-Lindquist")


@pytest.fixture
def lenient(issuer):
    issuer.approves_small_name_changes = True
    issuer.save()
    return issuer


def test_small_change_approves_itself_once(lenient, issuance, earner, told):
    asked = act.open_request(issuance, SMALL, by=earner)

    issuance.refresh_from_db()
    assert (asked.state, asked.decided_by) == (RequestState.APPROVED, None)
    version = issuance.current_version
    assert (version.recipient_name, version.made_by, version.public_reason) == (
        "Amara Okafor-Lindquist",
        None,
        "misspelling",
    )
    assert asked.made_version == version
    assert told == [("by staff", asked.pk)]

    again = act.open_request(issuance, Wish(kind=RequestKind.NAME, wanted_name="Amara Okafor-Lindquisst"), by=earner)

    assert again.state == RequestState.OPEN


def test_small_change_waits_for_staff_where_the_organisation_did_not_allow_it(issuance, earner):
    assert act.open_request(issuance, SMALL, by=earner).state == RequestState.OPEN


def test_large_change_waits_for_staff(lenient, issuance, earner):
    assert act.open_request(issuance, NAME, by=earner).state == RequestState.OPEN


def test_small_change_of_a_badge_under_review_waits_for_staff(lenient, issuance, earner, staff):
    suspend_issuance(issuance, reason="audit", by=staff)

    assert act.open_request(issuance, SMALL, by=earner).state == RequestState.OPEN


def test_small_change_while_nothing_can_be_signed_waits_for_staff(lenient, issuance, earner, settings, told):
    settings.SEALING_KEYS = []

    asked = act.open_request(issuance, SMALL, by=earner)

    assert asked.state == RequestState.OPEN
    assert issuance.versions.count() == 1
    assert told == [("opened", asked.pk)]
