"""The mail server's own record, asked before a mail of unknown outcome goes again."""

import os
from datetime import timedelta

import pytest

from badgecert.core import clock
from notifications import journal
from notifications.actions import delivery
from notifications.actions.delivery import deliver_due_messages
from notifications.models import Message
from notifications.transport import Transport
from tests.factories import issue

pytestmark = pytest.mark.django_db


@pytest.fixture
def maildir(tmp_path, settings):
    settings.MAIL_JOURNAL = str(tmp_path)
    for name in ("new", "cur", "tmp"):
        (tmp_path / name).mkdir()
    return tmp_path


class Dies(Transport):
    """A worker that is killed at the dot, before or after."""

    has_sent = True

    def hand_over(self, content):
        if self.has_sent:
            super().hand_over(content)
            super().answer()
        raise SystemExit


class DiesBefore(Dies):
    has_sent = False


def die(monkeypatch, transport):
    with monkeypatch.context() as patch:
        patch.setattr(delivery, "Transport", transport)
        with pytest.raises(SystemExit):
            deliver_due_messages()


def after_the_lease(*, minutes: int = 16):
    return clock.at(clock.now() + timedelta(minutes=minutes))


def test_mail_that_the_journal_knows_does_not_go_again(badge, smtp, maildir, monkeypatch):
    issue(badge, to="ana@example.org")
    die(monkeypatch, Dies)
    kept = maildir / "cur" / "1.host:2,S"
    kept.write_bytes(smtp.received[0].raw)
    taken_at = clock.now() - timedelta(minutes=2)
    os.utime(kept, (taken_at.timestamp(), taken_at.timestamp()))

    with after_the_lease():
        deliver_due_messages()

    message = Message.objects.get()
    assert len(smtp.received) == 1
    assert (message.state, message.sealed_body, message.attempts) == ("sent", None, 1)
    assert abs((message.sent_at - taken_at).total_seconds()) < 1
    assert message.remind_at is not None
    assert message.uncertain_at is not None


def test_mail_that_the_journal_does_not_know_goes_again(badge, smtp, maildir, monkeypatch):
    issue(badge, to="ana@example.org")
    die(monkeypatch, DiesBefore)
    (maildir / "new" / "another").write_bytes(b"Message-ID: <another@example.org>\r\n\r\n")

    with after_the_lease():
        deliver_due_messages()
    with after_the_lease(minutes=18):
        deliver_due_messages()

    assert len(smtp.received) == 1
    assert (Message.objects.get().state, Message.objects.get().attempts) == ("sent", 2)


def test_journal_that_cannot_be_read_keeps_the_mail_back(badge, smtp, settings, monkeypatch):
    issue(badge, to="ana@example.org")
    die(monkeypatch, Dies)
    settings.MAIL_JOURNAL = "/nowhere"

    with after_the_lease():
        deliver_due_messages()

    message = Message.objects.get()
    assert len(smtp.received) == 1
    assert (message.state, message.uncertain_at is not None) == ("uncertain", True)
    assert message.last_error == "It could not be written: MAIL_JOURNAL cannot be read: No such file or directory."


def test_journal_that_can_be_read_again_is_asked(badge, smtp, settings, maildir, monkeypatch):
    issue(badge, to="ana@example.org")
    die(monkeypatch, Dies)
    (maildir / "new" / "ana").write_bytes(smtp.received[0].raw)
    settings.MAIL_JOURNAL = "/nowhere"
    with after_the_lease():
        deliver_due_messages()
    settings.MAIL_JOURNAL = str(maildir)

    with after_the_lease(minutes=30):
        deliver_due_messages()

    assert (Message.objects.get().state, len(smtp.received)) == ("sent", 1)


def test_first_attempt_asks_no_journal(badge, smtp, settings):
    issue(badge, to="ana@example.org")
    settings.MAIL_JOURNAL = "/nowhere"

    deliver_due_messages()

    assert len(smtp.received) == 1


def test_journal_is_read_no_further_back_than_the_mail(maildir):
    (maildir / "new" / "old").write_bytes(b"Message-ID: <a@example.org>\r\n\r\nBody\r\n")

    found = journal.taken_mails({"<a@example.org>"}, since=clock.now() + timedelta(hours=1))

    assert found == {}
