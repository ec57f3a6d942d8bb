import re
from datetime import UTC, datetime
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import SESSION_KEY
from django.core.cache import cache
from django.test import Client, RequestFactory
from django.urls import reverse

from badgecert.accounts.brakes import network_of
from badgecert.accounts.models import User
from badgecert.core import clock
from tests.factories import PASSWORD, make_user

WRONG = "not-the-password-at-all"


def log_in(client: Client, email: str, password: str, *, REMOTE_ADDR: str = "127.0.0.1", **more: str) -> Any:  # noqa: N803
    return client.post("/log-in/", {"email": email, "password": password, **more}, REMOTE_ADDR=REMOTE_ADDR)


def words(response: Any) -> str:
    return " ".join(response.content.decode().split())


def same_for_all(response: Any, address: str) -> str:
    """The page without what was typed and without its form's token."""
    page = re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", response.content.decode())
    return f"{response.status_code} {page}".replace(address, "…")


# --- the door ------------------------------------------------------------------------------------


def test_log_in_page_fits_a_password_manager(client: Client, db: None) -> None:
    page = words(client.get("/log-in/"))

    assert 'type="email" name="email" autocomplete="username"' in page
    assert 'type="password" name="password" autocomplete="current-password"' in page
    assert 'data-reveals="id_password"' in page


@pytest.mark.parametrize("email", ["ana@example.org", "  ana@example.org ", "ANA@Example.ORG", "aNa@example.org"])
def test_log_in_takes_every_spelling(client: Client, earner: User, email: str) -> None:
    response = log_in(client, email, PASSWORD)

    assert response.status_code == 302
    assert client.session[SESSION_KEY] == str(earner.pk)


def test_log_in_with_another_proven_address(client: Client, earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)

    log_in(client, "ana@work.example", PASSWORD)

    assert client.session[SESSION_KEY] == str(earner.pk)


def test_log_in_with_an_address_that_was_only_typed_is_refused(client: Client, earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=False)

    response = log_in(client, "ana@work.example", PASSWORD)

    assert response.status_code == 400
    assert SESSION_KEY not in client.session


@pytest.mark.parametrize(
    "password", ["  spaces around are kept  ", "p" * 64, "p" * 128, "🦊🌲🍁🌧️🌾🐚🪨🌙🌻🍂🐿️🌊", "كلمة سر طويلة جدا"]
)
def test_log_in_takes_every_kind_of_password(client: Client, db: None, password: str) -> None:
    make_user("ana@example.org", password=password)

    assert log_in(client, "ana@example.org", password).status_code == 302
    assert log_in(Client(), "ana@example.org", password + " ").status_code == 400


def test_log_in_leads_an_earner_to_the_portfolio(client: Client, earner: User) -> None:
    assert log_in(client, earner.email, PASSWORD)["Location"] == reverse("earners:portfolio")


def test_log_in_leads_staff_to_the_desk(client: Client, staff: User) -> None:
    assert log_in(client, staff.email, PASSWORD)["Location"] == reverse("admin:index")


def test_log_in_page_sends_on_who_is_logged_in(client: Client, earner: User) -> None:
    client.force_login(earner)

    assert client.get("/log-in/")["Location"] == reverse("earners:portfolio")
    assert client.get("/log-in/?next=/profile/password/")["Location"] == "/profile/password/"
    assert client.get("/log-in/?next=//evil.example")["Location"] == reverse("earners:portfolio")


def test_admin_log_in_is_the_same_door(client: Client, staff: User) -> None:
    arrival = client.get("/admin/", follow=True)

    assert arrival.redirect_chain[-1][0] == "/log-in/?next=/admin/"
    assert log_in(client, staff.email, PASSWORD, next="/admin/")["Location"] == "/admin/"
    assert client.get("/admin/login/")["Location"] == "/admin/"
    assert client.get("/admin/password_change/")["Location"] == "/profile/password/"


def test_admin_log_in_refuses_an_earner_without_a_loop(client: Client, earner: User) -> None:
    client.force_login(earner)

    assert client.get("/admin/", follow=True).status_code == 403


def test_log_in_starts_a_new_session(client: Client, earner: User) -> None:
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    planted = session.session_key

    log_in(client, earner.email, PASSWORD)

    assert client.session.session_key != planted
    stale = Client()
    stale.cookies["sessionid"] = planted
    assert SESSION_KEY not in stale.session


def test_log_in_takes_no_password_without_its_token(earner: User) -> None:
    client = Client(enforce_csrf_checks=True)

    response = log_in(client, earner.email, PASSWORD)

    assert response.status_code == 403
    assert SESSION_KEY not in client.session


def test_there_is_no_sign_up(client: Client, db: None) -> None:
    for path in ("/signup/", "/sign-up/", "/accounts/signup/", "/register/"):
        assert client.get(path).status_code == 404


# --- what is wrong -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"email": "", "password": PASSWORD}, "Enter your e-mail address."),
        ({"password": PASSWORD}, "Enter your e-mail address."),
        ({"email[]": "ana@example.org", "password": PASSWORD}, "Enter your e-mail address."),
        ({"email": "ana@example.org", "password": ""}, "Enter your password."),
        ({"email": "ana example.org", "password": PASSWORD}, "This e-mail address has no @."),
        ({"email": "a" * 100_000 + "@example.org", "password": PASSWORD}, "Enter an e-mail address like"),
        ({"email": "ana\x00@example.org", "password": PASSWORD}, "Null characters are not allowed."),
        ({"email": "ana@example.org", "password": "pass\x00word"}, "Null characters are not allowed."),
        ({"email": "ana@example.org", "password": "p" * 1_000_000}, "This is too long for a password."),
        ({"email": "ана@example.org", "password": PASSWORD}, "Enter an e-mail address like"),
    ],
)
def test_log_in_says_what_is_wrong_with_a_field(
    client: Client, earner: User, typed: dict[str, str], sentence: str
) -> None:
    response = client.post("/log-in/", typed)

    assert response.status_code == 400
    assert sentence in words(response)
    earner.refresh_from_db()
    assert earner.failed_logins == 0


def test_log_in_says_the_same_to_everybody_it_refuses(client: Client, earner: User) -> None:
    make_user("closed@example.org", is_active=False)
    User.objects.create_user("unclaimed@example.org")
    make_user("locked@example.org")
    User.objects.filter(email="locked@example.org").update(locked_at="2026-01-01T00:00Z", failed_logins=10)

    pages = {
        same_for_all(log_in(Client(), f"{who}@example.org", WRONG), f"{who}@example.org")
        for who in ("ana", "closed", "unclaimed", "locked", "nobody")
    }

    assert len(pages) == 1
    assert "That e-mail and password don’t match." in pages.pop()


def test_log_in_refuses_a_closed_account(client: Client, db: None) -> None:
    make_user("closed@example.org", is_active=False)

    assert log_in(client, "closed@example.org", PASSWORD).status_code == 400


# --- counting down -------------------------------------------------------------------------------


@pytest.mark.parametrize("email", ["ana@example.org", "nobody@example.org"])
def test_log_in_counts_down_from_the_seventh_failure(client: Client, earner: User, email: str) -> None:
    pages = [words(log_in(client, email, WRONG)) for _ in range(11)]

    assert all("left before the account locks" not in page for page in pages[:6])
    assert "3 tries left before the account locks" in pages[6]
    assert pages[6].count("<li data-spent>") == 7
    assert pages[6].count("<li></li>") == 3
    assert "2 tries left before the account locks" in pages[7]
    assert "1 try left before the account locks" in pages[8]
    assert "This account is locked" in pages[9]
    assert "10 wrong passwords were tried." in pages[9]
    assert "This account is locked" in pages[10]


def test_log_in_that_succeeds_starts_counting_again(client: Client, earner: User) -> None:
    for _ in range(8):
        log_in(client, earner.email, WRONG)
    log_in(client, earner.email, PASSWORD)

    page = words(log_in(Client(), earner.email, WRONG))

    assert "left before the account locks" not in page
    earner.refresh_from_db()
    assert earner.failed_logins == 1


def test_log_in_counts_what_was_typed_and_betrays_no_second_address(client: Client, earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)
    for _ in range(9):
        log_in(client, "ana@example.org", WRONG)

    page = words(log_in(client, "ana@work.example", WRONG))

    assert "That e-mail and password don’t match." in page
    assert "left before the account locks" not in page
    earner.refresh_from_db()
    assert earner.is_locked


def test_log_in_keeps_no_address_in_the_cache(client: Client, db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    keys = []
    add = cache.add
    monkeypatch.setattr(cache, "add", lambda key, *args, **kwargs: keys.append(key) or add(key, *args, **kwargs))

    log_in(client, "nobody@example.org", WRONG)

    assert [key for key in keys if key.startswith("tries:")]
    assert not [key for key in keys if "nobody" in key]


def test_log_in_works_without_redis(client: Client, earner: User, settings: Any) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "unix:///nowhere/redis.sock?db=0",
        }
    }

    assert log_in(client, earner.email, WRONG).status_code == 400
    assert log_in(client, earner.email, PASSWORD).status_code == 302


def test_log_in_brakes_a_network_that_tries_many_people(client: Client, earner: User) -> None:
    """F79."""
    answers = [log_in(client, f"person{number}@example.org", WRONG).status_code for number in range(22)]

    assert answers == [400] * 20 + [429] * 2
    refused = log_in(client, earner.email, PASSWORD)
    assert refused.status_code == 429
    assert "Too many wrong passwords came from this network. Try again in an hour." in words(refused)
    assert client.get("/log-in/").status_code == 200
    assert log_in(client, earner.email, PASSWORD, REMOTE_ADDR="203.0.113.9").status_code == 302


def test_log_in_that_succeeds_is_no_failure_of_its_network(client: Client, earner: User) -> None:
    answers = [log_in(Client(), earner.email, PASSWORD).status_code for _ in range(25)]

    assert answers == [302] * 25


def test_one_machine_locks_two_people_and_no_more(client: Client, db: None, settings: Any) -> None:
    """T21."""
    # Without the brake on posts of any kind.
    settings.ACCOUNT_RATE_LIMITS = {"login": "1000000/m/ip"}
    people = [make_user() for _ in range(30)]
    with clock.at(datetime(2026, 11, 22, 12, 30, tzinfo=UTC)):
        for person in people:
            for _ in range(10):
                log_in(client, person.email, WRONG)

    assert User.objects.filter(locked_at__isnull=False).count() == 2


@pytest.mark.parametrize(
    ("addresses", "proxies", "networks"),
    [
        (["203.0.113.1", "203.0.113.2"], 0, 2),
        (["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1"], 0, 2),
        (["203.0.113.1", "::ffff:203.0.113.1"], 0, 1),
        # What a client says of itself counts for nothing without a front server of ours.
        (["198.51.100.1 203.0.113.1", "198.51.100.2 203.0.113.1"], 0, 1),
        (["198.51.100.1 10.0.0.1", "198.51.100.2 10.0.0.1"], 1, 2),
    ],
)
def test_network_of_a_request(
    rf: RequestFactory, settings: Any, addresses: list[str], proxies: int, networks: int
) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = proxies

    found = set()
    for address in addresses:
        *forwarded, remote = address.split()
        headers = {"X-Forwarded-For": forwarded[0]} if forwarded else {}
        found.add(network_of(rf.post("/log-in/", REMOTE_ADDR=remote, headers=headers)))

    assert len(found) == networks


def test_log_in_brakes_whoever_posts_and_posts(client: Client, db: None) -> None:
    answers = [client.post("/log-in/", {"email": "", "password": ""}).status_code for _ in range(61)]

    assert answers == [400] * 60 + [429]


# --- where it leads ------------------------------------------------------------------------------

ELSEWHERE = {
    "U56": "//evil.example",
    "U57": "///evil.example",
    "U58": "/\\evil.example",
    "U59": "\\\\evil.example",
    "U60": "/\t/evil.example",
    "U61": "https:evil.example",
    "U62": "https:/evil.example",
    "U63": "http://own@evil.example",
    "U64": "javascript:alert(1)",
    "U65": "data:text/html,x",
    "U66": "%2f%2fevil.example",
    "U67": "/x\r\nLocation: //evil",
    "U68": "//evil。example",
    "U69": "/" + "x" * 20_000,
    "U70": "http:///evil.example",
    "own host": "http://testserver/portfolio/",
    "relative": "portfolio/",
    "space": " //evil.example",
    "nothing": "",
}


@pytest.mark.parametrize("elsewhere", ELSEWHERE.values(), ids=ELSEWHERE)
def test_log_in_leads_nowhere_else(client: Client, earner: User, elsewhere: str) -> None:
    response = log_in(client, earner.email, PASSWORD, next=elsewhere)

    assert response.status_code == 302
    assert response["Location"] == reverse("earners:portfolio")


@pytest.mark.parametrize("elsewhere", ELSEWHERE.values(), ids=ELSEWHERE)
def test_log_in_page_offers_nothing_else(client: Client, db: None, elsewhere: str) -> None:
    assert 'name="next"' not in words(client.get("/log-in/", {"next": elsewhere}))


@pytest.mark.parametrize("path", ["/profile/password/", "/v/7KQ4M2XD9RWT?x=1#top", "/portfolio/?q=a%20b"])
def test_log_in_leads_to_a_page_of_this_site(client: Client, earner: User, path: str) -> None:
    assert log_in(client, earner.email, PASSWORD, next=path)["Location"] == path


# --- log out -------------------------------------------------------------------------------------


def test_log_out_is_a_button(client: Client, earner: User) -> None:
    client.force_login(earner)

    assert "Log out" in words(client.get("/log-out/"))
    assert client.session[SESSION_KEY] == str(earner.pk)

    assert client.post("/log-out/", {"next": "//evil.example"})["Location"] == "/"
    assert SESSION_KEY not in client.session
