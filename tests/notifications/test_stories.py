"""Why did they not get it: what stands for whom, and that it is nobody else's."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from badgecert.core import clock
from badges.actions.batches import confirm_batch, draft_batch
from badges.models import BatchRow
from issuers.models import StaffRole
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outbox import Fact, new_message, owe
from notifications.actions.pausing import pause_all_mail, pause_mail
from notifications.actions.preferences import stop_mails
from notifications.actions.resending import resend_message
from notifications.models import BounceKind, Message, MessageKind, OptionalMail
from notifications.stories import addresses_like, answers_in, story_of_address, story_of_earner, story_of_issuance
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user


def told(lines) -> list[tuple[str, str]]:
    return [(line.what, line.state) for line in lines]


def row(address: str, **fields: object) -> BatchRow:
    made = BatchRow(line=2, recipient_name="Ana Núñez", recipient_email=address, issued_on=date(2026, 11, 1), **fields)
    made.recipient_key = address
    return made


@pytest.fixture
def draft(badge, staff):
    return draft_batch(
        badge, rows=[row("ana.nunez@example.org")], file_name="course.csv", file_sha256="0" * 64, by=staff
    )


def test_sent_mail_is_told_with_its_state(issuance, staff, mailoutbox):
    deliver_due_messages()

    assert told(story_of_issuance(issuance, by=staff)) == [("Badge issued, to ana@example.org", "Sent")]


def test_row_that_was_not_sent_yet_is_told(draft, staff):
    [line] = story_of_address("Ana.Nunez@example.org", by=staff)

    assert (line.what, line.state) == ("Line 2 of course.csv", "Not issued")
    assert line.why == "The file was checked and not sent yet."


def test_row_in_the_time_to_undo_is_told(draft, staff):
    confirm_batch(draft, by=staff)

    [line] = story_of_address("ana.nunez@example.org", by=staff)

    assert line.why == "The time to undo is not over yet; then it is issued and the mail leaves."


def test_held_row_is_told_with_its_problem(badge, staff):
    held = row("ana.nunez@example.org", problem="This name looks broken.")
    draft_batch(badge, rows=[held], file_name="course.csv", file_sha256="0" * 64, by=staff)

    assert [line.why for line in story_of_address("ana.nunez@example.org", by=staff)] == ["This name looks broken."]


def test_bounce_and_what_to_do_about_it_are_told(issuance, staff, mailoutbox):
    deliver_due_messages()
    record_bounce(Message.objects.get(), kind=BounceKind.HARD)

    [line] = story_of_issuance(issuance, by=staff)

    assert (line.state, line.tone) == ("Bounced", "danger")
    assert line.why.startswith("Correct the address, then send the mail again.")


def test_pauses_are_told(issuer, issuance, staff):
    pause_mail(issuer, reason="Wrong wording", by=staff)
    pause_all_mail(reason="The mail server moves", by=make_user(is_superuser=True))

    lines = story_of_issuance(issuance, by=staff)

    assert sorted(told(lines)) == [
        ("All mail of this site is paused", "Paused"),
        ("Badge issued, to ana@example.org", "Paused"),
        (f"Mail of {issuer.name} is paused", "Paused"),
    ]
    assert {line.why for line in lines} >= {"Wrong wording", "The mail server moves"}


def test_reminders_that_do_not_come_are_told(issuance, staff, mailoutbox):
    deliver_due_messages()
    stop_mails(issuance, mails=OptionalMail.REMINDERS)

    assert ("Reminders", "None") in told(story_of_issuance(issuance, by=staff))


def test_digest_is_told_of_each_badge_in_it(issuance, staff, mailoutbox):
    digest = new_message(
        MessageKind.EXPIRING,
        to_address="ana@example.org",
        user=issuance.earner,
        issuer=issuance.issuer,
        details={"badges": [{"id": str(issuance.pk), "expires_on": "2026-12-31"}]},
    )
    owe({Fact("expiring:1", issuance.pk): digest})

    assert ("Badges expire, to ana@example.org", "Queued") in told(story_of_issuance(issuance, by=staff))


def test_mail_in_which_the_earner_showed_the_badge_is_not_told(issuance, earner, staff):
    Message.objects.create(
        kind=MessageKind.SHARED, to_address="boss@example.com", user=earner, issuance=issuance, message_id="<1@x>"
    )

    assert "boss@example.com" not in str(story_of_issuance(issuance, by=staff))


def test_everything_of_one_person_is_told_at_all_their_addresses(badge, issuer, issuance, earner, staff, draft):
    other = issue(make_published_badge(issuer), to="ana.nunez@example.org")
    other.earner = earner
    other.save()

    assert sorted(told(story_of_earner(earner, by=staff))) == [
        ("Badge issued, to ana.nunez@example.org", "Queued"),
        ("Badge issued, to ana@example.org", "Queued"),
        ("Line 2 of course.csv", "Not issued"),
    ]


def test_another_organisation_is_told_nothing(issuance, draft, earner):
    stranger = make_staff(make_issuer())

    assert story_of_address("ana@example.org", by=stranger) == []
    assert story_of_address("ana.nunez@example.org", by=stranger) == []
    assert story_of_issuance(issuance, by=stranger) == story_of_earner(earner, by=stranger) == []
    assert addresses_like("ana@example.com", by=stranger) == []


def test_address_that_looks_alike_is_offered(issuance, staff):
    assert addresses_like("Ana@example.com", by=staff) == ["ana@example.org"]
    assert addresses_like("ana@example.org", by=staff) == []
    assert addresses_like("nonsense", by=staff) == []


def test_newest_comes_first(badge, issuer, staff, mailoutbox):
    with clock.at(clock.now() - timedelta(days=3)):
        first = issue(badge, to="ana@example.org")
        deliver_due_messages()
    issue(make_published_badge(issuer, content={"name": "Second"}), to="ana@example.org")
    deliver_due_messages()

    assert [line.badge for line in story_of_address("ana@example.org", by=staff)] == [
        "Second",
        first.current_version.badge_version.name,
    ]


def test_cost_does_not_grow_with_the_badges(issuer, earner, staff, django_assert_num_queries):
    issue(make_published_badge(issuer), to=earner)
    with django_assert_num_queries(6):
        story_of_earner(earner, by=staff)
    for _number in range(4):
        issue(make_published_badge(issuer), to=earner)

    with django_assert_num_queries(6):
        story_of_earner(earner, by=staff)


# --- pages ---------------------------------------------------------------------------------------


def test_page_answers_for_an_address(client, staff, issuance):
    client.force_login(staff)
    address = reverse("admin:why_not")

    empty = client.get(address).content.decode()
    found = client.get(address, {"address": " ana@example.org "}).content.decode()
    nothing = client.get(address, {"address": "ana@example.com"}).content.decode()

    assert ("Their e-mail address" in empty, "Badge issued, to ana@example.org" in found) == (True, True)
    assert ("Nothing for this address" in nothing, "ana@example.org" in nothing) == (True, True)


def test_pages_of_the_badge_and_of_the_person_tell_it_too(client, staff, issuance, earner):
    client.force_login(staff)

    pages = [
        client.get(reverse("admin:badges_issuance_change", args=[issuance.pk])).content.decode(),
        client.get(reverse("admin:accounts_user_change", args=[earner.pk])).content.decode(),
    ]

    assert ["Badge issued, to ana@example.org" in page for page in pages] == [True, True]


# --- the answer ----------------------------------------------------------------------------------


def test_answer_is_the_last_word_on_each_badge_that_did_not_arrive(issuer, badge, staff, mailoutbox):
    other = make_published_badge(issuer, content={"name": "Clinical Mentor"})
    bounced, arrived = issue(badge, to="ana@example.org"), issue(other, to="ana@example.org")
    deliver_due_messages()
    record_bounce(Message.objects.get(issuance=bounced), kind=BounceKind.HARD)

    answers = answers_in(story_of_earner(arrived.earner, by=staff))

    assert [(line.badge, line.state) for line in answers] == [("Infection Control Practitioner", "Bounced")]


def test_answer_is_gone_when_a_newer_mail_arrived(issuance, staff, mailoutbox):
    deliver_due_messages()
    first = Message.objects.get()
    record_bounce(first, kind=BounceKind.HARD)
    resend_message(first, reason="Their mailbox is well again", by=staff)
    deliver_due_messages()

    assert answers_in(story_of_earner(issuance.earner, by=staff)) == []


def test_stopped_reminders_are_no_answer(issuance, staff, mailoutbox):
    deliver_due_messages()
    stop_mails(issuance, mails=OptionalMail.REMINDERS)

    assert answers_in(story_of_earner(issuance.earner, by=staff)) == []


def test_page_of_a_person_answers_and_offers_what_helps(client, issuance, badge, staff, mailoutbox):
    deliver_due_messages()
    message = Message.objects.get()
    record_bounce(message, kind=BounceKind.HARD)
    issue(badge, to="ana@exmaple.org")
    client.force_login(staff)

    page = client.get(reverse("admin:accounts_user_change", args=[issuance.earner_id])).content.decode()

    assert "Correct the address, then send the mail again." in page
    assert reverse("admin:resend_message", args=[message.pk]) in page
    assert f"{reverse('admin:why_not')}?address=ana%40exmaple.org" in page


def test_page_of_a_person_whose_mail_was_taken_says_where_else_to_look(client, issuance, staff, mailoutbox):
    deliver_due_messages()
    client.force_login(staff)

    page = client.get(reverse("admin:accounts_user_change", args=[issuance.earner_id])).content.decode()

    assert "Their mail server took everything" in page


def test_viewer_is_not_offered_to_send_again(issuance, mailoutbox):
    deliver_due_messages()

    lines = story_of_earner(issuance.earner, by=make_staff(issuance.issuer, role=StaffRole.VIEWER))

    assert [line.resend_url for line in lines] == [""]


def test_why_not_leads_to_the_persons_page_and_to_nobody_elses(client, issuance, staff):
    issue(make_published_badge(make_issuer()), to="ben@example.org")
    client.force_login(staff)

    own = client.get(reverse("admin:why_not"), {"address": "Ana@example.org"})
    others = client.get(reverse("admin:why_not"), {"address": "ben@example.org"})

    assert list(own.context["earners"]) == [issuance.earner_id]
    assert (others.context["earners"], others.context["lines"]) == ([], [])
