"""What an earner asks of an issuer, page by page."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.core.models import AuditEvent
from badges.actions.issuances import decline_issuance
from badges.models import ExpiryRule
from earners.actions.profile import welcome_earner
from earners.actions.requests import Wish, answer_request, ask_back, open_request
from earners.attachments import SafeFile
from earners.models import Attachment, EarnerRequest, RequestKind
from issuers.models import StaffRole
from tests.factories import issue, make_issuer, make_published_badge, make_staff

PDF = b"%PDF-1.7\n%%EOF\n"


@pytest.fixture
def badge(issuer):
    return make_published_badge(issuer, expiry_rule=ExpiryRule.PERIOD, expiry_months=24, offers_paper=True)


@pytest.fixture
def ana(client, earner, issuance):
    """The earner, logged in and welcomed."""
    welcome_earner(display_name="Ana", language="en", claimed=[issuance], by=earner)
    client.force_login(earner)
    return client


@pytest.fixture
def asked(issuance, earner):
    wish = Wish(
        kind=RequestKind.NAME,
        wanted_name="Amara Lindqvist",
        text="I married.\nLast May.",
        files=[SafeFile(name="Heirat – Žofie.pdf", media_type="application/pdf", content=PDF)],
    )
    return open_request(issuance, wish, by=earner)


def address(kind, issuance):
    return reverse("earners:open_request", args=[issuance.pk, kind])


def sentences(page):
    return [sentence for errors in page.context["form"].errors.values() for sentence in errors]


def test_badge_leads_to_asking_for_a_correction(ana, issuance):
    page = ana.get(reverse("earners:issuance", args=[issuance.pk])).content.decode()

    assert reverse("earners:choose_request", args=[issuance.pk]) in page


def test_choose_request_offers_what_can_be_asked_about_the_badge(ana, issuance):
    page = ana.get(reverse("earners:choose_request", args=[issuance.pk]))

    assert [kind for kind, _intro in page.context["choices"]] == list(RequestKind)
    assert all(address(kind, issuance) in page.content.decode() for kind in RequestKind)


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("name", {"wanted_name": " Amara Lindqvist "}, {"wanted_name": "Amara Lindqvist"}),
        ("date", {"wanted_on": "2026-10-30"}, {"wanted_on": "2026-10-30"}),
        ("date", {"wanted_on": "30 October 2026"}, {"wanted_on": "2026-10-30"}),
        ("expiry", {"wanted_on": "2029-01-31"}, {"wanted_on": "2029-01-31"}),
        ("renewal", {"wanted_on": ""}, {"wanted_on": "None"}),
        (
            "paper",
            {"postal_address": "Ana Okafor\r\n4 Quay Street\r\n\r\nNorthgate"},
            {"postal_address": "Ana Okafor\n4 Quay Street\nNorthgate"},
        ),
        ("letter", {"employer": "Acme & Sons"}, {"employer": "Acme & Sons"}),
        ("other", {"text": "Which level is it?"}, {}),
    ],
)
def test_open_request_keeps_what_was_typed_and_shows_it(ana, issuance, kind, typed, kept):
    page = ana.post(address(kind, issuance), typed, follow=True)

    asked = EarnerRequest.objects.get()
    assert (asked.kind, {name: str(getattr(asked, name)) for name in kept}) == (kind, kept)
    assert page.redirect_chain[-1][0] == asked.get_absolute_url()
    assert "Sent. You find the answer here" in page.content.decode()


@pytest.mark.parametrize(
    ("kind", "typed", "sentence"),
    [
        ("name", {"wanted_name": ""}, "This field is required."),
        (
            "name",
            {"wanted_name": "Amara Okafor-Lindqvist"},
            "This is the name that the badge has now. Write how it should be.",
        ),
        ("name", {"wanted_name": "See www.example.org"}, "A name cannot hold a web address."),
        (
            "name",
            {"wanted_name": "AmÃ©lie Dubois"},
            "The letters look broken: the file was read in another encoding. Save it as “CSV UTF-8”.",
        ),
        ("date", {"wanted_on": "2126-10-30"}, "Choose a day in the past. Check the year."),
        ("date", {"wanted_on": "10/30/2026"}, "Enter a valid date."),
        ("date", {"wanted_on": "2026-11-01"}, "This is the day that the badge says now."),
        ("expiry", {"wanted_on": "2026-10-31"}, "Choose a day after the one on which it was issued."),
        ("expiry", {"wanted_on": "2028-10-31"}, "This is the day that the badge says now."),
        ("renewal", {"wanted_on": "1926-10-31"}, "Choose a day in the past. Check the year."),
        (
            "paper",
            {"postal_address": "Ana, 4 Quay Street, Northgate"},
            "Write the address in three to seven lines: name, street, place, country.",
        ),
        ("letter", {"employer": ""}, "This field is required."),
        ("other", {"text": " \n "}, "Write a few words."),
        ("other", {"text": "x" * 2001}, "Ensure this value has at most 2000 characters (it has 2001)."),
        ("other", {"text": "turned \u202e around"}, "Remove the invisible control characters or line breaks."),
    ],
)
def test_open_request_says_what_is_wrong_and_asks_nothing(ana, issuance, kind, typed, sentence):
    page = ana.post(address(kind, issuance), typed)

    assert sentences(page) == [sentence]
    assert not EarnerRequest.objects.exists()


def test_open_request_takes_three_files_at_once(ana, issuance):
    def files(number):
        return [SimpleUploadedFile(f"{i}.pdf", PDF) for i in range(number)]

    page = ana.post(address("other", issuance), {"text": "Look.", "attached": files(4)})
    ana.post(address("other", issuance), {"text": "Look.", "attached": files(3)})

    assert sentences(page) == ["Attach at most 3 files at once."]
    assert list(Attachment.objects.values_list("name", flat=True)) == ["0.pdf", "1.pdf", "2.pdf"]


def test_open_request_refuses_a_file_that_is_something_else(ana, issuance):
    page = ana.post(address("other", issuance), {"text": "Look.", "attached": SimpleUploadedFile("x.pdf", b"<html>")})

    assert sentences(page) == ["x.pdf is not a PDF, PNG or JPEG file, or it is damaged. Save it again and attach that."]


def test_open_request_that_is_refused_says_why_in_the_form(ana, issuance, asked):
    page = ana.post(address("name", issuance), {"wanted_name": "Ana"})

    assert sentences(page) == ["You have asked this already. Add to that request rather than open a second one."]


@pytest.mark.parametrize("kind", ["nonsense", "paper", "renewal"])
def test_open_request_of_what_the_badge_does_not_offer_is_not_found(ana, issuer, earner, kind):
    plain = issue(make_published_badge(issuer), to=earner)

    assert ana.get(address(kind, plain)).status_code == 404


def test_open_request_names_the_contact_for_its_topic(ana, issuer, issuance):
    issuer.contacts = {"paper": "post@northgate.example"}
    issuer.save()

    assert "post@northgate.example" in ana.get(address("paper", issuance)).content.decode()
    assert "post@northgate.example" not in ana.get(address("name", issuance)).content.decode()


def test_small_change_that_approves_itself_is_said_at_once(ana, issuer, issuance):
    issuer.approves_small_name_changes = True
    issuer.save()

    page = ana.post(address("name", issuance), {"wanted_name": "Amara Okafor-Lindquist"}, follow=True)

    assert "Corrected. Your badge says it from now on." in page.content.decode()
    issuance.refresh_from_db()
    assert issuance.current_version.recipient_name == "Amara Okafor-Lindquist"


def test_request_shows_the_thread_and_takes_an_answer(ana, asked, staff):
    ask_back(asked, text="Which of the <b>two</b>?", by=staff)

    before = ana.get(asked.get_absolute_url()).content.decode()
    ana.post(asked.get_absolute_url(), {"text": "The second."})

    asked.refresh_from_db()
    assert "Waits for your answer" in before
    assert "I married.<br>Last May." in before
    assert "Which of the &lt;b&gt;two&lt;/b&gt;?" in before
    # Who of the staff it was is the organisation's business.
    assert staff.email not in before
    assert [entry.text for entry in asked.entries.all()][-1] == "The second."
    assert asked.state == "open"


def test_request_needs_words_to_be_added_to(ana, asked):
    page = ana.post(asked.get_absolute_url(), {"text": ""})

    assert sentences(page) == ["Write a few words."]


def test_request_that_was_decided_meanwhile_says_so(ana, asked):
    ana.post(reverse("earners:withdraw_request", args=[asked.pk]))

    page = ana.post(asked.get_absolute_url(), {"text": "Wait."})

    assert sentences(page) == ["This request is closed (withdrawn). Nothing can be added to it."]


def test_withdraw_request_ends_it_once(ana, asked):
    first = ana.post(reverse("earners:withdraw_request", args=[asked.pk]), follow=True).content.decode()
    second = ana.post(reverse("earners:withdraw_request", args=[asked.pk]), follow=True).content.decode()

    assert "Withdrawn. Nobody works on it any more." in first
    assert "This request is closed (withdrawn)." in second
    assert asked.entries.filter(kind="withdrawn").count() == 1


def test_attachment_comes_as_a_download_that_nothing_shows(ana, asked):
    response = ana.get(Attachment.objects.get().get_absolute_url())

    assert response.content == PDF
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"] == "attachment; filename*=utf-8''Heirat%20%E2%80%93%20%C5%BDofie.pdf"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"


def test_attachment_opened_by_staff_leaves_a_trace_and_by_its_earner_none(client, ana, asked, staff):
    url = Attachment.objects.get().get_absolute_url()
    ana.get(url)
    client.force_login(staff)
    client.get(url)

    assert [event.by for event in AuditEvent.objects.filter(verb="attachment opened")] == [staff]


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("stranger", 404),
        ("manager", 200),
        ("designer", 404),
        ("viewer", 404),
        ("other owner", 404),
        ("another earner of the organisation", 404),
    ],
)
def test_attachment_is_for_its_earner_and_for_staff_who_answer(client, badge, issuer, asked, stranger, who, status):
    people = {
        "stranger": lambda: stranger,
        "manager": lambda: make_staff(issuer, role=StaffRole.MANAGER),
        "designer": lambda: make_staff(issuer, role=StaffRole.DESIGNER),
        "viewer": lambda: make_staff(issuer, role=StaffRole.VIEWER),
        "other owner": lambda: make_staff(make_issuer(), role=StaffRole.OWNER),
        "another earner of the organisation": lambda: issue(badge).earner,
    }
    client.force_login(people[who]())

    assert client.get(Attachment.objects.get().get_absolute_url()).status_code == status


def test_requests_of_others_are_not_found_and_unchanged(client, badge, issuance, asked):
    client.force_login(issue(badge).earner)

    answers = [
        client.get(reverse("earners:choose_request", args=[issuance.pk])),
        client.get(address("name", issuance)),
        client.post(address("other", issuance), {"text": "Mine."}),
        client.get(asked.get_absolute_url()),
        client.post(asked.get_absolute_url(), {"text": "Mine."}),
        client.post(reverse("earners:withdraw_request", args=[asked.pk])),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert (EarnerRequest.objects.count(), asked.entries.count()) == (1, 1)
    assert asked.get_absolute_url() not in client.get(reverse("earners:requests")).content.decode()


def test_requests_lists_everything_in_the_same_number_of_queries(ana, issuer, asked, earner, staff):
    with CaptureQueriesContext(
        connection,
    ) as with_one:
        ana.get(reverse("earners:requests"))
    for number in range(3):
        other = issue(make_published_badge(issuer, content={"name": f"Badge {number}"}), to=earner)
        answer_request(open_request(other, Wish(kind=RequestKind.OTHER, text="Hm?"), by=earner), text="Yes.", by=staff)
    with CaptureQueriesContext(connection) as with_four:
        page = ana.get(reverse("earners:requests"))

    assert len(with_four) == len(with_one)
    assert [row.kind for row, _state in page.context["rows"]] == ["other", "other", "other", "name"]


def test_request_page_costs_the_same_for_a_long_thread(ana, asked, staff):
    with CaptureQueriesContext(connection) as short:
        ana.get(asked.get_absolute_url())
    for _number in range(3):
        ask_back(
            asked, text="And?", files=[SafeFile(name="a.pdf", media_type="application/pdf", content=PDF)], by=staff
        )
    with CaptureQueriesContext(connection) as long:
        ana.get(asked.get_absolute_url())

    assert len(long) == len(short)
    assert not any('"content"' in query["sql"].split("FROM")[0] for query in long.captured_queries)


def test_badge_shows_what_was_asked_and_when_paper_was_posted(ana, issuance, earner, staff):
    open_request(issuance, Wish(kind=RequestKind.PAPER, postal_address="Ana\n1 Quay\nNorthgate"), by=earner)
    EarnerRequest.objects.update(state="approved", decided_at=issuance.issued_at, posted_on="2026-11-20")

    page = ana.get(reverse("earners:issuance", args=[issuance.pk])).content.decode()

    assert "Posted on" in page
    assert "20 November 2026" in page


def test_declined_badge_leaves_only_words(ana, issuance, earner):
    decline_issuance(issuance, by=earner)

    page = ana.get(reverse("earners:choose_request", args=[issuance.pk]))

    assert [kind for kind, _intro in page.context["choices"]] == ["other"]
    assert ana.get(address("name", issuance)).status_code == 404
