"""A stranger's ten tries lock the account and leave its owner's browsers in; ten of a known browser lock it whole."""

from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.test import Client

from badgecert.accounts.actions import (
    answer_password_requests,
    count_failed_login,
    find_password_link,
    log_out_everywhere,
    make_temporary_password,
    prove_identity,
    request_password,
)
from badgecert.accounts.actions.forgetting import forget_old_rows
from badgecert.accounts.exceptions import WrongPasswordError
from badgecert.accounts.known_browsers import COOKIE
from badgecert.accounts.models import KnownBrowser, PasswordRequest, TemporaryPassword, User
from badgecert.accounts.signals import account_locked
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from tests.accounts.test_actions import in_parallel
from tests.factories import PASSWORD, make_user

WRONG = "not-the-password-at-all"
OWN = "four words of my own"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0"


def log_in(client: Client, email: str, password: str = PASSWORD) -> Any:
    return client.post("/log-in/", {"email": email, "password": password}, headers={"User-Agent": FIREFOX})


def is_in(client: Client) -> bool:
    return client.get("/profile/password/").status_code == 200


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def home(earner: User) -> Client:
    """A browser in which the earner is logged in."""
    client = Client()
    log_in(client, earner.email)
    return client


def lock_by_strangers(user: User) -> None:
    for _ in range(10):
        count_failed_login(user)
    user.refresh_from_db()
    assert user.is_locked


# --- the lock ------------------------------------------------------------------------------------


def test_strangers_lock_leaves_a_known_browser_logged_in(home: Client, earner: User) -> None:
    lock_by_strangers(earner)

    assert is_in(home)


def test_strangers_lock_lets_a_known_browser_log_in_again(home: Client, earner: User) -> None:
    home.post("/log-out/")
    lock_by_strangers(earner)

    assert log_in(home, earner.email).status_code == 302
    assert is_in(home)
    assert log_in(Client(), earner.email).status_code == 400
    earner.refresh_from_db()
    assert (earner.is_locked, earner.failed_logins) == (True, 10)


def test_strangers_lock_holds_for_temporary_passwords_in_a_known_browser_too(home: Client, earner: User) -> None:
    home.post("/log-out/")
    password, token = make_temporary_password(earner, lasts=timedelta(days=1), with_link=True)
    lock_by_strangers(earner)

    assert log_in(home, earner.email, password).status_code == 400
    assert home.get(f"/log-in/link/{token}/").status_code == 404


def test_known_browser_changes_its_password_while_strangers_locked_the_account(home: Client, earner: User) -> None:
    lock_by_strangers(earner)

    home.post("/profile/password/", {"current_password": PASSWORD, "new_password": OWN, "again": OWN})

    assert is_in(home)
    earner.refresh_from_db()
    assert earner.check_password(OWN)


def test_known_browser_has_ten_tries_of_its_own(home: Client, earner: User) -> None:
    away = Client()
    log_in(away, earner.email)
    home.post("/log-out/")
    for _ in range(9):
        count_failed_login(earner)

    pages = [words(log_in(home, earner.email, WRONG)) for _ in range(10)]

    assert ["left before the account locks" in page for page in pages] == [False] * 6 + [True] * 3 + [False]
    assert "This account is locked" in pages[9]
    earner.refresh_from_db()
    assert earner.is_locked
    assert not KnownBrowser.objects.exists()
    assert log_in(home, earner.email).status_code == 400
    assert not is_in(away)


def test_known_browsers_failures_do_not_count_for_strangers(home: Client, earner: User) -> None:
    home.post("/log-out/")
    for _ in range(9):
        log_in(home, earner.email, WRONG)

    earner.refresh_from_db()
    assert earner.failed_logins == 0
    assert "left before the account locks" not in words(log_in(Client(), earner.email, WRONG))


def test_known_browser_that_succeeds_starts_counting_again(home: Client, earner: User) -> None:
    home.post("/log-out/")
    for _ in range(9):
        log_in(home, earner.email, WRONG)
    log_in(home, earner.email)
    home.post("/log-out/")

    page = words(log_in(home, earner.email, WRONG))

    assert "left before the account locks" not in page
    assert KnownBrowser.objects.get().failed_logins == 1


def test_known_browser_counts_a_wrong_current_password_as_its_own(home: Client, earner: User) -> None:
    """F30."""
    for _ in range(10):
        home.post("/profile/password/", {"current_password": WRONG, "new_password": OWN, "again": OWN})

    earner.refresh_from_db()
    assert earner.is_locked
    assert not is_in(home)


def test_known_browser_is_a_stranger_to_other_accounts(home: Client, stranger: User) -> None:
    home.post("/log-out/")

    for _ in range(3):
        log_in(home, stranger.email, WRONG)

    stranger.refresh_from_db()
    assert stranger.failed_logins == 3


def test_known_browser_counts_each_address_apart_and_locks_one_account(home: Client, earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)
    home.post("/log-out/")

    pages = [words(log_in(home, email, WRONG)) for email in ["ana@example.org", "ana@work.example"] * 5]

    assert all("left before the account locks" not in page for page in pages)
    earner.refresh_from_db()
    assert earner.is_locked


def test_account_that_strangers_locked_is_announced_once_when_its_own_browser_locks_it_too(
    home: Client, earner: User
) -> None:
    heard = []

    def hear(user: User, **kwargs: Any) -> None:
        heard.append(user)

    account_locked.connect(hear)
    lock_by_strangers(earner)
    home.post("/log-out/")
    for _ in range(10):
        log_in(home, earner.email, WRONG)
    account_locked.disconnect(hear)

    assert heard == [earner]
    assert AuditEvent.objects.filter(verb="account locked").count() == 1
    assert log_in(home, earner.email).status_code == 400


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_tries_of_a_known_browser_lock_once() -> None:
    user = make_user("ana@example.org")
    client = Client()
    log_in(client, user.email)
    browser = KnownBrowser.objects.get()
    KnownBrowser.objects.update(failed_logins=9)

    in_parallel(50, lambda _which: count_failed_login(User.objects.get(pk=user.pk), browser=browser))

    user.refresh_from_db()
    assert user.is_locked
    assert AuditEvent.objects.filter(verb="account locked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_log_ins_at_the_ninth_failure_lock_exactly() -> None:
    """Through the whole judgement, on real connections: one failure counts, and the right password comes too late."""
    user = make_user("ana@example.org")
    User.objects.filter(pk=user.pk).update(failed_logins=9)

    def attempt(_which: int) -> bool:
        try:
            prove_identity(address="Ana@Example.org", password=WRONG)
        except WrongPasswordError:
            return False
        return True

    assert in_parallel(50, attempt) == [False] * 50
    user.refresh_from_db()
    assert (user.failed_logins, user.is_locked) == (10, True)
    with pytest.raises(WrongPasswordError):
        prove_identity(address="ana@example.org", password=PASSWORD)


# --- the brake -----------------------------------------------------------------------------------


def test_known_browser_is_not_held_up_by_its_network(home: Client, earner: User) -> None:
    home.post("/log-out/")
    for number in range(21):
        log_in(Client(), f"person{number}@example.org", WRONG)

    assert log_in(Client(), earner.email).status_code == 429
    assert log_in(home, earner.email).status_code == 302


def test_known_browser_gives_its_network_no_more_tries(home: Client, earner: User) -> None:
    home.post("/log-out/")
    password, _token = make_temporary_password(earner, lasts=timedelta(days=1))
    for number in range(20):
        log_in(Client(), f"person{number}@example.org", WRONG)

    for _ in range(5):
        log_in(home, earner.email, password)
        home.post("/log-out/")

    assert log_in(Client(), "person21@example.org", WRONG).status_code == 429


# --- the cookie ----------------------------------------------------------------------------------


def test_known_browser_cookie_is_new_at_each_log_in(home: Client, earner: User) -> None:
    first = home.cookies[COOKIE]
    home.post("/log-out/")
    log_in(home, earner.email)
    thief = Client()
    thief.cookies[COOKIE] = first.value
    lock_by_strangers(earner)

    assert home.cookies[COOKIE].value != first.value
    assert (first["httponly"], first["samesite"], first["max-age"]) == (True, "Lax", 180 * 24 * 60 * 60)
    assert KnownBrowser.objects.count() == 1
    assert log_in(thief, earner.email).status_code == 400


@pytest.mark.parametrize("value", ["", "x", "x.y.z", "\x00", "a" * 5000])
def test_known_browser_cookie_that_we_did_not_set_is_a_strangers(client: Client, earner: User, value: str) -> None:
    client.cookies[COOKIE] = value
    lock_by_strangers(earner)

    assert log_in(client, earner.email).status_code == 400


def test_known_browser_cookie_holds_for_several_people(earner: User, stranger: User) -> None:
    shared = Client()
    for person in (earner, stranger):
        log_in(shared, person.email)
        shared.post("/log-out/")
    for person in (earner, stranger):
        lock_by_strangers(person)

    for person in (stranger, earner):
        assert log_in(shared, person.email).status_code == 302
        shared.post("/log-out/")


def test_known_browser_cookie_keeps_the_newest_five(db: None) -> None:
    library = Client()
    people = [make_user() for _ in range(7)]
    for person in people:
        log_in(library, person.email)
        library.post("/log-out/")

    tokens, _stamp, _signature = library.cookies[COOKIE].value.split(":")

    assert len(tokens.split(".")) == 5
    lock_by_strangers(people[0])
    lock_by_strangers(people[6])
    assert log_in(library, people[0].email).status_code == 400
    assert log_in(library, people[6].email).status_code == 302


# --- where you are logged in ---------------------------------------------------------------------


def test_browsers_page_shows_where_one_is_logged_in(home: Client, earner: User) -> None:
    away = Client()
    away.post("/log-in/", {"email": earner.email, "password": PASSWORD}, headers={"User-Agent": "curl/8"})
    gone = Client()
    log_in(gone, earner.email)
    gone.post("/log-out/")

    page = home.get("/profile/browsers/")

    assert page.context["here"].name == "Firefox on Windows"
    assert [browser.name for browser in page.context["others"]] == ["A browser"]


def test_browsers_page_logs_out_another_one(home: Client, earner: User) -> None:
    away = Client()
    log_in(away, earner.email)
    [other] = home.get("/profile/browsers/").context["others"]

    home.post(f"/profile/browsers/{other.pk}/log-out/")

    assert (is_in(home), is_in(away)) == (True, False)
    assert [browser.pk for browser in KnownBrowser.objects.all()] != [other.pk]
    assert AuditEvent.objects.filter(verb="browser logged out", by=earner).count() == 1


def test_browsers_page_logs_out_nobody_else(home: Client, stranger: User) -> None:
    away = Client()
    log_in(away, stranger.email)
    theirs = KnownBrowser.objects.get(user=stranger)

    assert home.post(f"/profile/browsers/{theirs.pk}/log-out/").status_code == 404
    assert is_in(away)


def test_browsers_page_logs_out_everywhere(home: Client, earner: User, stranger: User) -> None:
    away, others = Client(), Client()
    log_in(away, earner.email)
    log_in(others, stranger.email)

    assert home.post("/profile/browsers/log-out/")["Location"] == "/log-in/"

    assert (is_in(home), is_in(away), is_in(others)) == (False, False, True)
    assert "You are logged out everywhere." in words(home.get("/log-in/"))
    assert list(KnownBrowser.objects.values_list("user", flat=True)) == [stranger.pk]


def test_log_out_everywhere_ends_sessions_that_no_browser_names(client: Client, earner: User) -> None:
    client.force_login(earner)

    log_out_everywhere(earner, by=earner)

    assert not is_in(client)


def test_browsers_page_after_a_change_of_password_is_still_about_this_browser(home: Client, earner: User) -> None:
    away = Client()
    log_in(away, earner.email)
    key = home.session.session_key

    home.post("/profile/password/", {"current_password": PASSWORD, "new_password": OWN, "again": OWN})

    page = home.get("/profile/browsers/")
    assert (page.context["here"].name, page.context["others"]) == ("Firefox on Windows", [])
    assert home.session.session_key != key
    assert not is_in(away)


# --- what is kept --------------------------------------------------------------------------------


def test_session_cannot_be_taken_over_with_what_the_database_holds(home: Client) -> None:
    stored = Session.objects.get()

    assert stored.session_key != home.session.session_key
    thief = Client()
    thief.cookies["sessionid"] = stored.session_key
    assert SESSION_KEY not in thief.session
    assert not is_in(thief)


def test_forget_old_rows_keeps_what_still_counts(home: Client, earner: User) -> None:
    now = clock.now()
    request_password("ana@example.org")
    answer_password_requests()
    _password, token = make_temporary_password(earner, lasts=timedelta(days=14))

    with clock.at(now + timedelta(hours=23)):
        forget_old_rows()
    kept = (KnownBrowser.objects.count(), PasswordRequest.objects.count(), TemporaryPassword.objects.count())
    with clock.at(now + timedelta(days=3)):
        forget_old_rows()
    after_days = (KnownBrowser.objects.count(), PasswordRequest.objects.count(), TemporaryPassword.objects.count())
    with clock.at(now + timedelta(days=400)):
        forget_old_rows()
    after_a_year = (
        KnownBrowser.objects.count(),
        Session.objects.count(),
        TemporaryPassword.objects.count(),
    )

    assert (kept, after_days, after_a_year) == ((1, 1, 1), (1, 0, 1), (0, 0, 0))
    assert find_password_link(token) is None
