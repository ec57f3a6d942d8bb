"""Mails about requests: from what the earner asks to both mailboxes."""

import pytest

from badgecert.core import clock
from earners.actions.requests import (
    Wish,
    answer_request,
    approve_with_correction,
    ask_back,
    decline_request,
    open_request,
    write_to_request,
)
from earners.models import Attachment, EarnerRequest, RequestKind
from notifications.actions.delivery import deliver_due_messages
from notifications.messages import masked_mail
from notifications.models import Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user

pytestmark = pytest.mark.django_db

DESK = "names@northgate.example"


@pytest.fixture
def issuer():
    return make_issuer(contacts={"name": DESK})


@pytest.fixture
def issuance(issuer, smtp):
    issuance = issue(make_published_badge(issuer), to="ana@example.org", name="Ana Okafor")
    deliver_due_messages()
    smtp.received.clear()
    return issuance


@pytest.fixture
def staff(issuer):
    return make_staff(issuer)


@pytest.fixture
def asked(issuance):
    wish = Wish(kind=RequestKind.NAME, text="I married.", wanted_name="Ana Lindqvist")
    return open_request(issuance, wish, by=issuance.earner)


def arrived(smtp) -> dict[str, str]:
    """The subject of the newest mail for each mailbox."""
    deliver_due_messages()
    return {mail.recipients[0]: str(mail.message["Subject"]) for mail in smtp.received}


def newest(smtp, address):
    deliver_due_messages()
    return smtp.to(address)[-1]


def test_opened_request_goes_to_the_contact_for_it_and_back_to_the_earner(asked, smtp):
    assert arrived(smtp) == {DESK: "Request: Name correction", "ana@example.org": "We passed your request on"}


def test_staff_read_what_was_written_at_the_desk_only(asked, issuance, smtp):
    mail = newest(smtp, DESK)

    assert mail.message["Reply-To"] == "ana@example.org"
    for body in (mail.body("plain"), mail.body("html")):
        assert f"http://testserver/admin/earners/earnerrequest/{asked.pk}/" in body
        assert "Ana Okafor" in body
        assert "I married." not in body
        assert "Ana Lindqvist" not in body


def test_earner_is_told_by_when_they_hear(asked, smtp):
    mail = newest(smtp, "ana@example.org")

    due_on = f"{asked.due_on.day} {asked.due_on:%B %Y}"
    assert mail.message["Reply-To"] == DESK
    for body in (mail.body("plain"), mail.body("html")):
        assert f"You hear from them by {due_on}." in body
        assert f"http://testserver/requests/{asked.pk}/" in body


def test_answer_of_staff_is_in_the_mail(asked, staff, smtp):
    answer_request(asked, text="Send us a copy of <your> certificate.", by=staff)

    mail = newest(smtp, "ana@example.org")

    assert mail.message["Subject"] == "An answer to your request"
    assert "Send us a copy of <your> certificate." in mail.body("plain")
    assert "Send us a copy of &lt;your&gt; certificate." in mail.body("html")


def test_question_and_refusal_say_what_they_are(asked, staff, smtp):
    ask_back(asked, text="Which one?", by=staff)
    assert newest(smtp, "ana@example.org").message["Subject"] == "A question about your request"

    decline_request(asked, reason="No papers.", by=staff)
    mail = newest(smtp, "ana@example.org")
    assert mail.message["Subject"] == "Your request was declined"
    assert "No papers." in mail.body("plain")


def test_correction_and_answer_are_one_mail(asked, staff, smtp):
    deliver_due_messages()
    approve_with_correction(asked, reason="papers seen", by=staff, answer="Done.", recipient_name="Ana Lindqvist")

    mail = newest(smtp, "ana@example.org")

    assert not Message.objects.filter(kind="corrected").exists()
    assert mail.message["Subject"] == "Your request is done"
    assert "Done." in mail.body("plain")
    assert "Name: Ana Lindqvist\r\n    before: Ana Okafor" in mail.body("plain")
    assert "papers seen" not in mail.body("plain")


def test_what_the_earner_adds_goes_to_the_desk(asked, issuance, staff, smtp):
    deliver_due_messages()
    ask_back(asked, text="Which one?", by=staff)
    write_to_request(asked, text="The first.", by=issuance.earner)

    assert newest(smtp, DESK).message["Subject"] == "Added to a request: Name correction"


def test_nobody_is_told_what_is_over(asked, staff, smtp):
    decline_request(asked, reason="No papers.", by=staff)

    assert arrived(smtp) == {"ana@example.org": "Your request was declined"}
    assert set(Message.objects.filter(state="cancelled").values_list("kind", "last_error")) == {
        ("request_desk", "Somebody answered first."),
        ("request", "The request was decided first."),
    }


def test_organisation_is_not_shown_an_address_it_does_not_use(issuance, staff):
    other = make_user("ana@home.example")
    type(issuance).objects.update(earner=other)
    issuance.refresh_from_db()

    open_request(issuance, Wish(kind=RequestKind.OTHER, text="Hello."), by=other)

    message = Message.objects.get(kind="request")
    assert (message.to_address, message.issuer) == ("ana@home.example", None)
    assert "ana@home.example" not in masked_mail(Message.objects.get(kind="request_desk")).text


def test_mail_says_that_files_wait(asked, staff, smtp):

    answer_request(asked, text="Here it is.", by=staff)
    entry = EarnerRequest.objects.get().entries.last()
    Attachment.objects.create(entry=entry, name="letter.pdf", media_type="application/pdf", size_bytes=1, content=b"x")

    assert "A file comes with it." in newest(smtp, "ana@example.org").body("plain")


def test_nothing_is_sent_about_somebody_who_was_erased(asked, issuance, smtp):
    type(issuance).objects.update(erased_at=clock.now())

    assert arrived(smtp) == {}


def test_each_turn_is_told_once(asked, issuance, staff):
    answer_request(asked, text="One.", by=staff)
    answer_request(asked, text="Two.", by=staff)

    assert Message.objects.filter(kind="request").count() == 3
