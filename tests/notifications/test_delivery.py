import threading
import time
from datetime import timedelta

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from django.db import OperationalError, connection

from badgecert.accounts.models import TemporaryPassword
from badgecert.celery import app
from badgecert.core import clock
from badges.actions.issuances import decline_issuance, revoke_issuance
from notifications import tasks
from notifications.actions import delivery, taking
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outbox import new_message
from notifications.models import Message
from notifications.tasks import deliver_due_messages_task
from notifications.transport import Transport
from tests.factories import issue
from tests.smtp import MailServer

pytestmark = pytest.mark.django_db


def send(transport, content):
    transport.begin(sender="a@example.org", to="b@example.org")
    transport.hand_over(content)
    transport.answer()


def later(**length: float):
    return clock.at(clock.now() + timedelta(**length))


def test_deliver_due_messages_sends_each_once(badge, smtp):
    issue(badge, to="ana@example.org")

    deliver_due_messages()
    deliver_due_messages()

    [received] = smtp.received
    [message] = Message.objects.all()
    assert (received.sender, received.recipients) == ("badges@testserver", ["ana@example.org"])
    assert received.message["Message-ID"] == message.message_id == f"<{message.pk}@testserver>"
    assert (message.state, message.attempts, message.last_error) == ("sent", 1, "")


@pytest.mark.slow
def test_worker_sends_what_was_issued(worker, badge, smtp):
    issue(badge, to="ana@example.org")

    deadline = time.monotonic() + 30
    while not smtp.received and time.monotonic() < deadline:
        time.sleep(0.05)

    assert [received.recipients for received in smtp.received] == [["ana@example.org"]], worker.output()


def test_mail_server_that_is_down_loses_no_mail(badge, smtp):
    issue(badge, to="ana@example.org")
    smtp.stop()
    deliver_due_messages()
    waiting = Message.objects.get()
    smtp.start()

    deliver_due_messages()
    with later(minutes=1):
        deliver_due_messages()

    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.last_error == "The mail server cannot be reached: Connection refused."
    assert len(smtp.to("ana@example.org")) == 1
    assert (Message.objects.get().state, Message.objects.get().attempts) == ("sent", 2)


def test_mail_server_that_is_down_costs_one_message_its_attempt(badge, smtp):
    for _number in range(3):
        issue(badge)
    smtp.stop()

    deliver_due_messages()

    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 1]


def test_refused_recipient_fails_with_the_reason(badge, smtp):
    issue(badge, to="nobody@example.org")
    smtp.mode = "refuse"

    deliver_due_messages()

    message = Message.objects.get()
    assert (message.state, message.sealed_body) == ("failed", None)
    assert message.last_error == "The mail server refused it: 550 5.1.1 No such mailbox"


def test_refused_recipient_does_not_hold_up_the_next_mail(badge, smtp):
    class RefusesNobody(MailServer):
        async def handle_RCPT(self, server, session, envelope, address, rcpt_options):  # noqa: N802
            self.mode = "refuse" if address.startswith("nobody") else "accept"
            return await super().handle_RCPT(server, session, envelope, address, rcpt_options)

    issue(badge, to="nobody@example.org")
    issue(badge, to="ana@example.org")
    smtp.stop()
    server = RefusesNobody()
    server.port = smtp.port
    server.start()

    deliver_due_messages()
    server.stop()

    assert [received.recipients for received in server.received] == [["ana@example.org"]]


def test_put_off_mail_is_tried_at_growing_intervals_and_given_up(badge, smtp):
    issue(badge)
    smtp.mode = "tempfail"
    waits = []

    start = clock.now()
    message = Message.objects.get()
    while message.state == "queued":
        with clock.at(message.next_at):
            deliver_due_messages()
        waits.append((Message.objects.get().next_at - message.next_at).total_seconds() / 60)
        message = Message.objects.get()

    assert waits[:6] == [1, 5, 15, 60, 240, 240]
    assert (message.state, message.sealed_body, smtp.received) == ("failed", None, [])
    assert message.last_error == "The mail server asks to try later: 451 4.3.0 Try again later"
    assert timedelta(hours=72) < message.next_at - start < timedelta(hours=77)


class DiesAfterSending(Transport):
    """A worker that is killed when the mail server has the mail and nobody has noted it."""

    def answer(self):
        super().answer()
        raise SystemExit


def test_killed_worker_repeats_the_same_mail_when_its_lease_is_over(badge, smtp, monkeypatch):
    issue(badge, to="ana@example.org")
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "Transport", DiesAfterSending)
        with pytest.raises(SystemExit):
            deliver_due_messages()

    deliver_due_messages()
    copies_within_the_lease = len(smtp.received)
    with later(minutes=15, seconds=1):
        deliver_due_messages()
        put_off = Message.objects.get()
    with later(minutes=16, seconds=2):
        deliver_due_messages()

    first, second = smtp.received
    message = Message.objects.get()
    assert copies_within_the_lease == 1
    assert (put_off.state, put_off.last_error) == ("uncertain", "The worker that was sending it fell silent.")
    assert first.raw == second.raw
    assert (message.state, message.attempts, message.uncertain_at is not None) == ("sent", 2, True)
    assert TemporaryPassword.objects.count() == 1


def test_connection_lost_after_the_mail_is_repeated_with_the_same_bytes(badge, smtp):
    class HangsUp(MailServer):
        async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
            answer = await super().handle_DATA(server, session, envelope)
            if len(self.received) == 1:
                server.transport.abort()
            return answer

    issue(badge, to="ana@example.org")
    smtp.stop()
    server = HangsUp()
    server.port = smtp.port
    server.start()

    deliver_due_messages()
    uncertain = Message.objects.get()
    with later(minutes=1):
        deliver_due_messages()
    server.stop()

    first, second = server.received
    assert uncertain.state == "uncertain"
    assert uncertain.last_error.startswith("No answer after the mail was handed over")
    assert first.raw == second.raw
    assert Message.objects.get().state == "sent"


def test_late_worker_does_not_overwrite_what_the_next_one_did(badge, smtp, monkeypatch):
    class FallsAsleep(Transport):
        def hand_over(self, content):
            monkeypatch.undo()
            with later(minutes=16):
                deliver_due_messages()
            with later(minutes=18):
                deliver_due_messages()
            super().hand_over(content)

    issue(badge, to="ana@example.org")
    monkeypatch.setattr(delivery, "Transport", FallsAsleep)

    deliver_due_messages()

    message = Message.objects.get()
    assert (message.state, message.attempts) == ("sent", 2)
    assert message.sent_at > clock.now() + timedelta(minutes=15)


@pytest.mark.django_db(transaction=True)
def test_two_drains_at_once_send_nothing_twice(badge, smtp):
    addresses = sorted(f"earner{number:02}@example.net" for number in range(20))
    for address in addresses:
        issue(badge, to=address)

    def drain():
        deliver_due_messages()
        connection.close()

    drains = [threading.Thread(target=drain) for _number in range(2)]
    for each in drains:
        each.start()
    for each in drains:
        each.join()

    assert sorted(recipient for received in smtp.received for recipient in received.recipients) == addresses


def test_drain_stops_at_its_limit_and_says_that_more_is_left(badge, smtp):
    for _number in range(3):
        issue(badge)

    more = deliver_due_messages(limit=2)

    assert (more, len(smtp.received)) == (True, 2)
    assert deliver_due_messages(limit=2) is False


def test_drain_without_time_leaves_everything_for_the_next(badge, smtp):
    issue(badge)

    more = deliver_due_messages(seconds=-1)

    assert (more, smtp.received) == (True, [])


def test_idle_connection_that_the_server_closed_is_opened_again(smtp):
    with Transport() as transport:
        send(transport, b"Subject: one\r\n\r\n")
        smtp.stop()
        smtp.start()

        send(transport, b"Subject: two\r\n\r\n")

    assert [received.message["Subject"] for received in smtp.received] == ["one", "two"]


def test_message_that_cannot_be_written_does_not_hold_up_others(badge, smtp):
    broken = new_message("older kind", to_address="nobody@example.org")
    broken.save()
    issue(badge, to="ana@example.org")

    deliver_due_messages()

    broken.refresh_from_db()
    assert len(smtp.to("ana@example.org")) == 1
    assert (broken.state, broken.attempts) == ("queued", 1)
    assert broken.last_error == "It could not be written: KeyError"


def test_message_that_another_worker_has_sent_meanwhile_is_not_put_off(issuance, smtp):
    deliver_due_messages()

    taking.put_off_unwritten(Message.objects.get().pk, error=ValueError())

    assert (Message.objects.get().state, Message.objects.get().last_error) == ("sent", "")


def test_lost_database_ends_the_drain(issuance, smtp):
    def lost(*args):
        raise OperationalError

    with connection.execute_wrapper(lost), pytest.raises(OperationalError):
        deliver_due_messages()

    assert smtp.received == []


def test_lost_sealing_key_keeps_the_mail_and_says_what_to_do(badge, smtp, settings):
    issue(badge)
    keys = settings.SEALING_KEYS
    settings.SEALING_KEYS = []
    deliver_due_messages()
    waiting = Message.objects.get()
    settings.SEALING_KEYS = keys

    with later(minutes=1):
        deliver_due_messages()

    assert waiting.last_error.startswith("It could not be written: SEALING_KEYS is not set")
    assert (len(smtp.received), TemporaryPassword.objects.count()) == (1, 1)


def test_body_is_sealed_before_sending_and_gone_afterwards(badge, smtp):
    issue(badge, to="ana@example.org")
    smtp.mode = "tempfail"
    deliver_due_messages()
    sealed = bytes(Message.objects.get().sealed_body)
    smtp.mode = "accept"

    with later(minutes=1):
        deliver_due_messages()

    password = smtp.received[0].body("plain").partition("Temporary password:")[2].split()[0]
    assert len(password) == 23
    assert sealed.startswith(b"gAAAA")
    stored = repr([*Message.objects.values(), *TemporaryPassword.objects.values()])
    assert password not in stored
    assert password.replace("-", "") not in stored
    assert Message.objects.get().sealed_body is None


def test_task_carries_no_argument(badge, smtp):
    issue(badge)

    deliver_due_messages_task()

    assert deliver_due_messages_task.run.__code__.co_argcount == 0
    assert len(smtp.received) == 1


def test_task_rings_for_the_next_worker_when_more_is_left(monkeypatch):
    app.control.purge()
    monkeypatch.setattr(tasks, "deliver_due_messages", lambda: True)

    deliver_due_messages_task()

    assert app.control.purge() == 1


def test_revoked_badge_is_not_announced(issuance, badge, staff, smtp):
    revoke_issuance(issuance, reason="Issued in error.", by=staff)

    deliver_due_messages()

    message = Message.objects.get()
    assert (message.state, message.last_error) == ("cancelled", "The badge was revoked first.")
    assert smtp.received == []


def test_declined_badge_is_not_announced(issuance, earner, smtp):
    decline_issuance(issuance, by=earner)

    deliver_due_messages()

    message = Message.objects.get()
    assert (message.state, message.last_error) == ("cancelled", "The earner declined the badge.")
    assert smtp.received == []
