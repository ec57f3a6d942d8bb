"""The desk's list of every message, and what staff do about those that did not arrive."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.issuances import revoke_issuance
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Bounce, BounceKind, Message, MessageState, Resend
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user

LIST = reverse("admin:notifications_message_changelist")


def url(name: str, message: Message) -> str:
    return reverse(f"admin:{name}", args=[message.pk])


def shown(client, **filters) -> list[Message]:
    return list(client.get(LIST, filters).context["cl"].result_list)


def failed(message: Message, **fields: object) -> Message:
    Message.objects.filter(pk=message.pk).update(
        **{"state": MessageState.FAILED, "last_error": "550 No such user", "attempts": 3, **fields}
    )
    message.refresh_from_db()
    return message


@pytest.fixture
def message(badge):
    return Message.objects.get(issuance=issue(badge, to="new@example.org"))


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


# --- the list ------------------------------------------------------------------------------------


def test_list_finds_by_address_and_state(desk, message):
    assert shown(desk, q="new@example.org", state="waiting") == [message]
    assert shown(desk, state="failed") == []


def test_list_finds_by_kind_badge_and_batch(desk, message, badge, issuer):
    other = Message.objects.get(issuance=issue(make_published_badge(issuer), to="new@example.org"))

    assert shown(desk, badge=str(badge.pk)) == [message]
    assert shown(desk, badge=str(other.issuance.badge_id), kind="issuance") == [other]
    assert shown(desk, kind="reminder") == []
    assert shown(desk, batch="00000000-0000-0000-0000-000000000000") == []
    assert shown(desk, batch="x") == []


def test_list_shows_what_came_back_as_bounced(desk, message, mailoutbox):
    deliver_due_messages()
    record_bounce(message, kind=BounceKind.HARD, detail="550 5.1.1 No such mailbox")

    assert shown(desk, state="bounced") == shown(desk, state="attention") == [message]
    assert "Bounced" in desk.get(LIST).content.decode()


def test_list_counts_what_is_not_sent(desk, badge, message):
    failed(message)
    issue(badge)
    issue(badge)

    figures = {words: number for words, number, _url, _here in desk.get(LIST).context["figures"]}

    assert figures == {"Needs you": 1, "Waiting": 2, "Failed": 1}


def test_list_costs_the_same_for_many(desk, badge, django_assert_max_num_queries):
    for _number in range(2):
        issue(badge)
    with django_assert_max_num_queries(40) as few:
        desk.get(LIST)
    for _number in range(10):
        issue(badge)
    with django_assert_max_num_queries(len(few)):
        desk.get(LIST)


def test_another_organisation_sees_none_of_it(client, message):
    failed(message)
    client.force_login(make_staff(make_issuer(), role="owner"))

    assert shown(client) == []
    assert [
        client.get(url("notifications_message_change", message)).status_code,
        client.get(url("resend_message", message)).status_code,
        *(
            client.post(url(name, message)).status_code
            for name in ("retry_message", "resend_message", "set_message_aside")
        ),
    ] == [404] * 5
    client.post(reverse("admin:retry_failed_messages"))
    message.refresh_from_db()
    assert (message.state, Message.objects.count()) == (MessageState.FAILED, 1)


# --- one message ---------------------------------------------------------------------------------


def test_message_page_shows_the_mail_without_its_password(desk, message, mailoutbox):
    deliver_due_messages()

    page = desk.get(url("notifications_message_change", message)).content.decode()

    [mail] = mailoutbox
    [password] = {*re.findall(r"\b[2-9a-z]{5}(?:-[2-9a-z]{5}){3}\b", mail.message().as_bytes().decode())}
    assert ("Infection Control Practitioner" in page, "•••••" in page) == (True, True)
    assert password not in page


def test_failed_message_says_why(desk, message):
    page = desk.get(url("notifications_message_change", failed(message))).content.decode()

    assert ("550 No such user" in page, "Correct the address" in page) == (True, True)


def test_page_of_an_erased_message_says_so(desk, message):
    Message.objects.update(to_address="", subject="", state=MessageState.CANCELLED)
    message.issuance.erased_at = clock.now()
    message.issuance.save()

    response = desk.get(url("notifications_message_change", message))

    assert response.status_code == 200
    assert "data was erased" in response.content.decode()


@pytest.mark.parametrize("role", ["viewer", "designer"])
def test_viewer_looks_and_does_nothing(client, issuer, message, role):
    client.force_login(make_staff(issuer, role=role))
    failed(message)

    page = client.get(url("notifications_message_change", message)).content.decode()
    answers = [
        client.post(url(name, message), {"reason": "Please"}).status_code
        for name in ("retry_message", "resend_message", "set_message_aside")
    ]

    assert ("Try again now" in page, "Send it again" in page, "Set aside" in page) == (False, False, False)
    assert answers == [403, 403, 403]
    assert Message.objects.get().state == MessageState.FAILED


# --- trying again --------------------------------------------------------------------------------


def test_failed_message_is_tried_again_under_its_number(desk, message, staff, mailoutbox):
    failed(message)

    desk.post(url("retry_message", message))
    deliver_due_messages()

    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (MessageState.SENT, 1, "")
    [mail] = mailoutbox
    assert f"Message-ID: {message.message_id}" in mail.message().as_bytes().decode()
    assert AuditEvent.objects.get(object_id=message.pk).by == staff


def test_waiting_message_is_tried_now(desk, message, mailoutbox):
    now = clock.now()
    Message.objects.update(attempts=2, turn_at=now, next_at=now + timedelta(hours=4))

    desk.post(url("retry_message", message))
    deliver_due_messages()

    assert len(mailoutbox) == 1


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"uncertain_at": "now"}, "It may have arrived"),
        ({"to_address": "old@example.org"}, "address has changed"),
        ({"state": MessageState.CANCELLED}, "nothing to try again"),
    ],
)
def test_message_that_cannot_go_as_it_is_stays(desk, message, change, says):
    failed(message, **{name: clock.now() if value == "now" else value for name, value in change.items()})
    state = message.state

    page = desk.post(url("retry_message", message), follow=True).content.decode()

    message.refresh_from_db()
    assert (says in page, message.state) == (True, state)


def test_failed_ones_are_tried_again_together_after_a_look_at_their_number(desk, badge, issuer, mailoutbox):
    other_badge = make_published_badge(issuer)
    mine = [failed(Message.objects.get(issuance=issue(badge))) for _number in range(3)]
    elsewhere = failed(Message.objects.get(issuance=issue(other_badge)))
    moved = failed(Message.objects.get(issuance=issue(badge)), to_address="old@example.org")
    address = f"{reverse('admin:retry_failed_messages')}?badge={badge.pk}"

    page = desk.get(address)
    untouched = set(Message.objects.values_list("state", flat=True))
    desk.post(address)

    assert (page.context["count"], page.context["others"], untouched) == (3, 1, {MessageState.FAILED})
    states = dict(Message.objects.values_list("pk", "state"))
    assert [states[message.pk] for message in (*mine, elsewhere, moved)] == ["queued"] * 3 + ["failed"] * 2
    deliver_due_messages()
    assert len(mailoutbox) == 3


# --- sending again -------------------------------------------------------------------------------


def test_resend_is_a_new_mail_with_a_new_password_and_a_reason(desk, message, staff, mailoutbox):
    deliver_due_messages()

    desk.post(url("resend_message", message), {"reason": "They deleted it"})
    deliver_due_messages()

    new = Message.objects.exclude(pk=message.pk).get()
    first, second = [mail.message().as_bytes().decode() for mail in mailoutbox]
    passwords = [set(re.findall(r"\b[2-9a-z]{5}(?:-[2-9a-z]{5}){3}\b", mail)) for mail in (first, second)]
    event = AuditEvent.objects.get(verb="mail sent again")
    assert (new.sequence, new.state, new.to_address) == (2, MessageState.SENT, "new@example.org")
    assert new.message_id != message.message_id
    assert [len(found) for found in passwords] == [1, 1]
    assert passwords[0] != passwords[1]
    assert (event.object_id, event.by, event.reason) == (new.pk, staff, "They deleted it")
    assert Resend.objects.get().original == message


def test_resend_asks_for_a_reason(desk, message):
    Message.objects.update(state=MessageState.CANCELLED)

    page = desk.post(url("resend_message", message), {"reason": " "}).content.decode()

    assert ("Write why" in page, Message.objects.count()) == (True, 1)


def test_pages_of_both_mails_lead_to_each_other(desk, message, mailoutbox):
    deliver_due_messages()
    desk.post(url("resend_message", message), {"reason": "They deleted it"})
    new = Message.objects.exclude(pk=message.pk).get()

    old_page = desk.get(url("notifications_message_change", message)).content.decode()
    new_page = desk.get(url("notifications_message_change", new)).content.decode()

    assert url("notifications_message_change", new) in old_page
    assert url("notifications_message_change", message) in new_page


def test_what_still_waits_is_not_sent_twice(desk, message):
    page = desk.post(url("resend_message", message), {"reason": "Hurry"}, follow=True).content.decode()

    assert ("still waiting to leave" in page, Message.objects.count()) == (True, 1)


def test_mail_about_a_revoked_badge_is_not_sent_again(desk, message, staff, mailoutbox):
    deliver_due_messages()
    revoke_issuance(message.issuance, reason="issued in error", by=staff)
    already = Message.objects.count()

    page = desk.post(url("resend_message", message), {"reason": "They asked"}, follow=True).content.decode()

    assert ("revoked" in page, Message.objects.count()) == (True, already)


def test_resend_goes_to_the_address_of_today_and_settles_the_bounce(desk, message, mailoutbox):
    deliver_due_messages()
    record_bounce(message, kind=BounceKind.HARD)
    message.issuance.recipient_email = message.issuance.recipient_key = "right@example.org"
    message.issuance.save()

    desk.post(url("resend_message", message), {"reason": "Wrong address"})
    deliver_due_messages()

    assert [mail.to for mail in mailoutbox] == [["new@example.org"], ["right@example.org"]]
    assert Bounce.objects.get().settled_at is not None
    assert shown(desk, state="attention") == []


# --- setting aside -------------------------------------------------------------------------------


def test_failed_message_that_is_set_aside_waits_for_nobody(desk, message, staff):
    failed(message)
    before = shown(desk, state="attention")

    desk.post(url("set_message_aside", message))

    message.refresh_from_db()
    assert (before, shown(desk, state="attention"), message.state) == ([message], [], MessageState.CANCELLED)
    assert message.last_error == "550 No such user"
    assert AuditEvent.objects.get(object_id=message.pk).by == staff


def test_bounce_that_is_set_aside_waits_for_nobody(desk, message, mailoutbox):
    deliver_due_messages()
    record_bounce(message, kind=BounceKind.HARD)

    desk.post(url("set_message_aside", message))

    assert shown(desk, state="attention") == []
    assert shown(desk, state="bounced") == [message]


def test_nothing_to_set_aside_is_said(desk, message):
    page = desk.post(url("set_message_aside", message), follow=True).content.decode()

    assert "Nothing about this mail needs anybody" in page


# --- the start page ------------------------------------------------------------------------------


def test_start_page_says_what_did_not_arrive(desk, badge, message, mailoutbox):
    deliver_due_messages()
    record_bounce(message, kind=BounceKind.HARD)
    failed(Message.objects.get(issuance=issue(badge)))

    waiting = {one.words: one.number for one in desk.get(reverse("admin:index")).context["waiting"]}

    assert (waiting["Mails could not be delivered"], waiting["Mails came back"]) == (1, 1)


def test_operator_sees_the_sites_own_mail(client, message):
    person = make_user()
    own = Message.objects.create(kind="password", to_address=person.email, user=person, message_id="<1@example.org>")
    client.force_login(make_user(is_superuser=True, is_staff=True))

    assert shown(client, kind="password") == [own]
