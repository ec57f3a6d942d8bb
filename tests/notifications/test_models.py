import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import IntegrityError, transaction

from badgecert.core import clock
from notifications.actions.outbox import new_message, owe, queue_password_mail
from notifications.models import Message, MessageFact, Preference
from tests.factories import issue, make_issuer, make_published_badge, make_user

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"issuance": None}, "message_about_an_issuance_names_it"),
        ({"issuer": None}, "message_about_an_issuance_names_it"),
        ({"kind": "password", "user": None}, "message_about_an_account_names_it"),
        ({"remind_at": "2026-01-01T09:00Z"}, "only_sent_issuance_mails_have_reminders"),
        ({"state": "sent"}, "message_sent_keeps_no_body"),
        ({"state": "sent", "sent_at": "2026-01-01T09:00Z", "sealed_body": b"x"}, "message_sent_keeps_no_body"),
        ({"state": "sending", "lease_until": "2026-01-01T09:00Z"}, "message_being_sent_has_a_lease"),
        ({"state": "sending", "sealed_body": b"x"}, "message_being_sent_has_a_lease"),
    ],
)
def test_message_that_cannot_be_is_refused_by_the_database(issuance, change, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Message.objects.update(**change)


def test_message_due_leaves_out_what_another_worker_is_sending(issuance):
    now = clock.now()
    message = Message.objects.get()
    Message.objects.update(state="sending", sealed_body=b"x", lease_until=now)

    assert list(Message.objects.due(message.next_at)) == []
    assert list(Message.objects.due(now)) == list(Message.objects.lost(now)) == [message]


@pytest.mark.parametrize("state", ["failed", "cancelled"])
def test_message_that_is_over_is_not_due(issuance, state):
    Message.objects.update(state=state)

    assert not Message.objects.due(clock.now()).exists()


def test_staff_manage_the_mail_of_their_own_organisation(issuance, staff, stranger):
    issue(make_published_badge(make_issuer()))
    own = Message.objects.get(issuance=issuance)

    assert list(Message.objects.managed_by(staff)) == [own]
    assert list(Message.objects.managed_by(stranger)) == []


def test_operator_sees_also_the_mail_of_the_site_itself(issuance, earner):
    operator = make_user(is_superuser=True)
    queue_password_mail(earner, address="ana@example.org")

    assert sorted(Message.objects.managed_by(operator).values_list("kind", flat=True)) == ["issuance", "password"]
    assert not Message.objects.managed_by(AnonymousUser()).exists()


def test_rows_say_what_they_are(issuance, earner, issuer):
    assert str(Message.objects.get()) == "Badge issued, ana@example.org"
    assert str(MessageFact.objects.get()) == f"issuance:{issuance.pk}"
    assert str(Preference(user=earner, issuer=issuer)) == f"ana@example.org, {issuer.name}"


def test_fact_that_is_told_already_is_refused(earner):
    message = new_message("password", to_address=earner.email, user=earner)
    owe({"the fact": message})

    with pytest.raises(IntegrityError), transaction.atomic():
        owe({"the fact": new_message("password", to_address=earner.email, user=earner)})

    assert list(Message.objects.all()) == [message]
