"""Mails about an account's addresses and its second factor: from the fact to the mail server."""

import re
from datetime import timedelta

import pytest

from badgecert.accounts.actions import alternate_addresses
from badgecert.accounts.actions.alternate_addresses import add_address, confirm_proof, find_proof
from badgecert.accounts.models import AddressProof
from badgecert.accounts.signals import second_factor_reset
from badgecert.core import clock
from badges.actions.addresses import change_recipient_address
from badges.models import Issuance
from notifications.actions.delivery import deliver_due_messages
from notifications.messages import masked_mail
from notifications.models import Message, Preference
from tests.factories import issue, make_published_badge, make_user

pytestmark = pytest.mark.django_db

LINK = re.compile(r"http://testserver/addresses/confirm/([\w-]+)/")
PASSWORD = re.compile(r"\b(?:[2-9a-z]{5}-){3}[2-9a-z]{5}\b")


def newest(smtp, address):
    deliver_due_messages()
    return smtp.to(address)[-1]


def subjects(smtp) -> dict[str, str]:
    deliver_due_messages()
    return {mail.recipients[0]: str(mail.message["Subject"]) for mail in smtp.received}


# --- proving an address --------------------------------------------------------------------------


def test_new_address_gets_a_link_that_proves_it(earner, smtp):
    add_address(earner, address="ana@home.example")

    mail = newest(smtp, "ana@home.example")

    [token] = LINK.findall(mail.body("plain"))
    assert LINK.findall(mail.body("html"))[0] == token
    assert mail.message["Subject"] == "Confirm your address"
    assert mail.message["To"] == "ana@home.example"
    proof = find_proof(token)
    assert (proof.user, proof.address) == (earner, "ana@home.example")


def test_mail_to_a_new_address_does_not_say_whose_account_it_is(earner, smtp):
    add_address(earner, address="ana@home.example")

    mail = newest(smtp, "ana@home.example")

    assert earner.email not in mail.body("plain") + mail.body("html")


def test_address_of_another_account_is_asked_whether_both_are_one(earner, smtp):
    make_user("ana@home.example")
    add_address(earner, address="ana@home.example")

    mail = newest(smtp, "ana@home.example")

    assert mail.message["Subject"] == "Make your two BadgeCert accounts one"
    assert find_proof(LINK.findall(mail.body("plain"))[0]).user == earner


@pytest.mark.parametrize("knows", [True, False])
def test_staff_copy_of_a_proof_has_no_link(earner, knows):
    if knows:
        make_user("ana@home.example")
    add_address(earner, address="ana@home.example")

    mail = masked_mail(Message.objects.get())

    assert "/addresses/" not in mail.text + mail.html
    assert AddressProof.objects.get().token_hash is None


def test_proof_that_has_nothing_left_to_prove_is_not_sent(earner):
    add_address(earner, address="ana@home.example")
    AddressProof.objects.update(spent_at=clock.now())

    deliver_due_messages()

    assert Message.objects.get().last_error == "Nothing is left to confirm."


def test_proof_older_than_a_day_is_not_sent(earner):
    add_address(earner, address="ana@home.example")

    with clock.at(clock.now() + timedelta(hours=25)):
        deliver_due_messages()

    assert Message.objects.get().state == "cancelled"


# --- what changed --------------------------------------------------------------------------------


def test_every_address_that_was_there_before_hears_of_a_new_one(earner, smtp):
    add_address(earner, address="ana@home.example")
    [token] = LINK.findall(newest(smtp, "ana@home.example").body("plain"))
    confirm_proof(find_proof(token))

    mail = newest(smtp, earner.email)

    assert mail.message["Subject"] == "An address was added to your account"
    assert "ana@home.example can log in to your account from now on." in mail.body("plain")
    assert [str(told.message["Subject"]) for told in smtp.to("ana@home.example")] == ["Confirm your address"]


def test_removed_and_primary_addresses_are_told_to_old_and_new(earner, smtp):
    add_address(earner, address="ana@home.example")
    confirm_proof(find_proof(LINK.findall(newest(smtp, "ana@home.example").body("plain"))[0]))
    smtp.received.clear()

    alternate_addresses.make_primary(earner, address="ana@home.example")
    assert subjects(smtp) == dict.fromkeys(("ana@example.org", "ana@home.example"), "Your primary address has changed")

    alternate_addresses.remove_address(earner, address="ana@example.org")
    assert subjects(smtp) == dict.fromkeys(
        ("ana@example.org", "ana@home.example"), "An address was removed from your account"
    )


def test_operator_who_vouches_is_named(earner, smtp):
    operator = make_user(is_superuser=True, is_staff=True)
    alternate_addresses.vouch_for_address(earner, address="ana@home.example", reason="seen", by=operator)

    assert "Whoever runs this site did it for you." in newest(smtp, earner.email).body("plain")


def test_second_factor_that_was_taken_away_is_told(earner, smtp, settings):
    settings.OPERATOR_EMAIL = "operator@example.org"
    second_factor_reset.send(sender=None, user=earner)

    mail = newest(smtp, earner.email)

    assert mail.message["Subject"] == "Your second step to log in was taken away"
    for body in (mail.body("plain"), mail.body("html")):
        assert "operator@example.org" in body


def test_joined_accounts_have_one_history_and_want_the_same_mail(issuance, smtp):
    kept, closed = make_user("ana@home.example"), issuance.earner
    deliver_due_messages()
    Preference.objects.create(user=closed, issuer=issuance.issuer, reminders_stopped_at=clock.now())
    add_address(kept, address=closed.email)
    confirm_proof(find_proof(LINK.findall(newest(smtp, closed.email).body("plain"))[0]))

    assert set(Message.objects.values_list("user", flat=True)) == {kept.pk}
    assert Preference.objects.get().user == kept


# --- an organisation writes to another address ---------------------------------------------------


@pytest.fixture
def change(issuer, staff):
    def changed(issuance, *, to: str) -> None:
        change_recipient_address(
            issuer,
            earner=issuance.earner,
            old_address=issuance.recipient_email,
            new_address=to,
            reason="asked",
            by=staff,
        )

    return changed


def test_address_of_a_newcomer_that_was_wrong_hears_that_it_is_over(issuer, change, smtp):
    issuance = issue(make_published_badge(issuer), to="typo@example.org", name="Bo Berg")
    deliver_due_messages()
    smtp.received.clear()

    change(issuance, to="bo@example.org")

    assert subjects(smtp) == {
        "bo@example.org": "Your badge and how to log in",
        "typo@example.org": "Your badges have another address now",
    }
    mail = newest(smtp, "bo@example.org")
    assert len(PASSWORD.findall(mail.body("plain"))) == 1
    assert "typo@example.org" not in mail.body("plain")
    assert Message.objects.get(to_address="bo@example.org").sequence == 2


def test_mail_that_waits_for_the_old_address_does_not_leave(issuer, change, smtp):
    issuance = issue(make_published_badge(issuer), to="typo@example.org")

    change(issuance, to="bo@example.org")

    assert subjects(smtp) == {"bo@example.org": "Your badge and how to log in"}


def test_person_who_has_used_their_account_is_told_at_both_addresses(issuance, change, smtp):
    Issuance.objects.update(claimed_at=clock.now())
    deliver_due_messages()
    smtp.received.clear()

    change(issuance, to="ana@work.example")

    assert subjects(smtp) == {
        "ana@example.org": "Your badges have another address now",
        "ana@work.example": "Your badges come to this address now",
    }
    old, new = newest(smtp, "ana@example.org"), newest(smtp, "ana@work.example")
    assert "http://testserver/addresses/agree/" in old.body("plain")
    assert "/addresses/agree/" not in new.body("plain")
    assert "ana@work.example" not in old.body("plain") + old.body("html")
    assert "ana@example.org" not in new.body("plain") + new.body("html")


def test_new_address_gets_no_password_of_an_account_that_is_in_use(issuance, change, smtp):
    """Else an issuer could open anybody's account by writing to another address."""
    deliver_due_messages()
    smtp.received.clear()

    change(issuance, to="mallory@example.org")

    deliver_due_messages()
    for mail in smtp.to("mallory@example.org"):
        assert not PASSWORD.search(mail.body("plain"))
    assert {str(mail.message["Subject"]) for mail in smtp.to("mallory@example.org")} == {
        "Your badges come to this address now",
        "Your badge: Infection Control Practitioner",
    }


def test_nothing_is_to_be_agreed_when_the_account_has_the_new_address(issuance, earner, change, smtp):
    alternate_addresses.vouch_for_address(
        earner, address="ana@work.example", reason="seen", by=make_user(is_superuser=True, is_staff=True)
    )
    change(issuance, to="ana@work.example")

    assert "/addresses/agree/" not in newest(smtp, "ana@example.org").body("plain")


def test_staff_copy_has_no_link_that_agrees(issuance, change):
    change(issuance, to="ana@work.example")

    mail = masked_mail(Message.objects.get(kind="recipient_changed", to_address="ana@example.org"))

    assert "/addresses/agree/" not in mail.text + mail.html
