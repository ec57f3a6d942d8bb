"""A badge sent to somebody by its earner: from the page to the mailbox."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.issuances import decline_issuance, revoke_issuance, set_visibility
from earners.models import Profile
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.sharing import share_by_mail
from notifications.messages import masked_mail
from notifications.models import Message
from tests.factories import issue, make_published_badge

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(issuance, smtp):
    deliver_due_messages()
    smtp.received.clear()
    return issuance


@pytest.fixture
def address(issuance) -> str:
    return f"/portfolio/{issuance.pk}/share/mail/"


def sent_to() -> list[str]:
    return list(Message.objects.filter(kind="shared").order_by("to_address").values_list("to_address", flat=True))


# --- the mail ------------------------------------------------------------------------------------


def test_recipient_gets_the_link_and_fixed_words(shown, earner, smtp):
    share_by_mail(shown, addresses=["hr@acme.example"], by=earner)
    deliver_due_messages()

    [mail] = smtp.to("hr@acme.example")
    holder = shown.current_version.recipient_name
    assert mail.message["Subject"] == f"{holder} shows you a badge"
    assert mail.message["From"] == f"{shown.issuer.name} <badges@testserver>"
    assert mail.message["To"] == "hr@acme.example"
    assert mail.message["Reply-To"] == "ana@example.org"
    assert mail.message["List-Unsubscribe"] is None
    for body in (mail.body("plain"), mail.body("html")):
        assert shown.public_url in body
        assert "/claim/" not in body
        assert "/portfolio/" not in body


def test_what_the_earner_calls_themselves_is_not_in_it(shown, earner):
    Profile.objects.create(user=earner, display_name="Buy cheap pills")
    share_by_mail(shown, addresses=["hr@acme.example"], by=earner)

    mail = masked_mail(Message.objects.get(kind="shared"))

    assert "pills" not in mail.text + mail.html + mail.subject


def test_badge_made_private_before_the_mail_left_is_not_sent(shown, earner, smtp):
    share_by_mail(shown, addresses=["hr@acme.example"], by=earner)
    set_visibility(shown, visibility="private", by=earner)

    deliver_due_messages()

    assert smtp.to("hr@acme.example") == []
    assert Message.objects.get(kind="shared").last_error == "The earner made the badge private."


def test_staff_do_not_see_whom_a_badge_is_shown_to(shown, earner, staff):
    share_by_mail(shown, addresses=["hr@acme.example"], by=earner)

    assert not Message.objects.managed_by(staff).filter(kind="shared").exists()
    event = AuditEvent.objects.get(verb="badge sent by mail")
    assert (event.by, event.issuer_id, event.details) == (earner, shown.issuer_id, {"addresses": 1})


# --- the page ------------------------------------------------------------------------------------


def test_form_takes_addresses_in_any_list(client, shown, earner, address):
    client.force_login(earner)

    response = client.post(address, {"addresses": "a@x.example, B@x.example;c@x.example\nb@X.example"}, follow=True)

    assert "On its way to 3 addresses." in response.text
    assert response.redirect_chain == [(f"/portfolio/{shown.pk}/share/", 302)]
    assert sent_to() == ["B@x.example", "a@x.example", "c@x.example"]


def test_share_page_has_the_form(client, shown, earner, address):
    client.force_login(earner)

    page = client.get(f"/portfolio/{shown.pk}/share/").text

    assert f'action="{address}"' in page
    assert "Answers reach you at" in page


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("", "Enter the address of somebody who is to see the badge."),
        (" , ; ", "Enter the address of somebody who is to see the badge."),
        ("a@x.example, nobody", "nobody: This e-mail address has no @."),
        (", ".join(f"p{number}@x.example" for number in range(6)), "Send to at most 5 addresses at once."),
        ("a@x.example\r\nBcc: b@x.example", "Bcc:: This e-mail address has no @."),
    ],
)
def test_list_that_cannot_be_is_refused_with_a_sentence(client, shown, earner, address, typed, said):
    client.force_login(earner)

    response = client.post(address, {"addresses": typed})

    assert said in response.text
    assert sent_to() == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda issuance, earner, staff: set_visibility(issuance, visibility="private", by=earner), "Only you can see"),
        (lambda issuance, earner, staff: decline_issuance(issuance, by=earner), "Take it back before you share it."),
        (
            lambda issuance, earner, staff: revoke_issuance(issuance, reason="r", by=staff),
            "The issuer revoked this badge",
        ),
    ],
    ids=["private", "declined", "revoked"],
)
def test_badge_that_nobody_could_see_is_not_sent(client, shown, earner, staff, address, change, said):
    change(shown, earner, staff)
    client.force_login(earner)

    response = client.post(address, {"addresses": "hr@acme.example"})

    assert said in response.text
    assert sent_to() == []


def test_badge_of_somebody_else_is_not_found(client, shown, stranger, address):
    client.force_login(stranger)

    assert client.post(address, {"addresses": "hr@acme.example"}).status_code == 404
    with pytest.raises(PermissionDenied):
        share_by_mail(shown, addresses=["hr@acme.example"], by=stranger)


# --- limits --------------------------------------------------------------------------------------


def fill(issuance, earner, *, number: int) -> None:
    for start in range(0, number, 5):
        chunk = [f"p{n}@x.example" for n in range(start, min(start + 5, number))]
        share_by_mail(issuance, addresses=chunk, by=earner)


def test_twenty_addresses_a_day_and_no_more(client, shown, earner, address, issuer):
    fill(shown, earner, number=18)
    other = issue(make_published_badge(issuer), to=earner)
    client.force_login(earner)

    too_many = client.post(f"/portfolio/{other.pk}/share/mail/", {"addresses": "x@y.example y@y.example z@y.example"})
    just = client.post(f"/portfolio/{other.pk}/share/mail/", {"addresses": "x@y.example y@y.example"}, follow=True)
    none = client.post(address, {"addresses": "z@y.example"})

    assert "You can send to 2 more addresses today." in too_many.text
    assert "On its way to 2 addresses." in just.text
    assert "You have sent to 20 addresses today. Go on tomorrow, or copy the link." in none.text
    assert len(sent_to()) == 20


def test_tomorrow_begins_anew(shown, earner):
    fill(shown, earner, number=20)

    with clock.at(clock.now() + timedelta(hours=25)):
        share_by_mail(shown, addresses=["p1@x.example"], by=earner)

    assert len(sent_to()) == 21


def test_same_badge_goes_to_the_same_address_once_a_day(client, shown, earner, address, issuer):
    share_by_mail(shown, addresses=["hr@acme.example"], by=earner)
    other = issue(make_published_badge(issuer), to=earner)
    client.force_login(earner)

    again = client.post(address, {"addresses": "new@acme.example HR@acme.example"})
    share_by_mail(other, addresses=["hr@acme.example"], by=earner)

    assert "You sent this badge to hr@acme.example today already. Leave that address out." in again.text
    assert sent_to() == ["hr@acme.example", "hr@acme.example"]
