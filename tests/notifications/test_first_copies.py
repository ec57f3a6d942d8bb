import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from badges.actions.batches import confirm_batch, draft_batch
from badges.models import BatchRow
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.first_copies import queue_first_copy
from notifications.models import Message, MessageState
from tests.factories import make_issuer, make_staff


@pytest.fixture
def draft(badge, staff):
    rows = [
        BatchRow(line=2, recipient_name="Nobody", recipient_email="nobody", problem="It has no @."),
        BatchRow(line=3, recipient_name="Ana Ito", recipient_email="ana@example.org", issued_on="2026-11-01"),
    ]
    return draft_batch(badge, rows=rows, file_name="mentors.csv", file_sha256="a" * 64, by=staff)


def test_first_copy_goes_to_whoever_asks_and_to_nobody_else(draft, staff, client, smtp):
    client.force_login(staff)

    client.post(reverse("admin:send_first_copy", args=[draft.pk]))
    deliver_due_messages()

    [mail] = smtp.received
    text = mail.message.get_body(("plain",)).get_content()
    assert (mail.recipients, mail.message["Subject"]) == ([staff.email], "First copy: Infection Control Practitioner")
    assert "Ana Ito" in text
    assert draft.issuances.count() == 0


def test_first_copy_of_a_confirmed_batch_is_cancelled(draft, staff, smtp):
    queue_first_copy(draft, by=staff)
    confirm_batch(draft, by=staff)

    deliver_due_messages()

    assert (smtp.received, Message.objects.get().state) == ([], MessageState.CANCELLED)


def test_first_copy_of_others_is_refused(draft):
    with pytest.raises(PermissionDenied):
        queue_first_copy(draft, by=make_staff(make_issuer()))
