import re

import pytest
from django.urls import reverse

from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message, MessageState
from tests.factories import issue


@pytest.fixture
def message(badge):
    return Message.objects.get(issuance=issue(badge, to="new@example.org"))


def test_message_page_shows_the_mail_without_its_password(client, staff, message, mailoutbox):
    deliver_due_messages()
    client.force_login(staff)

    page = client.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()

    [mail] = mailoutbox
    [password] = {*re.findall(r"\b[2-9a-z]{5}(?:-[2-9a-z]{5}){3}\b", mail.message().as_bytes().decode())}
    assert ("Infection Control Practitioner" in page, "•••••" in page) == (True, True)
    assert password not in page


def test_failed_message_says_why(client, staff, message):
    Message.objects.filter(pk=message.pk).update(state=MessageState.FAILED, last_error="550 No such user", attempts=3)
    client.force_login(staff)

    page = client.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()

    assert ("550 No such user" in page, "Failed" in page) == (True, True)


def test_list_finds_by_address_and_state(client, staff, message):
    client.force_login(staff)
    address = reverse("admin:notifications_message_changelist")

    found = client.get(address, {"q": "new@example.org", "state__exact": "queued"}).context["cl"].result_list
    none = client.get(address, {"state__exact": "failed"}).context["cl"].result_list

    assert (list(found), list(none)) == ([message], [])
