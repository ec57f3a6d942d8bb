"""What mail providers tell us afterwards, as they post it: two of them, one that signs and one that does not."""

import hashlib
import hmac
import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from badgecert.core import clock
from badges.actions.addresses import change_recipient_address
from issuers.models import Issuer
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outbox import new_message, owe
from notifications.actions.reminders import queue_due_reminders
from notifications.models import Bounce, BounceKind, Message, MessageKind, MessageState
from tests.factories import issue, make_issuer, make_published_badge, make_staff

SECRET = "mailer:a long word"
SIGNING_KEY = "another long word"
HAPPENED_AT = 1795327200  # 22 November 2026, 06:00 UTC


@pytest.fixture
def mailgun(message, settings):
    settings.EMAIL_BACKEND = "anymail.backends.mailgun.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "MAILGUN_WEBHOOK_SIGNING_KEY": SIGNING_KEY, "MAILGUN_API_KEY": "key"}


@pytest.fixture
def postmark(message, settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET, "POSTMARK_SERVER_TOKEN": "token"}


@pytest.fixture
def message(issuance, mailoutbox):
    """A mail that has left."""
    deliver_due_messages()
    return Message.objects.get()


def post(client, provider: str, body: object, *, secret: str = SECRET, **headers: str):
    given = b64encode(secret.encode()).decode()
    return client.post(
        f"/anymail/{provider}/tracking/",
        body if isinstance(body, str) else json.dumps(body),
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Basic {given}",
        **headers,
    )


def mailgun_event(message: Message, event: str = "failed", *, key: str = SIGNING_KEY, **data: object) -> dict:
    timestamp, token = str(HAPPENED_AT), "0123456789abcdef"
    signature = hmac.new(key.encode(), f"{timestamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {
        "signature": {"timestamp": timestamp, "token": token, "signature": signature},
        "event-data": {
            "event": event,
            "severity": "permanent",
            "reason": "bounce",
            "timestamp": HAPPENED_AT,
            "recipient": message.to_address,
            "message": {"headers": {"message-id": message.message_id.strip("<>"), "to": message.to_address}},
            "delivery-status": {"code": 550, "message": "550 5.1.1 No such mailbox"},
            **data,
        },
    }


def postmark_event(message: Message, kind: str = "HardBounce", **fields: object) -> dict:
    return {
        "RecordType": "Bounce",
        "Type": kind,
        "ID": 692560173,
        "MessageID": "2b0a9c9e-5b4e-4d1b-9b7e-5c1f1c0a0b0c",
        "Metadata": {"message": message.message_id.strip("<>")},
        "Email": message.to_address,
        "BouncedAt": "2026-11-22T06:00:00Z",
        "Details": "smtp;550 5.1.1 No such mailbox",
        **fields,
    }


def nothing_changed() -> bool:
    return not Bounce.objects.exists() and set(Message.objects.values_list("state", flat=True)) == {MessageState.SENT}


# --- what is heard -------------------------------------------------------------------------------


@pytest.mark.usefixtures("mailgun")
def test_signed_bounce_is_noted_with_what_their_server_said(client, message):
    answer = post(client, "mailgun", mailgun_event(message))

    bounce = Bounce.objects.get()
    assert (answer.status_code, answer.content) == (200, b"")
    assert (bounce.message, bounce.issuer, bounce.kind) == (message, message.issuer, BounceKind.HARD)
    assert (bounce.address_key, bounce.detail) == (message.to_address, "550 5.1.1 No such mailbox")
    assert bounce.happened_at == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("event", "data", "kind"),
    [
        ("failed", {"severity": "temporary"}, BounceKind.SOFT),
        ("failed", {"delivery-status": {"message": "452 4.2.2 Mailbox full"}}, BounceKind.SOFT),
        ("failed", {"reason": "suppress-bounce", "delivery-status": {}}, BounceKind.HARD),
        ("rejected", {"reject": {"reason": "Bad sender"}}, BounceKind.HARD),
        ("complained", {}, BounceKind.COMPLAINT),
        ("unsubscribed", {}, BounceKind.COMPLAINT),
        ("delivered", {}, None),
        ("opened", {}, None),
    ],
)
@pytest.mark.usefixtures("mailgun")
def test_mailgun_events_mean_what_they_say(client, message, event, data, kind):
    answer = post(client, "mailgun", mailgun_event(message, event, **data))

    assert (answer.status_code, list(Bounce.objects.values_list("kind", flat=True))) == (200, [kind] if kind else [])


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("HardBounce", BounceKind.HARD),
        ("BadEmailAddress", BounceKind.HARD),
        ("SoftBounce", BounceKind.SOFT),
        ("Transient", BounceKind.SOFT),
        ("SpamNotification", BounceKind.COMPLAINT),
    ],
)
@pytest.mark.usefixtures("postmark")
def test_postmark_bounces_mean_what_they_say(client, message, kind, expected):
    answer = post(client, "postmark", postmark_event(message, kind))

    assert (answer.status_code, Bounce.objects.get().kind) == (200, expected)


@pytest.mark.usefixtures("postmark")
def test_mail_is_known_again_by_the_providers_own_name_for_it(client, message):
    Message.objects.update(provider_id="abc-1")

    post(client, "postmark", postmark_event(message, Metadata={}, MessageID="abc-1"))

    assert Bounce.objects.get().message == message


@pytest.mark.usefixtures("postmark")
def test_address_is_known_again_in_the_other_spelling_of_its_domain(client, badge):
    message = Message.objects.get(issuance=issue(badge, to="jo@xn--bcher-kva.example"))

    post(client, "postmark", postmark_event(message, Email="Jo@bücher.example"))

    assert Bounce.objects.get().message == message


# --- what changes nothing ------------------------------------------------------------------------


@pytest.mark.usefixtures("mailgun")
def test_telling_it_twice_changes_nothing(client, message):
    post(client, "mailgun", mailgun_event(message))
    first = Bounce.objects.get()
    first.settled_at = clock.now()
    first.save()

    answer = post(client, "mailgun", mailgun_event(message))

    assert (answer.status_code, Bounce.objects.get().settled_at) == (200, first.settled_at)


@pytest.mark.usefixtures("mailgun")
def test_wrong_signature_changes_nothing(client, message):
    answer = post(client, "mailgun", mailgun_event(message, key="guessed"))

    assert (answer.status_code, nothing_changed()) == (400, True)


@pytest.mark.parametrize("secret", ["mailer:guessed", ""])
@pytest.mark.usefixtures("postmark")
def test_wrong_secret_changes_nothing(client, message, secret):
    answer = post(client, "postmark", postmark_event(message), secret=secret)

    assert (answer.status_code, nothing_changed()) == (400, True)


@pytest.mark.usefixtures("postmark")
def test_mail_of_somebody_else_changes_nothing(client, message):
    unknown = postmark_event(message, Metadata={"message": "01a201eb-0000-7000-8000-000000000000@example.org"})
    copy = postmark_event(message, Email="archive@example.org")

    answers = [post(client, "postmark", unknown).status_code, post(client, "postmark", copy).status_code]

    assert (answers, nothing_changed()) == ([200, 200], True)


@pytest.mark.parametrize("body", ["", "{", "[]", "1", '{"RecordType": []}', '{"RecordType": "Inbound"}', '"\\ud800"'])
@pytest.mark.usefixtures("postmark")
def test_nonsense_is_refused_without_an_error_page(client, message, body):
    answer = post(client, "postmark", body)

    assert (answer.status_code in {200, 400}, nothing_changed()) == (True, True)


@pytest.mark.usefixtures("postmark")
def test_other_providers_and_reading_are_shut(client, message):
    answers = [
        post(client, "mailgun", mailgun_event(message)).status_code,
        post(client, "nobody", postmark_event(message)).status_code,
        client.get("/anymail/postmark/tracking/").status_code,
        client.post("/anymail/postmark/inbound/").status_code,
    ]

    assert (answers, nothing_changed()) == ([404, 404, 405, 404], True)


def test_without_a_secret_nobody_is_heard(client, message, settings):
    settings.EMAIL_BACKEND = "anymail.backends.postmark.EmailBackend"
    settings.ANYMAIL = {"WEBHOOK_SECRET": ""}

    assert (post(client, "postmark", postmark_event(message)).status_code, nothing_changed()) == (404, True)


def test_without_a_provider_nobody_is_heard(client, message, settings):
    settings.ANYMAIL = {"WEBHOOK_SECRET": SECRET}

    assert (post(client, "postmark", postmark_event(message)).status_code, nothing_changed()) == (404, True)


# --- what follows --------------------------------------------------------------------------------


@pytest.mark.usefixtures("mailgun")
@pytest.mark.parametrize("event", ["delivered", "failed"])
def test_mail_of_which_nobody_knew_whether_it_left_is_settled(client, message, event):
    Message.objects.update(
        state=MessageState.UNCERTAIN,
        sent_at=None,
        remind_at=None,
        uncertain_at=clock.now(),
        sealed_body=b"sealed",
        last_error="?",
    )

    post(client, "mailgun", mailgun_event(message, event))

    message.refresh_from_db()
    assert (message.state, message.sealed_body, message.last_error) == (MessageState.SENT, None, "")
    assert message.sent_at == datetime(2026, 11, 22, 6, 0, tzinfo=UTC)
    assert (message.remind_at is None) == (event == "failed")


def reminded(mailoutbox, *, days: int) -> list[str]:
    """To whom a reminder leaves when so many days have gone by."""
    before = len(mailoutbox)
    with clock.at(clock.now() + timedelta(days=days)):
        queue_due_reminders()
        deliver_due_messages()
    return [mail.to[0] for mail in mailoutbox[before:]]


@pytest.mark.parametrize("kind", [BounceKind.HARD, BounceKind.COMPLAINT])
def test_no_reminder_goes_where_mail_came_back(message, mailoutbox, kind):
    record_bounce(message, kind=kind)

    assert reminded(mailoutbox, days=31) == []


def test_reminder_goes_where_mail_was_only_delayed(message, mailoutbox):
    record_bounce(message, kind=BounceKind.SOFT)

    assert reminded(mailoutbox, days=31) == [message.to_address]


def test_other_badges_at_the_same_address_are_not_reminded_of_either(badge, issuer, message, mailoutbox):
    issue(make_published_badge(issuer), to=message.to_address.upper())
    deliver_due_messages()
    record_bounce(message, kind=BounceKind.HARD)

    assert reminded(mailoutbox, days=31) == []
    reminder = Message.objects.get(kind=MessageKind.REMINDER)
    assert (reminder.state, reminder.last_error) == (
        MessageState.CANCELLED,
        "An earlier mail to this address came back.",
    )


def test_another_organisation_finds_out_by_itself(message, mailoutbox):
    issue(make_published_badge(make_issuer()), to=message.to_address)
    deliver_due_messages()
    record_bounce(message, kind=BounceKind.HARD)

    assert reminded(mailoutbox, days=31) == [message.to_address]


def test_expiry_mail_does_not_go_where_mail_came_back(message, issuance, mailoutbox):
    record_bounce(message, kind=BounceKind.HARD)
    today = clock.today()
    digest = new_message(
        MessageKind.EXPIRING,
        to_address=message.to_address,
        user=issuance.earner,
        issuer=issuance.issuer,
        details={"badges": [{"id": str(issuance.pk), "expires_on": today.isoformat()}]},
    )
    owe({"expiring:1": digest})

    deliver_due_messages()

    digest.refresh_from_db()
    assert (digest.state, digest.last_error) == (MessageState.CANCELLED, "An earlier mail to this address came back.")


def test_corrected_address_settles_what_came_back(message, issuance, staff, mailoutbox):
    record_bounce(message, kind=BounceKind.HARD)

    change_recipient_address(
        issuance.issuer,
        earner=issuance.earner,
        old_address=message.to_address,
        new_address="right@example.org",
        reason="Misspelt",
        by=staff,
    )

    assert Bounce.objects.standing().count() == 0


def test_mail_sent_again_starts_the_calendar_anew(client, staff, message, mailoutbox):
    record_bounce(message, kind=BounceKind.HARD)
    client.force_login(staff)
    with clock.at(clock.now() + timedelta(days=10)):
        client.post(reverse("admin:resend_message", args=[message.pk]), {"reason": "Mailbox works again"})
        deliver_due_messages()

    assert reminded(mailoutbox, days=35) == []
    assert reminded(mailoutbox, days=41) == [message.to_address]


def test_page_of_the_message_says_what_came_back(client, staff, message):
    record_bounce(message, kind=BounceKind.HARD, detail="550 5.1.1 No <such> mailbox\r\nBye")
    client.force_login(staff)

    page = client.get(reverse("admin:notifications_message_change", args=[message.pk])).content.decode()

    assert "550 5.1.1 No &lt;such&gt; mailbox Bye" in page
    assert "Correct the address, then send the mail again" in page


def test_bounce_of_another_organisation_is_nobody_elses(client, message):
    record_bounce(message, kind=BounceKind.HARD)
    stranger = make_staff(make_issuer())
    client.force_login(stranger)

    assert list(Bounce.objects.managed_by(stranger)) == []
    assert client.get(reverse("admin:index")).context["waiting"] == []
    assert Issuer.objects.count() == 2
