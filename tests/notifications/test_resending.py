"""What staff send once more: the same words, under a new number, to the address of today."""

from datetime import UTC, date, datetime, timedelta

import pytest

from badgecert.core import clock
from badges.actions.issuances import revoke_issuance
from earners.actions.requests import Wish, ask_back, decline_request, open_request
from earners.models import RequestKind
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.expiring import queue_due_expiry_mails
from notifications.actions.resending import NotPossibleError, resend_message
from notifications.models import Message, MessageKind, MessageState
from tests.factories import issue, make_published_badge, make_staff

pytestmark = pytest.mark.django_db

LAST_DAY = date(2027, 6, 15)
NOW = datetime.combine(LAST_DAY - timedelta(days=7), datetime.min.time(), tzinfo=UTC).replace(hour=15)


@pytest.fixture
def by(issuer):
    return make_staff(issuer)


def again(message, by, *, reason="They deleted it"):
    return resend_message(message, reason=reason, by=by)


def message_of(kind):
    return Message.objects.filter(kind=kind).latest("created_at")


@pytest.fixture
def digest(issuer):
    for _number in range(2):
        issue(make_published_badge(issuer), to="ana@example.org", expires_on=LAST_DAY)
    with clock.at(NOW):
        queue_due_expiry_mails(NOW)
    return message_of(MessageKind.EXPIRING)


def test_mail_about_badges_that_expire_tells_all_of_them_again(digest, by, smtp):
    with clock.at(NOW):
        deliver_due_messages()
        new = again(digest, by)
        deliver_due_messages()

    first, second = [mail for mail in smtp.to("ana@example.org") if "expire" in mail.message["Subject"]]
    assert (new.sequence, new.details, new.facts.count()) == (2, digest.details, 2)
    assert first.message["Message-ID"] != second.message["Message-ID"]
    assert first.body("plain") == second.body("plain")


def test_mail_about_badges_that_expire_no_more_is_not_sent_again(digest, by, smtp):
    with clock.at(NOW):
        deliver_due_messages()
        for fact in digest.facts.select_related("issuance"):
            revoke_issuance(fact.issuance, reason="Issued in error.", by=by)

        with pytest.raises(NotPossibleError, match="None of the badges expires then any more"):
            again(digest, by)


def test_mail_about_badges_that_expire_waits_for_the_first_one(digest, by):
    with clock.at(NOW), pytest.raises(NotPossibleError, match="still waiting to leave"):
        again(digest, by)


@pytest.fixture
def asked(issuance):
    return open_request(
        issuance, Wish(kind=RequestKind.NAME, text="I married.", wanted_name="Ana Lindqvist"), by=issuance.earner
    )


def test_mail_to_the_desk_about_a_request_goes_to_todays_contact(asked, issuer, by, smtp):
    deliver_due_messages()
    message = message_of(MessageKind.REQUEST_DESK)
    issuer.contacts = {"name": "names@northgate.example"}
    issuer.save()

    new = again(message, by)
    deliver_due_messages()

    assert (new.to_address, new.details) == ("names@northgate.example", message.details)
    assert len(smtp.to("names@northgate.example")) == 1


def test_mail_to_the_desk_about_an_answered_request_is_not_sent_again(asked, by, smtp):
    deliver_due_messages()
    message = message_of(MessageKind.REQUEST_DESK)
    decline_request(asked, reason="We need a document.", by=by)

    with pytest.raises(NotPossibleError, match="Somebody answered first"):
        again(message, by)


def test_mail_about_a_request_tells_the_earner_the_same_entry_again(asked, by, smtp):
    ask_back(asked, text="Which name?", by=by)
    deliver_due_messages()
    message = message_of(MessageKind.REQUEST)

    new = again(message, by)
    deliver_due_messages()

    first, second = smtp.to(message.to_address)[-2:]
    assert (new.to_address, new.details) == (message.to_address, message.details)
    assert first.body("plain") == second.body("plain")


def test_reminder_is_not_sent_again(issuance, by):
    reminder = Message.objects.get(issuance=issuance)
    Message.objects.update(kind=MessageKind.REMINDER, state=MessageState.CANCELLED)

    with pytest.raises(NotPossibleError, match="of this kind"):
        again(reminder, by)


def test_erased_address_gets_nothing_again(digest, by):
    Message.objects.update(to_address="", details={}, state=MessageState.CANCELLED)

    with pytest.raises(NotPossibleError, match="data was erased"):
        again(digest, by)
