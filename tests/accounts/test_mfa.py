"""Passkeys, authenticator apps and recovery codes, by HTTP; a real passkey is made in test_mfa_in_browser.py."""

import time
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import Fernet
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from badgecert.accounts.actions import make_temporary_password
from badgecert.accounts.actions.second_factor import reset_second_factor
from badgecert.accounts.exceptions import NoSecondFactorError, ReasonMissingError
from badgecert.accounts.models import User
from badgecert.core import seal
from badgecert.core.models import AuditEvent
from tests.factories import PASSWORD

PAGES = [
    "/profile/second-step/passkeys/add/",
    "/profile/second-step/app/",
    "/profile/second-step/recovery-codes/new/",
]


def code_for(secret: str, *, steps: int = 0) -> str:
    """What an app that holds the secret shows now, or some steps of 30 seconds later."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def log_in(client: Client, user: User, *, then: str = "") -> Any:
    return client.post("/log-in/", {"email": user.email, "password": PASSWORD, "next": then})


def prove_again(client: Client) -> None:
    client.post("/log-in/again/", {"current_password": PASSWORD})


@pytest.fixture
def secret(client: Client, earner: User) -> str:
    """The earner has set up an app that holds it, and nobody is logged in."""
    log_in(client, earner)
    prove_again(client)
    secret = client.get("/profile/second-step/app/").context["form"].secret
    client.post("/profile/second-step/app/", {"code": code_for(secret)})
    client.logout()
    return secret


def recovery_codes(user: User) -> list[str]:
    return Authenticator.objects.get(user=user, type="recovery_codes").wrap().get_unused_codes()


@pytest.mark.parametrize("page", PAGES)
def test_adding_asks_for_the_password_again(client: Client, earner: User, page: str) -> None:
    log_in(client, earner)

    response = client.get(page)

    assert (response.status_code, response["Location"]) == (302, f"/log-in/again/?next={page.replace('/', '%2F')}")


def test_removing_asks_for_the_password_again(client: Client, earner: User, secret: str) -> None:
    log_in(client, earner)
    client.post("/log-in/second-step/", {"code": recovery_codes(earner)[0]})

    response = client.post("/profile/second-step/app/remove/")

    assert response["Location"].startswith("/log-in/again/")
    assert Authenticator.objects.filter(user=earner, type="totp").exists()


def test_setting_up_an_app_gives_recovery_codes_and_is_remembered(
    client: Client, earner: User, django_capture_on_commit_callbacks: Any
) -> None:
    log_in(client, earner)
    prove_again(client)
    secret = client.get("/profile/second-step/app/").context["form"].secret

    with django_capture_on_commit_callbacks(execute=True):
        response = client.post("/profile/second-step/app/", {"code": code_for(secret)})

    assert response["Location"] == "/profile/second-step/recovery-codes/"
    assert len(recovery_codes(earner)) == 10
    events = AuditEvent.objects.filter(object_id=earner.pk, verb="second factor added")
    assert sorted(event.details["kind"] for event in events) == ["authenticator app", "recovery codes"]


def test_an_app_that_shows_another_code_is_not_set_up(client: Client, earner: User) -> None:
    log_in(client, earner)
    prove_again(client)
    secret = client.get("/profile/second-step/app/").context["form"].secret

    response = client.post("/profile/second-step/app/", {"code": code_for(secret, steps=9)})

    assert "That did not fit" in response.content.decode()
    assert response.context["form"].secret == secret
    assert not Authenticator.objects.exists()


def test_no_seed_stands_in_the_database_in_clear(client: Client, earner: User) -> None:
    log_in(client, earner)
    prove_again(client)
    secret = client.get("/profile/second-step/app/").context["form"].secret
    waiting = str([session.get_decoded() for session in Session.objects.all()])
    client.post("/profile/second-step/app/", {"code": code_for(secret)})

    with connection.cursor() as cursor:
        cursor.execute("select data from mfa_authenticator")
        stored = str(cursor.fetchall())

    app, codes = (Authenticator.objects.get(type=kind).data for kind in ("totp", "recovery_codes"))
    assert secret not in waiting + stored
    assert seal.open_sealed(app["secret"].encode()).decode() == secret
    assert seal.open_sealed(codes["seed"].encode()).decode() not in stored


def test_the_password_alone_logs_in_nobody_who_has_an_app(client: Client, earner: User, secret: str) -> None:
    response = log_in(client, earner)

    assert response["Location"] == "/log-in/second-step/"
    assert "_auth_user_id" not in client.session
    assert client.get("/portfolio/")["Location"].startswith("/log-in/")


def test_the_code_logs_in_and_leads_to_where_one_was_going(client: Client, earner: User, secret: str) -> None:
    log_in(client, earner, then="/profile/")

    response = client.post("/log-in/second-step/", {"code": code_for(secret, steps=1)})

    assert response["Location"] == "/profile/"
    assert client.session["_auth_user_id"] == str(earner.pk)


def test_a_temporary_password_leads_around_no_second_step(client: Client, earner: User, secret: str) -> None:
    password, _token = make_temporary_password(earner, lasts=timedelta(days=1))
    chosen = "violet-lines-on-cool-paper"

    first = client.post("/log-in/", {"email": earner.email, "password": password})
    client.post("/log-in/choose-password/", {"new_password": chosen, "again": chosen})
    response = client.post("/log-in/", {"email": earner.email, "password": chosen})

    assert first["Location"] == "/log-in/choose-password/"
    assert response["Location"] == "/log-in/second-step/"
    assert "_auth_user_id" not in client.session


def test_a_code_logs_in_once(client: Client, earner: User, secret: str) -> None:
    code = code_for(secret, steps=1)
    log_in(client, earner)
    client.post("/log-in/second-step/", {"code": code})
    client.logout()
    log_in(client, earner)

    client.post("/log-in/second-step/", {"code": code})

    assert "_auth_user_id" not in client.session


def test_a_recovery_code_logs_in_once(client: Client, earner: User, secret: str) -> None:
    code = recovery_codes(earner)[3]
    log_in(client, earner)
    first = client.post("/log-in/second-step/", {"code": code})
    client.logout()
    log_in(client, earner)

    second = client.post("/log-in/second-step/", {"code": code})

    assert (first.status_code, second.status_code) == (302, 200)
    assert "That did not fit" in second.content.decode()
    assert len(recovery_codes(earner)) == 9


def test_wrong_codes_count_like_wrong_passwords_and_lock(
    client: Client, earner: User, secret: str, settings: Any
) -> None:
    settings.ACCOUNT_RATE_LIMITS = {**settings.ACCOUNT_RATE_LIMITS, "login_failed": False}
    client.cookies.clear()

    for _try in range(10):
        # The right password in between starts nothing anew.
        log_in(client, earner)
        client.post("/log-in/second-step/", {"code": "000000"})

    earner.refresh_from_db()
    assert earner.is_locked
    log_in(client, earner)
    client.post("/log-in/second-step/", {"code": recovery_codes(earner)[0]})
    assert "_auth_user_id" not in client.session


def test_an_account_that_locks_while_the_code_is_asked_for_stays_shut(
    client: Client, earner: User, secret: str
) -> None:
    client.cookies.clear()
    log_in(client, earner)
    User.objects.filter(pk=earner.pk).update(locked_at=earner.date_joined)

    response = client.post("/log-in/second-step/", {"code": recovery_codes(earner)[0]})

    assert response["Location"] == "/log-in/"
    assert "_auth_user_id" not in client.session


def test_a_right_code_starts_counting_again(client: Client, earner: User, secret: str) -> None:
    client.cookies.clear()
    log_in(client, earner)
    client.post("/log-in/second-step/", {"code": "000000"})
    client.post("/log-in/second-step/", {"code": recovery_codes(earner)[0]})

    earner.refresh_from_db()

    assert earner.failed_logins == 0


def test_removing_the_app_removes_the_recovery_codes(client: Client, earner: User, secret: str) -> None:
    log_in(client, earner)
    client.post("/log-in/second-step/", {"code": recovery_codes(earner)[0]})
    prove_again(client)

    client.post("/profile/second-step/app/remove/")

    assert not Authenticator.objects.filter(user=earner).exists()
    assert AuditEvent.objects.filter(object_id=earner.pk, verb="second factor removed").count() == 2


def test_nobody_removes_anothers_passkey(client: Client, earner: User, stranger: User) -> None:
    key = Authenticator.objects.create(user=earner, type="webauthn", data={"name": "Phone", "credential": {}})
    log_in(client, stranger)
    prove_again(client)

    response = client.post(f"/profile/second-step/passkeys/{key.pk}/remove/")

    assert response.status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


def test_resetting_takes_the_password_along_and_ends_sessions(client: Client, earner: User, secret: str) -> None:
    log_in(client, earner)
    client.post("/log-in/second-step/", {"code": recovery_codes(earner)[0]})

    reset_second_factor(earner, reason="Lost her phone", by=None)

    earner.refresh_from_db()
    assert not Authenticator.objects.filter(user=earner).exists()
    assert not earner.has_usable_password()
    assert client.get("/portfolio/")["Location"].startswith("/log-in/")
    event = AuditEvent.objects.get(verb="second factor reset")
    assert (event.object_id, event.reason) == (earner.pk, "Lost her phone")


def test_resetting_needs_a_reason_and_something_to_reset(earner: User) -> None:
    with pytest.raises(NoSecondFactorError):
        reset_second_factor(earner, reason="Lost her phone", by=None)
    with pytest.raises(ReasonMissingError):
        reset_second_factor(earner, reason=" ", by=None)


def test_command_resets_the_second_factor_of_a_last_owner(earner: User, secret: str, capsys: Any) -> None:
    call_command("reset_second_factor", "Ana@Example.org", reason="The last owner lost her phone")

    assert not Authenticator.objects.filter(user=earner).exists()
    assert "requesting a new password" in capsys.readouterr().out
    with pytest.raises(CommandError, match="no passkey"):
        call_command("reset_second_factor", "ana@example.org", reason="again")


def test_reseal_lets_an_old_sealing_key_go(client: Client, earner: User, secret: str, settings: Any) -> None:
    old, new = settings.SEALING_KEYS[0], Fernet.generate_key().decode()
    codes = recovery_codes(earner)
    settings.SEALING_KEYS = [new, old]

    call_command("reseal")

    settings.SEALING_KEYS = [new]
    assert recovery_codes(earner) == codes
    assert seal.open_sealed(Authenticator.objects.get(type="totp").data["secret"].encode()).decode() == secret
