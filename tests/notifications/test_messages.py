import re
from datetime import date
from html import unescape

import pytest

from badgecert.accounts.models import TemporaryPassword
from badgecert.accounts.secrets import hash_temporary_password, keyed_hash
from badgecert.accounts.signals import account_locked, password_requested
from badgecert.core import clock
from badges.disclosure import can_see
from earners.claim_links import claim_url
from earners.sharing import linkedin_profile_url
from notifications.actions.delivery import deliver_due_messages
from notifications.actions.outbox import new_message
from notifications.messages import masked_mail, preview_issuance_mail
from notifications.models import Message, OptionalMail
from notifications.stop_links import NotAStopLinkError, read_stop_link, stop_url
from tests.factories import issue, make_issuer, make_picture, make_published_badge, make_user

pytestmark = pytest.mark.django_db

PASSWORD = re.compile(r"\b(?:[2-9a-z]{5}-){3}[2-9a-z]{5}\b")


def delivered(smtp, address="ana@example.org"):
    deliver_due_messages()
    return smtp.to(address)[-1]


def links(received) -> tuple[set[str], set[str]]:
    """The addresses in the text part and in the HTML part."""
    text = set(re.findall(r"https?://\S+", received.body("plain")))
    html = set(map(unescape, re.findall(r'href="(https?://[^"]+)"', received.body("html"))))
    return text, html


# --- issuance ------------------------------------------------------------------------------------


def test_newcomer_gets_everything_needed_to_begin(issuer, smtp):
    badge = make_published_badge(issuer, expiry_rule="period", expiry_months=24, reply_to="icp@northgate.example")
    issuance = issue(badge, to="ana@example.org", name="Ana Okafor", issued_on=date(2026, 11, 1))

    received = delivered(smtp)

    disclosure = can_see(issuance.code)
    assert received.message["Subject"] == "Your badge and how to log in"
    assert received.message["From"] == f"{issuer.name} <badges@testserver>"
    assert received.message["To"] == "Ana Okafor <ana@example.org>"
    assert received.message["Reply-To"] == "icp@northgate.example"
    assert received.message["List-Unsubscribe"] is None
    for body in (received.body("plain"), received.body("html")):
        assert "Ana Okafor" in body
        assert "Infection Control Practitioner" in body
        assert "1 November 2026" in body
        assert "31 October 2028" in body
        assert "Pass the examination with 80% or more." in body
        assert disclosure.grouped_code in body
        assert "ana@example.org" in body
        assert "icp@northgate.example" in body
        assert "Add" in body
        assert "badges@testserver" in body
        [password] = PASSWORD.findall(body)
        assert TemporaryPassword.objects.get().secret_hash == hash_temporary_password(password)
    text, html = links(received)
    assert (
        text
        == html
        == {
            claim_url(issuance.pk, address=issuance.recipient_email),
            linkedin_profile_url(disclosure),
            "http://testserver/log-in/",
            disclosure.url,
        }
    )


def test_newcomers_password_lasts_fourteen_days_and_the_mail_says_so(badge, smtp):
    issue(badge, to="ana@example.org")

    with clock.at(clock.now().replace(year=2026, month=11, day=22)):
        received = delivered(smtp)

    assert "It works once, until 6 December 2026." in received.body("plain")
    assert TemporaryPassword.objects.get().expires_at.date() == date(2026, 12, 6)


def test_picture_comes_from_our_own_host_and_has_words_in_its_place(badge, smtp):
    issue(badge, to="ana@example.org")

    html = delivered(smtp).body("html")

    sha = badge.current_version.picture.sha256
    assert re.findall(r'<img [^>]*src="([^"]+)"[^>]*alt="([^"]*)"', html) == [
        (f"http://testserver/pictures/{sha}.png", "Badge: Infection Control Practitioner")
    ]


def test_organisations_logo_and_colour_stand_on_top(smtp):
    logo = make_picture("#14344f")
    badge = make_published_badge(make_issuer(logo=logo, brand_colour="#14344f"))
    issue(badge, to="ana@example.org")

    html = delivered(smtp).body("html")

    assert f"http://testserver/pictures/{logo.sha256}.png" in html
    assert 'bgcolor="#14344f"' in html


def test_earner_who_has_logged_in_before_gets_no_password(badge, smtp):
    ana = make_user("ana@example.org", last_login=clock.now())
    issue(badge, to=ana)

    received = delivered(smtp)

    assert received.message["Subject"] == "Your badge: Infection Control Practitioner"
    assert "assword" not in received.body("plain") + received.body("html")
    assert "/claim/" in received.body("plain")
    assert not TemporaryPassword.objects.exists()


def test_earner_who_is_not_invited_gets_no_login_part(issuer, smtp):
    issue(make_published_badge(issuer, invites_earners=False), to="ana@example.org")

    received = delivered(smtp)

    assert "assword" not in received.body("plain") + received.body("html")
    assert "/log-in/" not in received.body("plain") + received.body("html")
    assert not TemporaryPassword.objects.exists()


def test_badge_without_the_linkedin_button_does_not_mention_it(issuer, smtp):
    issue(make_published_badge(issuer, has_linkedin_button=False), to="ana@example.org")

    received = delivered(smtp)

    assert "linkedin" not in (received.body("plain") + received.body("html")).lower()


def test_badge_that_never_expires_has_no_last_day(badge, smtp):
    issue(badge, to="ana@example.org")

    received = delivered(smtp)

    assert "Valid until" not in received.body("plain") + received.body("html")


def test_badge_that_only_the_earner_may_see_is_told_to_the_earner(issuer, smtp):
    issue(make_published_badge(issuer, default_visibility="private"), to="ana@example.org", name="Ana Okafor")

    assert "Ana Okafor" in delivered(smtp).body("html")


def test_each_of_two_badges_brings_a_password_of_its_own(issuer, smtp):
    for _number in range(2):
        issue(make_published_badge(issuer), to="ana@example.org")

    deliver_due_messages()

    passwords = {PASSWORD.findall(received.body("plain"))[0] for received in smtp.to("ana@example.org")}
    assert len(passwords) == 2


@pytest.mark.parametrize(
    "name", ["<b>Ana</b>", 'Ana "Bo" <x@y.z>', "Tom & Jerry", "محمد بن عبد الله", "王小明", "Ó", "W" * 200]
)
def test_names_of_all_kinds_are_shown_as_they_are(badge, smtp, name):
    issue(badge, to="ana@example.org", name=name)

    received = delivered(smtp)

    html = received.body("html")
    assert received.body("plain").partition("\r\n")[0] == f"{name},"
    assert name in unescape(re.search(r"<p[^>]*><bdi>(.*?)</bdi>, <bdi>", html)[1])
    assert "<b>Ana" not in html
    assert [address.display_name for address in received.message["To"].addresses] == [name]
    assert max(map(len, received.raw.split(b"\r\n"))) <= 998


def test_hostile_badge_text_stays_text(issuer, smtp):
    badge = make_published_badge(
        issuer,
        content={
            "name": "A & <i>B</i>",
            "criteria_to_earn": "<script>alert(1)</script>\n\n```\ndo_not_run()\n```\n\n* **one**\n* two",
        },
    )
    issue(badge, to="ana@example.org")

    received = delivered(smtp)

    html = received.body("html")
    outside_of_attributes = re.sub(r'"[^"]*"', "", html)
    assert "<script>" not in outside_of_attributes
    assert "<i>" not in outside_of_attributes
    assert "A &amp; &lt;i&gt;B&lt;/i&gt;" in html
    assert "```" not in received.body("plain")
    assert "<script>alert(1)</script>\ndo_not_run()\n• one\n• two\n" in received.body("plain").replace("\r\n", "\n")


def test_long_criteria_are_cut_and_the_mail_stays_small(issuer, smtp):
    badge = make_published_badge(issuer, content={"criteria_to_earn": "字 " * 20_000, "name": "字" * 120})
    issue(badge, to="ana@example.org", name="字" * 200)

    received = delivered(smtp)

    assert len(received.body("html").encode()) < 60_000
    assert "…" in received.body("plain")


# --- password and lock ---------------------------------------------------------------------------


def test_password_mail_has_a_link_and_a_password_that_are_one(earner, smtp):
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    received = delivered(smtp)

    made = TemporaryPassword.objects.get()
    assert received.message["Subject"] == "Set a new password"
    assert received.message["From"] == "BadgeCert <badges@testserver>"
    text, html = links(received)
    [link] = (address for address in text if "/log-in/link/" in address)
    assert link in html
    assert made.link_hash == keyed_hash("password link", link.rstrip("/").rpartition("/")[2])
    for body in (received.body("plain"), received.body("html")):
        assert made.secret_hash == hash_temporary_password(PASSWORD.findall(body)[0])


def test_password_mail_is_not_sent_to_a_locked_account(earner, smtp):
    earner.locked_at = clock.now()
    earner.save()
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    deliver_due_messages()

    assert (Message.objects.get().state, Message.objects.get().last_error) == ("cancelled", "The account is locked.")
    assert not TemporaryPassword.objects.exists()


def test_password_mail_is_not_sent_to_a_closed_account(earner, smtp):
    earner.is_active = False
    earner.save()
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    deliver_due_messages()

    assert Message.objects.get().last_error == "The account is closed."


def test_password_mail_that_is_older_than_its_password_is_not_sent(earner, smtp):
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    with clock.at(clock.now().replace(year=clock.now().year + 1)):
        deliver_due_messages()

    assert Message.objects.get().state == "cancelled"


def test_locked_mail_names_who_can_unlock(issuance, earner, smtp):
    Message.objects.update(state="cancelled")
    earner.locked_at = clock.now()
    earner.save()
    account_locked.send(sender=None, user=earner)

    received = delivered(smtp)

    assert received.message["Subject"] == "We locked your BadgeCert account"
    for body in (received.body("plain"), received.body("html")):
        assert "10 wrong passwords were tried. Your badges stay as they are." in body
        assert issuance.issuer.name in body
        assert "badges@northgate.example" in body
        assert "https://northgate.example" in body


def test_locked_staff_are_sent_to_their_own_organisation(staff, issuer, smtp):
    staff.locked_at = clock.now()
    staff.save()
    account_locked.send(sender=None, user=staff)

    received = delivered(smtp, staff.email)

    assert issuer.name in received.body("plain")


def test_locked_last_owner_is_sent_to_whoever_runs_the_site(issuer, smtp, settings):
    settings.OPERATOR_EMAIL = "help@badges.example"
    owner = issuer.staff_members.get(role="owner").user
    owner.locked_at = clock.now()
    owner.save()
    account_locked.send(sender=None, user=owner)

    received = delivered(smtp, owner.email)

    for body in (received.body("plain"), received.body("html")):
        assert issuer.name not in body
        assert "help@badges.example" in body


def test_locked_account_without_any_organisation_is_sent_to_the_site(stranger, smtp):
    stranger.locked_at = clock.now()
    stranger.save()
    account_locked.send(sender=None, user=stranger)

    received = delivered(smtp, stranger.email)

    assert "Ask whoever runs this site to unlock it." in received.body("plain")


def test_locked_mail_is_not_sent_once_the_account_is_unlocked(earner, smtp):
    earner.locked_at = clock.now()
    account_locked.send(sender=None, user=earner)

    deliver_due_messages()

    assert Message.objects.get().last_error == "The account was unlocked first."


def test_mail_about_an_account_can_be_answered_to_the_operator(earner, smtp, settings):
    settings.OPERATOR_EMAIL = "operator@example.org"
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    assert delivered(smtp).message["Reply-To"] == "operator@example.org"


# --- what staff see ------------------------------------------------------------------------------


def test_masked_mail_shows_staff_everything_but_what_opens_the_account(badge, smtp):
    issue(badge, to="ana@example.org")
    received = delivered(smtp)

    mail = masked_mail(Message.objects.get())

    password = PASSWORD.findall(received.body("plain"))[0]
    message = Message.objects.get()
    claim_link = claim_url(message.issuance_id, address=message.to_address)
    shown = received.body("plain").replace("\r\n", "\n").replace(password, "•••••-•••••-•••••-•••••")
    assert claim_link in shown
    assert mail.text == shown.replace(claim_link, "http://testserver/•••••")
    assert password not in mail.html
    assert "/claim/" not in mail.html
    assert TemporaryPassword.objects.count() == 1


def test_masked_mail_of_every_kind_can_be_read(issuance, earner):
    sent_at = clock.now()
    Message.objects.update(state="sent", sent_at=sent_at)
    new_message("reminder", sequence=60, issuance=issuance, issuer=issuance.issuer, to_address="a@b.cd").save()
    earner.locked_at = sent_at
    account_locked.send(sender=None, user=earner)
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    assert {message.kind: masked_mail(message).subject for message in Message.objects.all()} == {
        "issuance": "Your badge and how to log in",
        "reminder": "Your badge is waiting (2nd reminder of 4)",
        "locked": "We locked your BadgeCert account",
        "password": "Set a new password",
    }


def test_masked_reminder_shows_no_link_that_acts_for_the_earner(issuance):
    Message.objects.update(state="sent", sent_at=clock.now())
    reminder = new_message(
        "reminder", sequence=60, issuance=issuance, issuer=issuance.issuer, to_address="ana@example.org"
    )

    mail = masked_mail(reminder)

    assert claim_url(issuance.pk, address=issuance.recipient_email) not in mail.text + mail.html
    assert stop_url(issuance.pk, mails=OptionalMail.REMINDERS) not in mail.text + mail.html


def test_masked_password_mail_shows_no_link(earner):
    password_requested.send(sender=None, user=earner, address="ana@example.org")

    mail = masked_mail(Message.objects.get())

    assert "/log-in/link/" not in mail.text + mail.html
    assert not TemporaryPassword.objects.exists()


def test_preview_is_the_mail_with_its_password_masked(issuance):
    mail = preview_issuance_mail(can_see(issuance.code), "new@example.org")

    assert mail.subject == "Your badge and how to log in"
    assert "new@example.org" in mail.text
    assert "•••••-•••••-•••••-•••••" in mail.text
    assert not TemporaryPassword.objects.exists()


def test_preview_for_somebody_known_has_no_password(issuance):
    make_user("known@example.org", last_login=clock.now())

    mail = preview_issuance_mail(can_see(issuance.code), "Known@example.org")

    assert mail.subject == "Your badge: Infection Control Practitioner"
    assert "assword" not in mail.text


def test_preview_of_what_may_not_be_seen_is_refused():
    with pytest.raises(ValueError, match="not_found"):
        preview_issuance_mail(can_see("000000000000"), "ana@example.org")


@pytest.mark.parametrize("token", ["", "abc", "abc.def", "01a2014e13397269b3e7d7f2058e6cc1."])
def test_stop_link_that_was_not_made_here_is_refused(token):
    with pytest.raises(NotAStopLinkError):
        read_stop_link(token)
