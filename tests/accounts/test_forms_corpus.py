"""The inputs F… of reliability.md §4.5 for logging in, claiming, and new passwords; each by its number.

What has a test of its own elsewhere is not repeated: F03 to F05 test_log_in, F61 earners/test_admin, F71 to F72
test_equal_answers, F77 to F79 test_log_in, F88 to F90 earners/views/test_claim_link.
"""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.test import Client

from badgecert.accounts.actions import (
    answer_password_requests,
    ensure_users,
    find_password_link,
    make_temporary_password,
    request_password,
)
from badgecert.accounts.models import TemporaryPassword, User
from badgecert.core import clock
from badges.models import Badge
from notifications.models import Message, MessageKind
from tests.factories import PASSWORD, issue, make_staff

WRONG = "not-the-password-at-all"
OWN = "four words of my own"
DAY = timedelta(days=1)
ANA = "ana@example.org"


def log_in(client: Client, email: str = ANA, password: str = PASSWORD) -> Any:
    return client.post("/log-in/", {"email": email, "password": password})


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def choosing(user: User) -> Client:
    """A browser in which somebody has just come by a temporary password."""
    password, _token = make_temporary_password(user, lasts=DAY)
    client = Client()
    log_in(client, user.email, password)
    return client


def choose(client: Client, password: str, again: str | None = None) -> Any:
    typed = {"new_password": password, "again": password if again is None else again}
    return client.post("/log-in/choose-password/", typed)


# --- logging in ----------------------------------------------------------------------------------

TAKEN = {
    "F01 spaces around": {"email": f"  {ANA} ", "password": PASSWORD},
    "F02 other case": {"email": "ANA@EXAMPLE.ORG", "password": PASSWORD},
    "F06 pasted": {"email": ANA, "password": PASSWORD},
    "F39 fields that are not its own": {"email": ANA, "password": PASSWORD, "is_staff": "1", "locked": "0"},
}


@pytest.mark.parametrize("typed", TAKEN.values(), ids=TAKEN)
def test_log_in_takes(client: Client, earner: User, typed: dict[str, str]) -> None:
    assert client.post("/log-in/", typed).status_code == 302
    earner.refresh_from_db()
    assert (client.session[SESSION_KEY], earner.is_staff) == (str(earner.pk), False)


REFUSED = {
    "F14 empty user": {"email": "", "password": PASSWORD},
    "F15 empty password": {"email": ANA, "password": ""},
    "F16 user of 100 kB": {"email": "a" * 100_000 + "@example.org", "password": PASSWORD},
    "F17 password of 1 MB": {"email": ANA, "password": "p" * 1_000_000},
    "F18 NUL in user": {"email": "ana\x00@example.org", "password": PASSWORD},
    "F19 two users": {"email": [ANA, "ben@example.org"], "password": PASSWORD},
    "F19 the same user twice": {"email": [ANA, ANA], "password": PASSWORD},
    "F20 user as a list": {"email[]": ANA, "password": PASSWORD},
    "F32 CR LF in user": {"email": "ana@example.org\r\nBcc: eve@example.org", "password": PASSWORD},
}


@pytest.mark.parametrize("typed", REFUSED.values(), ids=REFUSED)
def test_log_in_refuses_and_counts_nothing(client: Client, earner: User, typed: dict[str, Any]) -> None:
    response = client.post("/log-in/", typed)

    assert response.status_code == 400
    assert 'aria-invalid="true"' in words(response)
    assert SESSION_KEY not in client.session
    earner.refresh_from_db()
    assert earner.failed_logins == 0


@pytest.mark.parametrize("path", ["/log-in/", "/log-in/new-password/", "/log-in/first-time/"])
@pytest.mark.parametrize("forged", ["F21 wrong token", "F22 no cookie", "F23 another origin"])
def test_form_sent_from_elsewhere_does_nothing(earner: User, path: str, forged: str) -> None:
    client = Client(enforce_csrf_checks=True)
    page = client.get(path)
    typed = {"email": ANA, "password": PASSWORD, "csrfmiddlewaretoken": str(page.context["csrf_token"])}
    headers = {}
    if forged == "F21 wrong token":
        typed["csrfmiddlewaretoken"] = "x" * 64
    elif forged == "F22 no cookie":
        client.cookies.clear()
    else:
        headers["Origin"] = "https://evil.example"

    response = client.post(path, typed, headers=headers)

    assert response.status_code == 403
    assert SESSION_KEY not in client.session
    assert answer_password_requests() == 0


def test_f93_token_from_before_the_log_in_is_refused_after_it(earner: User) -> None:
    client = Client(enforce_csrf_checks=True)
    old = str(client.get("/log-in/").context["csrf_token"])
    client.post("/log-in/", {"email": ANA, "password": PASSWORD, "csrfmiddlewaretoken": old})

    typed = {"current_password": PASSWORD, "new_password": OWN, "again": OWN, "csrfmiddlewaretoken": old}

    assert client.post("/profile/password/", typed).status_code == 403
    earner.refresh_from_db()
    assert earner.check_password(PASSWORD)


# --- new passwords -------------------------------------------------------------------------------

WEAK = {
    "F24 seven characters": ("seven77", "at least 12 characters"),
    "F25 password123": ("password123", "at least 12 characters"),
    "F25 longer": ("password1234", "too common"),
    "F26 own address": (ANA, "too similar to the e-mail address"),
    "F27 the issuer's name": ("Northgate Council", "too similar to an organisation’s name"),
    "F27 in other letters": ("northgate-council 1", "too similar to an organisation’s name"),
    "F27 the site's name": ("Badge-Cert-2026", "too similar to an organisation’s name"),
}


@pytest.mark.parametrize(("password", "sentence"), WEAK.values(), ids=WEAK)
def test_weak_password_is_refused(badge: Badge, earner: User, password: str, sentence: str) -> None:
    badge.issuer.name = "Northgate Council"
    badge.issuer.save()
    issue(badge, to=earner)
    client = choosing(earner)

    response = choose(client, password)

    assert response.status_code == 400
    assert sentence in words(response)
    earner.refresh_from_db()
    assert earner.check_password(PASSWORD)


def test_f27_name_of_the_organisation_that_one_works_for_is_refused(issuer: Any) -> None:
    issuer.name = "Northgate Council"
    issuer.save()

    assert choose(choosing(make_staff(issuer)), "Northgate Council!").status_code == 400


def test_f27_name_of_an_organisation_that_one_has_nothing_to_do_with_is_taken(issuer: Any, stranger: User) -> None:
    issuer.name = "Harbour College Ltd"
    issuer.save()

    assert choose(choosing(stranger), "Harbour College Ltd").status_code == 302


def test_f28_temporary_password_is_not_taken_as_the_new_one(earner: User) -> None:
    password, _token = make_temporary_password(earner, lasts=DAY)
    client = Client()
    log_in(client, ANA, password)

    assert "Choose a password of your own, not the temporary one." in words(choose(client, password))


def test_f29_two_new_passwords_that_differ_are_refused(earner: User) -> None:
    assert "These two are not the same." in words(choose(choosing(earner), OWN, again=OWN + "s"))


def test_f11_form_of_a_new_password_sent_again_does_nothing_more(earner: User) -> None:
    client = choosing(earner)
    choose(client, OWN)

    response = choose(client, "something else entirely")

    assert response["Location"] == "/log-in/"
    earner.refresh_from_db()
    assert earner.check_password(OWN)


# --- resets --------------------------------------------------------------------------------------


def test_f80_twenty_resets_for_one_address_owe_three_mails(client: Client, earner: User) -> None:
    answers = {client.post("/log-in/new-password/", {"email": ANA}).status_code for _ in range(20)}
    answer_password_requests()

    assert answers == {200}
    assert Message.objects.filter(kind=MessageKind.PASSWORD).count() == 3
    assert mail.outbox == []


@pytest.mark.parametrize("used_first", ["older", "newer"])
def test_two_resets_in_either_order(earner: User, used_first: str) -> None:
    """Asking twice ends neither mail; using one ends both, and all their links."""
    mails = {name: make_temporary_password(earner, lasts=DAY, with_link=True) for name in ("older", "newer")}
    assert log_in(Client()).status_code == 302
    used_password, _used_token = mails.pop(used_first)
    [(other_password, other_token)] = mails.values()

    client = Client()
    log_in(client, ANA, used_password)
    choose(client, OWN)

    assert "This temporary password has expired." in words(log_in(Client(), ANA, other_password))
    assert find_password_link(other_token) is None
    assert log_in(Client(), ANA, PASSWORD).status_code == 400
    assert log_in(Client(), ANA, OWN).status_code == 302


@pytest.mark.parametrize("way", ["link", "temporary password"])
def test_f84_f86_either_way_of_a_reset_spends_both(earner: User, way: str) -> None:
    password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    client = Client()
    if way == "link":
        client.post(f"/log-in/link/{token}/")
    else:
        log_in(client, ANA, password)
    choose(client, OWN)

    assert "This temporary password has expired. Request a new one." in words(log_in(Client(), ANA, password))
    again = Client().post(f"/log-in/link/{token}/")
    assert again.status_code == 404
    assert "This link has expired" in words(again)


def test_f85_reset_ends_after_a_day_and_the_mail_about_a_badge_after_two_weeks(earner: User) -> None:
    now = clock.now()
    reset, link = make_temporary_password(earner, lasts=DAY, with_link=True)
    from_badge, _none = make_temporary_password(earner, lasts=timedelta(days=14))

    with clock.at(now + timedelta(hours=23, minutes=59)):
        assert log_in(Client(), ANA, reset)["Location"] == "/log-in/choose-password/"
    with clock.at(now + timedelta(hours=24, minutes=1)):
        assert "has expired" in words(log_in(Client(), ANA, reset))
        assert Client().get(f"/log-in/link/{link}/").status_code == 404
    with clock.at(now + timedelta(days=13, hours=23)):
        assert log_in(Client(), ANA, from_badge)["Location"] == "/log-in/choose-password/"
    with clock.at(now + timedelta(days=14, minutes=1)):
        assert "has expired" in words(log_in(Client(), ANA, from_badge))


def test_f87_reset_link_is_dead_after_the_password_changed(client: Client, earner: User) -> None:
    _password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    log_in(client)
    client.post("/profile/password/", {"current_password": PASSWORD, "new_password": OWN, "again": OWN})

    assert Client().get(f"/log-in/link/{token}/").status_code == 404


def test_asking_never_touches_the_current_password(client: Client, earner: User) -> None:
    log_in(client)
    for _ in range(3):
        request_password(ANA)
    answer_password_requests()

    assert client.get("/profile/password/").status_code == 200
    assert log_in(Client()).status_code == 302


def test_f91_session_ends_when_the_password_changes_elsewhere(earner: User) -> None:
    here, there = Client(), Client()
    for client in (here, there):
        log_in(client)

    here.post("/profile/password/", {"current_password": PASSWORD, "new_password": OWN, "again": OWN})

    assert here.get("/profile/password/").status_code == 200
    assert there.get("/profile/password/")["Location"] == "/log-in/?next=/profile/password/"


def test_f92_right_to_choose_a_password_ends_when_the_account_locks(earner: User) -> None:
    client = choosing(earner)
    for _ in range(10):
        log_in(Client(), ANA, WRONG)

    response = choose(client, OWN)

    assert response["Location"] == "/log-in/"
    assert "This account is locked." in words(client.get("/log-in/"))
    earner.refresh_from_db()
    assert earner.check_password(PASSWORD)


def test_newcomer_who_asks_gets_a_way_in_as_if_they_had_been_here(client: Client, badge: Badge) -> None:
    """S3: the same door for a first time; only who was given a badge has it."""
    issue(badge, to="new@example.org")
    for address in ("new@example.org", "nobody@example.org"):
        client.post("/log-in/first-time/", {"email": address})

    answer_password_requests()

    assert [m.to_address for m in Message.objects.filter(kind=MessageKind.PASSWORD)] == ["new@example.org"]
    assert not User.objects.filter(email="nobody@example.org").exists()


def test_two_mails_about_badges_to_a_newcomer_are_one_way_in(db: None) -> None:
    user = ensure_users(["new@example.org"])["new@example.org"]
    first, _none = make_temporary_password(user, lasts=timedelta(days=14))
    make_temporary_password(user, lasts=timedelta(days=14))
    client = Client()
    log_in(client, "new@example.org", first)
    choose(client, OWN)

    assert not TemporaryPassword.objects.usable(clock.now()).exists()
