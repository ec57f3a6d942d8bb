import pytest

from notifications.actions import deliver_due_messages
from notifications.models import Message
from tests.factories import issue

pytestmark = pytest.mark.django_db


def test_issuance_mail_reaches_the_earner_once(badge, smtp):
    issue(badge, to="ana@example.org")

    deliver_due_messages()
    deliver_due_messages()

    [received] = smtp.to("ana@example.org")
    [message] = Message.objects.all()
    assert received.message["Message-ID"] == message.message_id
    assert (message.state, message.attempts, message.sealed_body, message.last_error) == ("sent", 1, None, "")
