"""Mails about what staff changed on a badge: from the fact to the mail server."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse

from badgecert.core import clock
from badges.actions.issuances import (
    correct_issuance,
    decline_issuance,
    reinstate_issuance,
    renew_issuance,
    restore_issuance,
    revoke_issuance,
    suspend_issuance,
)
from notifications.actions import delivery
from notifications.actions.delivery import deliver_due_messages
from notifications.messages import masked_mail
from notifications.models import Message
from notifications.transport import Transport
from tests.factories import issue, make_published_badge

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(issuer, smtp):
    """A badge that its earner has heard of."""
    badge = make_published_badge(issuer, expiry_rule="period", expiry_months=12, reply_to="icp@northgate.example")
    issuance = issue(badge, to="ana@example.org", name="Ana Okafor", issued_on=date(2026, 11, 1))
    deliver_due_messages()
    return issuance


def newest(smtp):
    deliver_due_messages()
    return smtp.to("ana@example.org")[-1]


def words(received) -> list[str]:
    """What somebody reads in the text and in the HTML part, spaces and tags left out."""
    html = re.sub(r"<style.*?</style>|<[^>]+>", " ", received.body("html"), flags=re.DOTALL)
    return [" ".join(part.split()) for part in (received.body("plain"), html)]


def test_correction_is_told_with_what_differs(told, staff, smtp):
    correct_issuance(
        told,
        by=staff,
        reason="internal",
        public_reason="Misspelt",
        notify=True,
        recipient_name="Ana Okafor-Lindqvist",
        issued_on=date(2026, 10, 30),
        narrative="She led the ward.",
    )

    received = newest(smtp)

    assert received.message["Subject"] == "We corrected your badge"
    assert received.message["From"] == f"{told.issuer.name} <badges@testserver>"
    assert received.message["To"] == "Ana Okafor-Lindqvist <ana@example.org>"
    assert received.message["Reply-To"] == "icp@northgate.example"
    assert received.message["List-Unsubscribe"] is None
    for said in words(received):
        assert "Ana Okafor-Lindqvist before: Ana Okafor" in said
        assert "30 October 2026 before: 1 November 2026" in said
        assert "changed" in said
        assert "Misspelt" in said
        assert "internal" not in said
        assert "She led the ward." not in said
    assert told.public_url in received.body("plain")


def test_correction_reaches_a_mail_that_a_worker_has_written_but_not_handed_over(issuer, staff, smtp, monkeypatch):
    issuance = issue(make_published_badge(issuer), to="ana@example.org", name="Anna Okafor")
    corrected = []

    class Waits(Transport):
        """Staff correct the name after the mail was written, before it is handed over."""

        def begin(self, **envelope):
            if not corrected:
                corrected.append(correct_issuance(issuance, by=staff, reason="misspelt", recipient_name="Ana Okafor"))
            super().begin(**envelope)

    monkeypatch.setattr(delivery, "Transport", Waits)

    received = newest(smtp)

    assert len(smtp.received) == 1
    assert "Anna" not in received.body("plain")
    assert "Ana Okafor" in received.body("plain")


def test_name_that_the_earner_hides_is_not_told(told, staff, smtp):
    correct_issuance(told, by=staff, reason="", hides_earlier_name=True, notify=True, recipient_name="Bo Lindqvist")

    received = newest(smtp)

    for said in words(received):
        assert "Bo Lindqvist" in said
        assert "Ana Okafor" not in said


def test_name_that_is_hidden_later_is_not_told_to_staff_either(told, staff, smtp):
    correct_issuance(told, by=staff, reason="", notify=True, recipient_name="Ana Lindqvist")
    correct_issuance(told, by=staff, reason="", hides_earlier_name=True, recipient_name="Bo Lindqvist")

    mail = masked_mail(Message.objects.get(kind="corrected"))

    assert "Ana" not in mail.text + mail.html + mail.subject


def test_renewal_is_told_with_the_new_last_day(told, staff, smtp):
    renew_issuance(told, expires_on=date(2028, 1, 31), by=staff, notify=True)

    received = newest(smtp)

    assert received.message["Subject"] == "Your badge is renewed"
    for said in words(received):
        assert "31 January 2028 before: 31 October 2027" in said


def test_review_and_its_end_are_told(told, staff, smtp):
    suspend_issuance(told, reason="internal", by=staff, notify=True)
    first = newest(smtp)
    restore_issuance(told, reason="internal", by=staff, notify=True)
    second = newest(smtp)

    assert [mail.message["Subject"] for mail in (first, second)] == [
        "Your badge is under review",
        "Your badge is valid again",
    ]
    for said in words(first) + words(second):
        assert "internal" not in said


def test_revocation_is_told_with_its_reason_and_whom_to_ask(told, staff, smtp):
    revoke_issuance(told, reason="Issued in error", by=staff, notify=True)

    received = newest(smtp)

    assert received.message["Subject"] == "Your badge has been revoked"
    for said in words(received):
        assert "Issued in error" in said
        assert "icp@northgate.example" in said
    assert 'href="mailto:icp@northgate.example"' in received.body("html")


def test_reinstated_badge_is_told_like_a_restored_one(told, staff, smtp):
    revoke_issuance(told, reason="Issued in error", by=staff)
    reinstate_issuance(told, reason="It was not", by=staff, notify=True)

    assert newest(smtp).message["Subject"] == "Your badge is valid again"


def test_nobody_is_told_unless_staff_chose_to(told, staff):
    correct_issuance(told, by=staff, reason="", recipient_name="Ana Lindqvist")
    renew_issuance(told, expires_on=date(2028, 1, 31), by=staff)
    suspend_issuance(told, reason="r", by=staff)
    restore_issuance(told, reason="r", by=staff)
    revoke_issuance(told, reason="r", by=staff)

    assert not Message.objects.exclude(kind="issuance").exists()


def test_private_badge_is_shown_behind_the_log_in(told, staff, smtp):
    type(told).objects.update(visibility="private")
    renew_issuance(told, expires_on=date(2028, 1, 31), by=staff, notify=True)

    assert f"http://testserver/portfolio/{told.pk}/" in newest(smtp).body("plain")


@pytest.mark.parametrize(
    ("undo", "why"),
    [
        (lambda issuance, staff: reinstate_issuance(issuance, reason="r", by=staff), "The badge was reinstated first."),
        (
            lambda issuance, staff: decline_issuance(issuance, by=issuance.earner),
            "The earner declined the badge.",
        ),
        (
            lambda issuance, staff: type(issuance).objects.filter(pk=issuance.pk).update(erased_at=clock.now()),
            "The earner's data was erased.",
        ),
    ],
)
def test_revocation_that_is_not_true_any_more_is_not_told(told, staff, undo, why):
    revoke_issuance(told, reason="Issued in error", by=staff, notify=True)
    undo(told, staff)

    deliver_due_messages()

    assert list(Message.objects.filter(kind="revoked").values_list("state", "last_error")) == [("cancelled", why)]


def test_review_that_is_over_and_restoring_that_is_undone_are_not_told(told, staff):
    suspend_issuance(told, reason="r", by=staff, notify=True)
    restore_issuance(told, reason="r", by=staff, notify=True)
    suspend_issuance(told, reason="r", by=staff)

    Message.objects.filter(kind="suspended").update(next_at=clock.now() + timedelta(days=1))
    deliver_due_messages()
    restore_issuance(told, reason="r", by=staff)
    Message.objects.filter(kind="suspended").update(next_at=clock.now())
    deliver_due_messages()

    assert dict(Message.objects.exclude(kind="issuance").values_list("kind", "last_error")) == {
        "suspended": "The review ended first.",
        "restored": "The badge is under review again.",
    }


def test_earner_who_has_not_heard_of_the_badge_hears_of_no_change(issuance, staff):
    Message.objects.update(next_at=clock.now() + timedelta(hours=1))
    correct_issuance(issuance, by=staff, reason="", notify=True, recipient_name="Ana Lindqvist")
    revoke_issuance(issuance, reason="Issued in error", by=staff, notify=True)

    deliver_due_messages()

    assert dict(Message.objects.values_list("kind", "state")) == {
        "issuance": "queued",
        "corrected": "cancelled",
        "revoked": "cancelled",
    }


@pytest.mark.parametrize(("box", "expected"), [({"notify": "on"}, ["revoked"]), ({}, [])], ids=["ticked", "not ticked"])
def test_staff_choose_at_the_desk_whether_the_earner_hears_of_it(client, told, staff, box, expected):
    client.force_login(staff)
    address = reverse("admin:decide_issuance", args=[told.pk, "revoke"])
    assert re.search(r'name="notify"[^>]* checked', client.get(address).text)

    client.post(address, {"reason": "Issued in error", **box})

    told.refresh_from_db()
    assert told.revoked_at is not None
    assert list(Message.objects.exclude(kind="issuance").values_list("kind", flat=True)) == expected
