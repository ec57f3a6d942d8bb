from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.test import Client, RequestFactory

from badgecert.accounts.actions import (
    answer_password_requests,
    count_failed_login,
    ensure_users,
    make_temporary_password,
    request_password,
)
from badgecert.accounts.models import TemporaryPassword, User
from badgecert.accounts.sessions import allow_choosing_password
from badgecert.accounts.signals import password_requested
from badgecert.core import clock
from tests.factories import PASSWORD, make_picture, make_user
from tests.house.routes import routes

OWN = "four words of my own"
DAY = timedelta(days=1)


@pytest.fixture
def newcomer(db: None) -> User:
    return ensure_users(["new@example.org"])["new@example.org"]


@pytest.fixture
def choosing(client: Client, newcomer: User) -> Client:
    """A browser in which somebody has just logged in with a temporary password."""
    password, _token = make_temporary_password(newcomer, lasts=DAY)
    log_in(client, "new@example.org", password)
    return client


def log_in(client: Client, email: str, password: str, **more: str) -> Any:
    return client.post("/log-in/", {"email": email, "password": password, **more})


def choose(client: Client, password: str = OWN, again: str | None = None) -> Any:
    return client.post(
        "/log-in/choose-password/", {"new_password": password, "again": password if again is None else again}
    )


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


# --- first log-in --------------------------------------------------------------------------------


def test_first_log_in_from_temporary_password_to_portfolio(client: Client, newcomer: User) -> None:
    password, _token = make_temporary_password(newcomer, lasts=DAY)

    assert log_in(client, "New@example.org", password)["Location"] == "/log-in/choose-password/"
    page = words(client.get("/log-in/choose-password/"))
    assert "new@example.org" in page
    assert "12 characters or more" in page
    assert choose(client)["Location"] == "/log-in/"

    page = words(client.get("/log-in/"))
    assert "Your password is set. Log in with it." in page
    assert 'value="new@example.org"' in page
    assert SESSION_KEY not in client.session

    assert log_in(client, "new@example.org", OWN).status_code == 302
    assert client.session[SESSION_KEY] == str(newcomer.pk)
    assert EmailAddress.objects.get(user=newcomer).verified
    assert "This temporary password has expired. Request a new one." in words(
        log_in(Client(), "new@example.org", password)
    )


def test_first_log_in_remembers_where_the_visitor_was_going(client: Client, newcomer: User) -> None:
    password, _token = make_temporary_password(newcomer, lasts=DAY)
    log_in(client, "new@example.org", password, next="/profile/password/")

    location = choose(client)["Location"]

    assert location == "/log-in/?next=%2Fprofile%2Fpassword%2F"
    assert 'name="next" value="/profile/password/"' in words(client.get(location))


def test_temporary_password_starts_a_new_session(client: Client, newcomer: User) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    password, _token = make_temporary_password(newcomer, lasts=DAY)

    log_in(client, "new@example.org", password)

    assert client.session.session_key != session.session_key
    assert "planted" not in client.session


def test_temporary_password_beside_an_own_one_leaves_that_alone(client: Client, earner: User) -> None:
    password, _token = make_temporary_password(earner, lasts=DAY)

    log_in(client, earner.email, password)

    assert SESSION_KEY not in client.session
    assert log_in(Client(), earner.email, PASSWORD).status_code == 302


def test_temporary_password_that_expires_while_choosing(choosing: Client) -> None:
    with clock.at(clock.now() + DAY):
        assert choose(choosing)["Location"] == "/log-in/"

    assert "This temporary password has expired. Request a new one." in words(choosing.get("/log-in/"))
    assert not User.objects.get(email="new@example.org").has_usable_password()


def test_temporary_password_that_expired_while_nobody_chose(choosing: Client) -> None:
    with clock.at(clock.now() + DAY):
        arrival = choosing.get("/log-in/", follow=True)

    assert [address for address, _status in arrival.redirect_chain] == ["/log-in/choose-password/", "/log-in/"]
    assert "This temporary password has expired. Request a new one." in words(arrival)
    assert choosing.get("/portfolio/")["Location"] == "/log-in/?next=/portfolio/"


def test_temporary_password_of_an_account_that_closed_meanwhile(choosing: Client) -> None:
    User.objects.update(is_active=False)

    assert choose(choosing)["Location"] == "/log-in/"
    assert choosing.get("/log-in/").status_code == 200


def test_temporary_password_in_two_browsers_sets_one_password(client: Client, newcomer: User) -> None:
    password, _token = make_temporary_password(newcomer, lasts=DAY)
    other = Client()
    for browser in (client, other):
        assert log_in(browser, "new@example.org", password)["Location"] == "/log-in/choose-password/"
    choose(client)

    choose(other, "something else entirely")

    assert "This temporary password has expired." in words(other.get("/log-in/"))
    newcomer.refresh_from_db()
    assert newcomer.check_password(OWN)


# --- what a temporary password does not open -----------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post"])
def test_temporary_password_opens_no_private_page(choosing: Client, method: str) -> None:
    some_id = "01890000-0000-7000-8000-000000000000"
    # Parameters that are no UUIDs; a new one of that kind makes this fail until it stands here.
    values = defaultdict(lambda: some_id, address_id=0, pk=0, app_label="badges", content_type_id=1, decision="revoke")
    private = {route.name: route.url(values) for route in routes() if not route.is_public}

    answers = {name: getattr(choosing, method)(path) for name, path in private.items()}

    assert {"earners:portfolio", "change_password", "browsers", "admin:index", "admin:logout"} <= answers.keys()
    assert {name: (answer.status_code, answer.headers.get("Location")) for name, answer in answers.items()} == (
        dict.fromkeys(answers, (302, "/log-in/choose-password/"))
    )


def test_temporary_password_of_staff_does_not_open_the_desk(client: Client, staff: User) -> None:
    password, _token = make_temporary_password(staff, lasts=DAY)
    log_in(client, staff.email, password)

    assert client.get("/admin/")["Location"] == "/log-in/choose-password/"
    assert client.post("/admin/password_change/")["Location"] == "/log-in/choose-password/"
    assert client.get("/admin/login/", follow=True).redirect_chain[-1][0] == "/log-in/choose-password/"


def test_temporary_password_leaves_public_pages_to_a_stranger(choosing: Client) -> None:
    page = choosing.get("/")

    assert page.status_code == 200
    assert page.context["user"].is_anonymous


def test_public_file_neither_sets_nor_reads_a_cookie(choosing: Client) -> None:
    page = choosing.get(make_picture().get_absolute_url())

    assert page.status_code == 200
    assert page.cookies == {}
    assert "Cookie" not in page.headers.get("Vary", "")


def test_whoever_is_choosing_comes_back_to_it(choosing: Client) -> None:
    assert choosing.get("/log-in/")["Location"] == "/log-in/choose-password/"


def test_whoever_is_choosing_can_leave(choosing: Client) -> None:
    assert choosing.post("/log-out/")["Location"] == "/"

    assert choosing.get("/log-in/").status_code == 200
    assert choosing.get("/log-in/choose-password/")["Location"] == "/log-in/"


def test_choose_password_is_for_nobody_else(client: Client, earner: User) -> None:
    assert client.get("/log-in/choose-password/")["Location"] == "/log-in/"
    assert choose(client)["Location"] == "/log-in/"
    client.force_login(earner)
    assert choose(client)["Location"] == "/log-in/"

    earner.refresh_from_db()
    assert earner.check_password(PASSWORD)


# --- rules ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("", "Enter a new password."),
        ("seven77", "at least 12 characters"),
        ("elevenchars", "at least 12 characters"),
        ("password1234", "too common"),
        ("new@example.org", "too similar to the e-mail address"),
        ("Wilhelmina-Okafor", "too similar to the name"),
        ("four\x00words of mine", "Null characters are not allowed."),
        ("p" * 100_000, "This is too long for a password."),
    ],
)
def test_choose_password_says_what_is_wrong(choosing: Client, password: str, sentence: str) -> None:
    User.objects.filter(email="new@example.org").update(name="Wilhelmina Okafor")

    response = choose(choosing, password)

    assert response.status_code == 400
    assert sentence in words(response)
    assert not User.objects.get(email="new@example.org").has_usable_password()
    assert TemporaryPassword.objects.get().spent_at is None


def test_choose_password_refuses_two_different_ones(choosing: Client) -> None:
    response = choose(choosing, OWN, OWN + " ")

    assert response.status_code == 400
    assert "These two are not the same." in words(response)


def test_choose_password_refuses_the_temporary_one(client: Client, newcomer: User) -> None:
    password, _token = make_temporary_password(newcomer, lasts=DAY)
    log_in(client, "new@example.org", password)

    response = choose(client, password.upper())

    assert response.status_code == 400
    assert "Choose a password of your own, not the temporary one." in words(response)


@pytest.mark.parametrize("password", ["mossy lantern", "  spaces are kept  ", "密码需要足够长才可以使用", "p9" * 64])
def test_choose_password_takes(choosing: Client, password: str) -> None:
    assert choose(choosing, password).status_code == 302

    assert User.objects.get(email="new@example.org").check_password(password)


def test_choose_password_takes_nothing_but_a_password(choosing: Client) -> None:
    choosing.post(
        "/log-in/choose-password/",
        {"new_password": OWN, "again": OWN, "is_staff": "1", "is_superuser": "1", "email": "root@example.org"},
    )

    user = User.objects.get()
    assert (user.email, user.is_staff, user.is_superuser) == ("new@example.org", False, False)
    assert user.check_password(OWN)


# --- by claim link -------------------------------------------------------------------------------


def offer(client: Client, user: User, address: str) -> bool:
    """What the claim page does, in this browser."""
    request = RequestFactory().get("/")
    request.session, request.user = client.session, user_of(client)
    allowed = allow_choosing_password(request, user, address)
    request.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = request.session.session_key
    return allowed


def user_of(client: Client) -> Any:
    return client.get("/").context["user"]


def test_claim_link_offers_a_newcomer_to_choose(client: Client, newcomer: User) -> None:
    assert offer(client, newcomer, "new@example.org")

    assert choose(client)["Location"] == "/log-in/"
    assert log_in(client, "new@example.org", OWN).status_code == 302


def test_claim_link_offers_nothing_to_who_has_a_password(client: Client, earner: User) -> None:
    assert not offer(client, earner, earner.email)

    assert client.get("/log-in/choose-password/")["Location"] == "/log-in/"


def test_claim_link_offers_nothing_for_a_locked_or_closed_account(client: Client, newcomer: User) -> None:
    for _ in range(10):
        count_failed_login(newcomer)
    closed = ensure_users(["closed@example.org"])["closed@example.org"]
    closed.is_active = False

    assert not offer(client, newcomer, "new@example.org")
    assert not offer(client, closed, "closed@example.org")


def test_claim_link_logs_out_nobody(client: Client, newcomer: User, earner: User) -> None:
    client.force_login(earner)

    assert not offer(client, newcomer, "new@example.org")

    assert client.session[SESSION_KEY] == str(earner.pk)


def test_claim_link_is_too_late_when_a_password_was_chosen_meanwhile(client: Client, newcomer: User) -> None:
    offer(client, newcomer, "new@example.org")
    newcomer.set_password(PASSWORD)
    newcomer.save()

    choose(client)

    assert "This account has a password." in words(client.get("/log-in/"))
    newcomer.refresh_from_db()
    assert newcomer.check_password(PASSWORD)


# --- request and link ----------------------------------------------------------------------------


@pytest.fixture
def asked() -> Iterator[list[str]]:
    addresses: list[str] = []

    def hear(address: str, **kwargs: Any) -> None:
        addresses.append(address)

    password_requested.connect(hear)
    yield addresses
    password_requested.disconnect(hear)


@pytest.mark.parametrize(
    ("path", "typed"),
    [
        ("/log-in/", {"email": "ana@example.org", "password": "", "new_password": "1"}),
        ("/log-in/", {"email": "ana@example.org", "password": "half a pass", "new_password": "1"}),
        ("/log-in/new-password/", {"email": " ANA@example.org "}),
        ("/log-in/first-time/", {"email": "ana@example.org"}),
    ],
)
def test_request_password_from_every_page(
    client: Client, earner: User, asked: list[str], path: str, typed: dict[str, str]
) -> None:
    page = client.post(path, typed)

    assert page.status_code == 200
    assert "If <b><bdi>" in words(page)
    assert settings.MAIL_FROM_ADDRESS in words(page)
    assert "You can’t make an account without a badge" in words(page)
    assert asked == []
    answer_password_requests()
    assert asked == ["ana@example.org"]
    earner.refresh_from_db()
    assert earner.failed_logins == 0


def test_request_password_page_asks_for_the_address_only(client: Client, db: None) -> None:
    page = words(client.get("/log-in/new-password/"))

    assert 'type="email" name="email" autocomplete="username"' in page
    assert 'type="password"' not in page


def test_request_password_answers_everybody_the_same(client: Client, earner: User, staff: User, issuer: Any) -> None:
    make_user("closed@example.org", is_active=False)
    ensure_users(["unclaimed@example.org"])
    locked = make_user("locked@example.org")
    for _ in range(10):
        count_failed_login(locked)
    make_user("asks-a-lot@example.org")
    for _ in range(3):
        request_password("asks-a-lot@example.org")
    addresses = ["ana", "nobody", "unclaimed", "closed", "locked", "asks-a-lot"]

    answers = {
        client.post("/log-in/new-password/", {"email": address}).content.replace(address.encode(), b"...")
        for address in [*(f"{name}@example.org" for name in addresses), staff.email]
    }

    assert len(answers) == 1


@pytest.mark.parametrize(
    "typed", [{}, {"email": ""}, {"email": "ana example.org"}, {"email": "a" * 100_000}, {"email": "ana@\x00.org"}]
)
def test_request_password_says_what_is_wrong_with_the_address(
    client: Client, earner: User, asked: list[str], typed: dict[str, str]
) -> None:
    for path in ("/log-in/new-password/", "/log-in/", "/log-in/first-time/"):
        page = client.post(path, {**typed, "new_password": "1"})

        assert page.status_code == 400
        assert 'id="id_email_error"' in words(page)
    answer_password_requests()
    assert asked == []


def test_password_link_does_nothing_until_its_button_is_pressed(client: Client, earner: User) -> None:
    _password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    before = TemporaryPassword.objects.values().get()

    for _ in range(3):
        page = client.get(f"/log-in/link/{token}/")
        client.head(f"/log-in/link/{token}/")

    assert page.status_code == 200
    assert earner.email not in words(page)
    assert TemporaryPassword.objects.values().get() == before
    assert SESSION_KEY not in client.session
    assert client.get("/log-in/choose-password/")["Location"] == "/log-in/"


def test_password_link_leads_to_choosing_and_spends_the_password(client: Client, earner: User) -> None:
    password, token = make_temporary_password(earner, lasts=DAY, with_link=True)

    assert client.post(f"/log-in/link/{token}/")["Location"] == "/log-in/choose-password/"
    choose(client)

    assert log_in(client, earner.email, OWN).status_code == 302
    assert "This temporary password has expired." in words(log_in(Client(), earner.email, password))
    again = Client().post(f"/log-in/link/{token}/")
    assert again.status_code == 404
    assert "This link has expired" in words(again)


def test_password_link_ends_the_session_of_somebody_else(client: Client, earner: User, stranger: User) -> None:
    _password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    client.force_login(stranger)

    client.post(f"/log-in/link/{token}/")

    assert SESSION_KEY not in client.session
    assert client.get("/log-in/choose-password/").status_code == 200


@pytest.mark.parametrize("token", ["x", "x" * 5000, "%00", "..%2f..%2f", "📎"])
def test_password_link_that_is_none(client: Client, db: None, token: str) -> None:
    for answer in (client.get(f"/log-in/link/{token}/"), client.post(f"/log-in/link/{token}/")):
        assert answer.status_code == 404


# --- change --------------------------------------------------------------------------------------


def change(client: Client, current: str, new: str = OWN, again: str = OWN) -> Any:
    return client.post("/profile/password/", {"current_password": current, "new_password": new, "again": again})


def test_change_password_ends_other_sessions(client: Client, earner: User) -> None:
    other = Client()
    for browser in (client, other):
        log_in(browser, earner.email, PASSWORD)
    key = client.session.session_key

    response = change(client, PASSWORD)

    assert response["Location"] == "/profile/password/"
    assert "Your password is changed." in words(client.get("/profile/password/"))
    assert client.session.session_key != key
    assert other.get("/profile/password/")["Location"] == "/log-in/?next=/profile/password/"
    earner.refresh_from_db()
    assert earner.check_password(OWN)


def test_change_password_refuses_a_wrong_current_one(client: Client, earner: User) -> None:
    client.force_login(earner)

    response = change(client, "not-the-password-at-all")

    assert response.status_code == 400
    assert "That is not your password." in words(response)
    earner.refresh_from_db()
    assert earner.failed_logins == 1
    assert earner.check_password(PASSWORD)


def test_change_password_refuses_weak_ones(client: Client, earner: User) -> None:
    client.force_login(earner)

    assert "at least 12 characters" in words(change(client, PASSWORD, "short", "short"))
    assert "These two are not the same." in words(change(client, PASSWORD, OWN, OWN + "!"))

    earner.refresh_from_db()
    assert (earner.failed_logins, earner.check_password(PASSWORD)) == (0, True)


def test_change_password_is_private(client: Client, db: None) -> None:
    assert client.get("/profile/password/")["Location"] == "/log-in/?next=/profile/password/"


def test_choosing_a_password_ends_every_session(client: Client, earner: User) -> None:
    log_in(client, earner.email, PASSWORD)
    _password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    elsewhere = Client()
    elsewhere.post(f"/log-in/link/{token}/")
    choose(elsewhere)

    assert client.get("/profile/password/")["Location"] == "/log-in/?next=/profile/password/"
