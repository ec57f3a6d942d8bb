"""Mail that is held back: of one organisation, or all of it."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from badgecert.core import clock
from badgecert.core.models import AuditEvent
from issuers.models import Issuer
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outbox import queue_password_mail
from notifications.actions.pausing import (
    AlreadyPausedError,
    NotPausedError,
    pause_all_mail,
    pause_mail,
    resume_all_mail,
    resume_mail,
)
from notifications.models import Message, MessageState, SitePause
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user

SENDING = reverse("admin:sending")


@pytest.fixture
def operator(db):
    return make_user(is_superuser=True, is_staff=True)


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def addresses(mailoutbox) -> list[str]:
    return [mail.to[0] for mail in mailoutbox]


# --- one organisation ----------------------------------------------------------------------------


def test_paused_organisations_mail_waits_and_others_leave(issuer, badge, staff, mailoutbox):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    issue(badge, to="waits@example.org")
    issue(make_published_badge(make_issuer()), to="leaves@example.org")

    deliver_due_messages()

    assert addresses(mailoutbox) == ["leaves@example.org"]
    assert Message.objects.get(issuer=issuer).attempts == 0


def test_site_writes_about_accounts_meanwhile(issuer, staff, earner, issuance, mailoutbox):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    queue_password_mail(earner, address=earner.email)

    deliver_due_messages()

    assert [message.kind for message in Message.objects.filter(state=MessageState.SENT)] == ["password"]
    assert addresses(mailoutbox) == [earner.email]


def test_what_a_worker_has_taken_and_not_handed_over_waits_too(issuer, staff, issuance):
    lease_until = clock.now() + timedelta(minutes=15)
    Message.objects.update(lease_until=lease_until, worker="host:1:a", sealed_body=b"sealed")

    pause_mail(issuer, reason="Wrong wording", by=staff)

    assert Message.objects.get().lease_until is None


def test_resumed_mail_leaves(issuer, badge, staff, mailoutbox):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    for _number in range(3):
        issue(badge)

    count = resume_mail(issuer, by=staff)
    deliver_due_messages()

    assert (count, len(mailoutbox)) == (3, 3)


def test_days_of_the_pause_are_no_days_of_trying(issuer, staff, issuance):
    tried_at = clock.now() - timedelta(days=5)
    Message.objects.update(attempts=1, trying_since=tried_at)
    pause_mail(issuer, reason="Wrong wording", by=staff)

    resume_mail(issuer, by=staff)

    assert Message.objects.get().trying_since is None


def test_pause_and_resume_stand_in_the_audit_trail(issuer, staff, issuance):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    resume_mail(issuer, by=staff)

    events = AuditEvent.objects.filter(object_id=issuer.pk, verb__startswith="mail ").order_by("id")
    assert [(event.verb, event.by, event.reason, event.details) for event in events] == [
        ("mail paused", staff, "Wrong wording", {}),
        ("mail resumed", staff, "", {"messages": 1}),
    ]


def test_second_press_is_refused_with_a_sentence(issuer, staff):
    pause_mail(issuer, reason="Wrong wording", by=staff)

    with pytest.raises(AlreadyPausedError, match="paused already"):
        pause_mail(issuer, reason="Another", by=staff)
    resume_mail(issuer, by=staff)
    with pytest.raises(NotPausedError, match="resumed it already"):
        resume_mail(issuer, by=staff)

    assert Issuer.objects.get(pk=issuer.pk).mail_paused_reason == ""


@pytest.mark.parametrize("role", ["viewer", "designer"])
def test_viewer_pauses_nothing(issuer, role):
    viewer = make_staff(issuer, role=role)

    with pytest.raises(PermissionDenied):
        pause_mail(issuer, reason="Wrong wording", by=viewer)
    with pytest.raises(PermissionDenied):
        resume_mail(issuer, by=viewer)


# --- everything ----------------------------------------------------------------------------------


def test_operator_pauses_everything_new_passwords_too(operator, earner, issuance, mailoutbox):
    pause_all_mail(reason="The mail server moves", by=operator)
    queue_password_mail(earner, address=earner.email)

    deliver_due_messages()
    held = len(mailoutbox)
    count = resume_all_mail(by=operator)
    deliver_due_messages()

    assert (held, count, len(mailoutbox)) == (0, 2, 2)
    assert SitePause.objects.count() == 0
    assert set(AuditEvent.objects.filter(verb__startswith="all mail").values_list("verb", "reason")) == {
        ("all mail paused", "The mail server moves"),
        ("all mail resumed", ""),
    }


def test_paused_organisation_stays_paused_when_the_site_resumes(operator, issuer, staff, issuance, mailoutbox):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    pause_all_mail(reason="The mail server moves", by=operator)

    count = resume_all_mail(by=operator)
    deliver_due_messages()

    assert (count, len(mailoutbox)) == (0, 0)


def test_only_an_operator_pauses_everything(operator, staff):
    with pytest.raises(PermissionDenied):
        pause_all_mail(reason="The mail server moves", by=staff)
    pause_all_mail(reason="The mail server moves", by=operator)
    with pytest.raises(AlreadyPausedError):
        pause_all_mail(reason="Twice", by=operator)
    with pytest.raises(PermissionDenied):
        resume_all_mail(by=staff)

    assert SitePause.objects.get().reason == "The mail server moves"


# --- the desk ------------------------------------------------------------------------------------


def test_desk_pauses_under_a_banner_and_asks_before_it_resumes(desk, issuer, badge, mailoutbox):
    issue(badge)
    issue(badge)

    desk.post(reverse("admin:pause_mail", args=[issuer.pk]), {"reason": "Wrong wording"})
    start = desk.get(reverse("admin:index")).content.decode()
    asked = desk.get(reverse("admin:resume_mail", args=[issuer.pk])).content.decode()
    deliver_due_messages()
    held = len(mailoutbox)
    desk.post(reverse("admin:resume_mail", args=[issuer.pk]))
    after = desk.get(reverse("admin:index")).content.decode()

    assert (f"The mail of {issuer.name} is paused" in start, "Wrong wording" in start) == (True, True)
    assert "Resume and send 2 mails" in asked
    assert (held, "is paused" in after) == (0, False)


def test_banner_is_for_those_whose_mail_it_is(client, issuer, staff):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    client.force_login(make_staff(make_issuer()))

    assert client.get(reverse("admin:index")).context["mail_pauses"] == []


def test_pause_asks_for_a_reason(desk, issuer):
    page = desk.post(reverse("admin:pause_mail", args=[issuer.pk]), {"reason": ""}).content.decode()

    assert "Write why" in page
    assert Issuer.objects.get(pk=issuer.pk).mail_paused_at is None


def test_viewer_sees_the_state_without_buttons(client, issuer):
    client.force_login(make_staff(issuer, role="viewer"))

    page = client.get(SENDING).content.decode()
    answers = [client.post(reverse(f"admin:{name}_mail", args=[issuer.pk])).status_code for name in ("pause", "resume")]

    assert (issuer.name in page, reverse("admin:pause_mail", args=[issuer.pk]) in page) == (True, False)
    assert answers == [403, 403]


def test_staff_reach_no_other_organisation_and_not_the_site(desk):
    other = make_issuer()

    answers = [
        desk.post(reverse("admin:pause_mail", args=[other.pk]), {"reason": "x"}).status_code,
        desk.post(reverse("admin:resume_mail", args=[other.pk])).status_code,
        desk.post(reverse("admin:pause_all_mail"), {"reason": "x"}).status_code,
        desk.post(reverse("admin:resume_all_mail")).status_code,
    ]

    assert answers == [404, 404, 403, 403]
    assert other.name not in desk.get(SENDING).content.decode()


def test_operator_pauses_and_resumes_all_mail_at_the_desk(client, operator, issuance):
    client.force_login(operator)

    client.post(reverse("admin:pause_all_mail"), {"reason": "The mail server moves"})
    paused = client.get(SENDING).content.decode()
    asked = client.get(reverse("admin:resume_all_mail")).content.decode()
    client.post(reverse("admin:resume_all_mail"))

    assert ("All mail of this site is paused" in paused, "Resume and send 1 mail" in asked) == (True, True)
    assert SitePause.objects.count() == 0
