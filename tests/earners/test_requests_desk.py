"""The queue of requests at the desk, the page of one, approving it, and the paper that is posted."""

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pypdf import PdfReader

from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.issuances import suspend_issuance
from badges.disclosure import State, can_see
from badges.models import ChangeKind, ExpiryRule, Proposal
from earners.actions.proposing import propose_for_request
from earners.actions.requests import (
    Wish,
    answer_request,
    ask_back,
    decline_request,
    open_request,
    take_request,
    withdraw_request,
)
from earners.models import EarnerRequest, RequestKind
from issuers.models import StaffRole
from tests.factories import issue, make_issuer, make_published_badge, make_staff

LIST = "admin:earners_earnerrequest_changelist"


@pytest.fixture
def badge(issuer):
    return make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=24, offers_paper=True)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


@pytest.fixture
def asked(issuance, earner):
    return open_request(
        issuance, Wish(kind=RequestKind.NAME, wanted_name="Amara Lindqvist", text="I married."), by=earner
    )


def page_of(asked):
    return reverse("admin:earners_earnerrequest_change", args=[asked.pk])


def approval_of(asked):
    return reverse("admin:approve_request", args=[asked.pk])


def paper_for(badge, address="Ana Okafor\n4 Quay Street\nNorthgate"):
    issuance = issue(badge)
    return open_request(issuance, Wish(kind=RequestKind.PAPER, postal_address=address), by=issuance.earner)


def listed(client, query=""):
    return [str(asked.pk) for asked in client.get(f"{reverse(LIST)}{query}").context["cl"].result_list]


# --- the queue -----------------------------------------------------------------------------------


def test_queue_shows_what_is_due_first_and_how_urgent_it_is(desk, issuer, badge, asked):
    today = clock.today()
    late, soon = paper_for(badge), paper_for(badge)
    EarnerRequest.objects.filter(pk=late.pk).update(due_on=today - timedelta(days=2))
    EarnerRequest.objects.filter(pk=soon.pk).update(due_on=today + timedelta(days=1))
    EarnerRequest.objects.filter(pk=asked.pk).update(due_on=today + timedelta(days=9))

    page = desk.get(reverse(LIST)).content.decode()

    assert listed(desk) == [str(late.pk), str(soon.pk), str(asked.pk)]
    assert page.index('data-tone="danger"') < page.index('data-tone="warn"') < page.index('data-tone="calm"')


def test_queue_ends_with_what_nobody_has_to_do_anything_about(desk, staff, badge, asked):
    answered = paper_for(badge)
    answer_request(answered, text="It is on its way.", by=staff)
    EarnerRequest.objects.filter(pk=answered.pk).update(due_on=date(2020, 1, 1))

    assert listed(desk) == [str(asked.pk), str(answered.pk)]


def test_queue_filters_by_state_kind_due_and_whose_it_is(desk, staff, badge, asked):
    paper = paper_for(badge)
    take_request(paper, by=staff)
    ask_back(paper, text="Which floor?", by=staff)
    EarnerRequest.objects.filter(pk=asked.pk).update(due_on=date(2020, 1, 1))
    # What waits for its earner is nobody's delay here.
    EarnerRequest.objects.filter(pk=paper.pk).update(due_on=date(2020, 1, 1))

    found = {
        query: listed(desk, query)
        for query in ("?state__exact=waiting", "?kind__exact=name", "?whose=mine", "?whose=nobody", "?due=overdue")
    }

    assert found == {
        "?state__exact=waiting": [str(paper.pk)],
        "?kind__exact=name": [str(asked.pk)],
        "?whose=mine": [str(paper.pk)],
        "?whose=nobody": [str(asked.pk)],
        "?due=overdue": [str(asked.pk)],
    }


def test_queue_finds_by_name_address_and_code(desk, badge, asked):
    paper_for(badge)

    for text in ("Amara", "ana@example.org", asked.issuance.code):
        assert str(asked.pk) in listed(desk, f"?q={text}")
    assert listed(desk, "?q=ana@example.org") == [str(asked.pk)]


def test_queue_costs_the_same_for_one_and_for_four(desk, badge, asked):
    with CaptureQueriesContext(connection) as with_one:
        desk.get(reverse(LIST))
    for _number in range(3):
        paper_for(badge)
    with CaptureQueriesContext(connection) as with_four:
        desk.get(reverse(LIST))

    assert len(with_four) == len(with_one)


def test_start_page_counts_what_waits(desk, badge, asked):
    EarnerRequest.objects.filter(pk=paper_for(badge).pk).update(due_on=date(2020, 1, 1))

    waiting = {one.words: one.number for one in desk.get(reverse("admin:index")).context["waiting"]}

    assert (waiting["Requests overdue"], waiting["Requests to answer"]) == (1, 1)


# --- one request ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("button", "state", "said"),
    [
        ("answer", "answered", "Answered. They get a mail."),
        ("ask", "waiting", "Asked. It waits for them, and is not overdue."),
        ("decline", "declined", "Declined. They get a mail with your reason."),
    ],
)
def test_staff_answers_asks_back_and_declines(desk, asked, button, state, said):
    page = desk.post(page_of(asked), {"text": "Please send a paper.", button: "1"}, follow=True)

    asked.refresh_from_db()
    assert (asked.state, asked.entries.last().text) == (state, "Please send a paper.")
    assert said in page.content.decode()


def test_staff_needs_words(desk, asked):
    page = desk.post(page_of(asked), {"text": "", "decline": "1"})

    assert page.context["form"].errors == {"text": ["Write a few words."]}
    asked.refresh_from_db()
    assert asked.state == "open"


def test_staff_who_was_overtaken_reads_that_it_is_closed(desk, asked):
    desk.post(page_of(asked), {"text": "No.", "decline": "1"})

    page = desk.post(page_of(asked), {"text": "Yes.", "answer": "1"})

    assert page.context["form"].non_field_errors() == ["This request is closed (declined). Nothing can be added to it."]


def test_staff_takes_a_request(desk, staff, asked):
    desk.post(reverse("admin:take_request", args=[asked.pk]))

    asked.refresh_from_db()
    assert asked.assigned_to == staff


@pytest.mark.parametrize("role", [StaffRole.DESIGNER, StaffRole.VIEWER])
def test_those_who_may_not_issue_read_and_do_not_answer(client, issuer, asked, role):
    client.force_login(make_staff(issuer, role=role))

    read = client.get(page_of(asked))
    answers = [
        client.post(page_of(asked), {"text": "Hello.", "answer": "1"}),
        client.post(reverse("admin:take_request", args=[asked.pk])),
        client.get(approval_of(asked)),
        client.post(approval_of(asked), {}),
        client.get(reverse("admin:paper_requests")),
    ]

    assert "Answering needs the role of owner or manager" in read.content.decode()
    assert [answer.status_code for answer in answers] == [403] * 5
    asked.refresh_from_db()
    assert (asked.state, asked.assigned_to) == ("open", None)


def test_other_organisations_requests_are_not_found(client, asked):
    client.force_login(make_staff(make_issuer(), role=StaffRole.OWNER))

    answers = [
        client.get(page_of(asked)),
        client.post(page_of(asked), {"text": "Hello.", "answer": "1"}),
        client.post(reverse("admin:take_request", args=[asked.pk])),
        client.get(approval_of(asked)),
        client.get(reverse("admin:earners_earnerrequest_history", args=[asked.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert listed(client) == []


# --- approving -----------------------------------------------------------------------------------


def posted(form, **changed):
    """The form as it was filled in, with what somebody changed."""
    values = {bound.name: bound.value() for bound in form}
    text = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return {name: value for name, value in {**text, **changed}.items() if value is not None and value is not False}


def test_approve_opens_the_correction_filled_in_and_does_it_in_one_step(desk, staff, issuance, asked):
    form = desk.get(approval_of(asked)).context["form"]
    rows = {row.field.name: (row.now, row.field.value()) for row in form.compared() if row.is_changed}

    desk.post(approval_of(asked), posted(form, answer="Congratulations.", hides_earlier_name="on"))

    assert rows == {"recipient_name": ("Amara Okafor-Lindqvist", "Amara Lindqvist")}
    asked.refresh_from_db()
    issuance.refresh_from_db()
    version = issuance.current_version
    assert (asked.state, asked.made_version, asked.decided_by) == ("approved", version, staff)
    assert (version.number, version.recipient_name, version.public_reason) == (2, "Amara Lindqvist", "change of name")
    assert asked.entries.last().text == "Congratulations."
    seen = can_see(issuance.code, version=1)
    assert (seen.state, seen.holder) == (State.SUPERSEDED, "")


def test_approve_of_a_name_has_their_other_badges_ticked(desk, issuer, earner, issuance, asked):
    other = issue(make_published_badge(issuer), to=earner)
    form = desk.get(approval_of(asked)).context["form"]

    desk.post(approval_of(asked), posted(form))

    assert [choice.data["selected"] for choice in form["also"]] == [True]
    other.refresh_from_db()
    assert other.current_version.recipient_name == "Amara Lindqvist"


@pytest.mark.parametrize(
    ("kind", "field", "day"), [("date", "issued_on", date(2026, 10, 30)), ("expiry", "expires_on", date(2029, 1, 31))]
)
def test_approve_fills_in_the_day_that_was_asked_for(desk, issuance, earner, kind, field, day):
    asked = open_request(issuance, Wish(kind=RequestKind(kind), wanted_on=day), by=earner)

    desk.post(approval_of(asked), posted(desk.get(approval_of(asked)).context["form"]))

    issuance.refresh_from_db()
    assert getattr(issuance.current_version, field) == day
    assert issuance.current_version.changed_fields == [field]


def test_approve_of_a_renewal_is_filled_in_with_the_next_period(desk, issuance, earner):
    asked = open_request(issuance, Wish(kind=RequestKind.RENEWAL, wanted_on=date(2026, 11, 2)), by=earner)

    desk.post(approval_of(asked), posted(desk.get(approval_of(asked)).context["form"]))

    asked.refresh_from_db()
    assert (asked.state, asked.made_version.kind, asked.made_version.expires_on) == (
        "approved",
        "renewed",
        date(2030, 10, 31),
    )


def test_approve_of_a_letter_writes_it_signed_and_attaches_it(desk, issuance, earner):
    asked = open_request(issuance, Wish(kind=RequestKind.LETTER, employer="Acme & Sons"), by=earner)
    form = desk.get(approval_of(asked)).context["form"]

    page = desk.post(approval_of(asked), posted(form, text="She is well known to us.", answer="Here."), follow=True)

    asked.refresh_from_db()
    entry = asked.entries.last()
    [letter] = entry.attachments.all()
    assert form["addressee"].value() == "Acme & Sons"
    assert (asked.state, entry.text, letter.name) == ("approved", "Here.", f"letter-{issuance.code}.pdf")
    text = PdfReader(io.BytesIO(letter.content)).pages[0].extract_text()
    assert [word in text for word in ("Acme & Sons", "She is well known to us.", "Amara Okafor-Lindqvist")] == [
        True
    ] * 3
    assert "Written and signed." in page.content.decode()


def test_approve_of_a_letter_for_a_badge_under_review_says_why_not(desk, staff, issuance, earner):
    asked = open_request(issuance, Wish(kind=RequestKind.LETTER, employer="Acme"), by=earner)
    suspend_issuance(issuance, reason="audit", by=staff)

    page = desk.post(approval_of(asked), {"addressee": "Acme", "paper": "a4"})

    assert page.context["form"].non_field_errors() == [
        "A letter can be written for a badge that was not revoked or suspended."
    ]
    asked.refresh_from_db()
    assert asked.state == "open"


def test_approve_with_nothing_changed_says_so_and_keeps_the_request(desk, asked):
    form = posted(desk.get(approval_of(asked)).context["form"], recipient_name="Amara Okafor-Lindqvist")

    page = desk.post(approval_of(asked), form)

    assert page.context["form"].non_field_errors() == ["Nothing differs from what the badge says now."]
    asked.refresh_from_db()
    assert asked.state == "open"


def test_approve_of_what_was_decided_or_has_no_correction_leads_back(desk, badge, asked):
    desk.post(page_of(asked), {"text": "No.", "decline": "1"})

    answers = [desk.get(approval_of(asked), follow=True), desk.get(approval_of(paper_for(badge)), follow=True)]

    assert ["cannot be approved this way" in answer.content.decode() for answer in answers] == [True, True]


# --- paper ---------------------------------------------------------------------------------------


def test_paper_is_printed_with_labels_on_pages_of_21(desk, badge):
    asked = [paper_for(badge, f"Person {number}\n4 Quay Street\nNorthgate") for number in range(22)]

    sheet = desk.post(
        reverse("admin:paper_requests"),
        {"chosen": [one.pk for one in asked], "posted_on": clock.today().isoformat(), "sheet": "1"},
    )

    assert [len(page) for page in sheet.context["label_pages"]] == [21, 1]
    assert "Person 21<br>4 Quay Street<br>Northgate" in sheet.content.decode()
    assert "/certificate.pdf" in sheet.content.decode()
    assert EarnerRequest.objects.filter(posted_on=None).count() == 22


def test_paper_is_marked_as_posted_in_bulk(desk, badge):
    first, second, left = (paper_for(badge) for _number in range(3))

    page = desk.post(
        reverse("admin:paper_requests"),
        {"chosen": [first.pk, second.pk], "posted_on": "2026-11-20", "posted": "1"},
        follow=True,
    )

    assert set(EarnerRequest.objects.filter(posted_on=date(2026, 11, 20))) == {first, second}
    assert [asked for asked, _due in page.context["rows"]] == [left]
    assert desk.get(page_of(first)).context["asked_for"][-1] == ("Posted on", "20 November 2026")
    assert "2 certificates are posted." in page.content.decode()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"posted_on": "2026-11-20"}, "Tick at least one."),
        ({"chosen": "own", "posted_on": "2999-01-01"}, "Choose today or a day before."),
        ({"chosen": "own", "posted_on": ""}, "This field is required."),
    ],
)
def test_paper_says_what_is_wrong(desk, badge, typed, sentence):
    own = paper_for(badge)
    if "chosen" in typed:
        typed = {**typed, "chosen": own.pk}

    with clock.at(datetime(2026, 11, 22, 12, tzinfo=UTC)):
        page = desk.post(reverse("admin:paper_requests"), {**typed, "posted": "1"})

    assert [error for errors in page.context["form"].errors.values() for error in errors] == [sentence]
    own.refresh_from_db()
    assert own.posted_on is None


def test_paper_of_other_organisations_can_neither_be_seen_nor_posted(client, badge):
    asked = paper_for(badge)
    client.force_login(make_staff(make_issuer(), role=StaffRole.OWNER))

    seen = client.get(reverse("admin:paper_requests"))
    tried = [
        client.post(
            reverse("admin:paper_requests"), {"chosen": asked.pk, "posted_on": "2026-11-20", button: "1"}
        ).content.decode()
        for button in ("posted", "sheet")
    ]

    assert seen.context["rows"] == []
    assert not any("Quay Street" in page for page in tried)
    asked.refresh_from_db()
    assert asked.posted_on is None


def test_where_a_second_person_agrees_the_request_waits_with_the_change(client, earner, issuance, staff):
    """The first one fills in and proposes, the second one agrees, and the earner is answered then."""
    issuer = issuance.issuer
    issuer.corrections_need_approval = True
    issuer.save()
    asked = open_request(issuance, Wish(kind=RequestKind.NAME, wanted_name="Ana Ito"), by=earner)
    approve = reverse("admin:approve_request", args=[asked.pk])
    client.force_login(staff)
    form = client.get(approve).context["form"]
    typed = {name: form[name].value() or "" for name in form.fields}

    client.post(approve, {**typed, "answer": "Done for you"})
    asked.refresh_from_db()
    proposal = asked.proposal
    before = (asked.state, issuance.versions.count())
    client.force_login(make_staff(issuer))
    client.post(reverse("admin:approve_proposal", args=[proposal.pk]))

    asked.refresh_from_db()
    assert before == ("open", 1)
    assert (asked.state, asked.made_version.recipient_name, asked.decided_by) == ("approved", "Ana Ito", staff)
    assert asked.entries.get(kind="approved").text == "Done for you"


def test_change_that_nobody_wants_any_more_waits_for_no_second_person(client, earner, issuance, staff):
    issuer = issuance.issuer
    issuer.corrections_need_approval = True
    issuer.save()
    second = make_staff(issuer)
    withdrawn, declined = (
        open_request(issuance, wish, by=earner)
        for wish in (
            Wish(kind=RequestKind.NAME, wanted_name="Ana Ito"),
            Wish(kind=RequestKind.EXPIRY, wanted_on=date(2030, 1, 1)),
        )
    )
    for asked, stated in ((withdrawn, {"recipient_name": "Ana Ito"}), (declined, {"expires_on": date(2030, 1, 1)})):
        propose_for_request(
            asked, kind=ChangeKind.CORRECT, changes=[(asked.issuance, stated)], by=staff, reason="asked for"
        )
    waiting = Proposal.objects.waiting_for(second).count()

    withdraw_request(withdrawn, by=earner)
    decline_request(declined, reason="It ends with your course.", by=second)

    assert (waiting, Proposal.objects.waiting_for(second).count()) == (2, 0)
    assert set(Proposal.objects.values_list("state", flat=True)) == {"withdrawn"}
    assert set(AuditEvent.objects.filter(verb="change withdrawn").values_list("by", flat=True)) == {
        earner.pk,
        second.pk,
    }
    proposal = Proposal.objects.get(requests=withdrawn)
    client.force_login(second)
    answer = client.post(reverse("admin:approve_proposal", args=[proposal.pk]), follow=True)
    assert "Nobody waits for an answer to this any more." in answer.content.decode()
    assert issuance.versions.count() == 1
