from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections

from badgecert.accounts.actions import (
    answer_password_requests,
    change_password,
    choose_password,
    confirm_address,
    count_failed_login,
    ensure_users,
    find_password_link,
    find_user,
    make_temporary_password,
    prove_identity,
    request_password,
    spend_temporary_passwords,
    unlock_account,
)
from badgecert.accounts.exceptions import (
    AccountLockedError,
    AddressTakenError,
    NotLockedError,
    PasswordAlreadyChosenError,
    ReasonMissingError,
    TemporaryPasswordExpiredError,
    WrongCurrentPasswordError,
    WrongPasswordError,
)
from badgecert.accounts.models import PasswordRequest, TemporaryPassword, User
from badgecert.accounts.signals import account_locked, password_requested
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from tests.factories import PASSWORD, make_user

WRONG = "not-the-password-at-all"
OWN = "four words of my own"
DAY = timedelta(days=1)


@pytest.fixture
def news() -> Any:
    """What accounts announced, in order."""
    heard: list[tuple[str, Any]] = []

    def hear_lock(user: User, **kwargs: Any) -> None:
        heard.append(("locked", user))

    def hear_request(user: User, address: str, **kwargs: Any) -> None:
        heard.append(("requested", (user, address)))

    account_locked.connect(hear_lock)
    password_requested.connect(hear_request)
    yield heard
    account_locked.disconnect(hear_lock)
    password_requested.disconnect(hear_request)


def lock(user: User) -> None:
    for _ in range(10):
        count_failed_login(user)


def try_password(address: str, password: str = WRONG) -> int | None:
    """How many tries are left afterwards, or None when it was right."""
    try:
        prove_identity(address=address, password=password)
    except WrongPasswordError as refused:
        return refused.tries_left
    return None


def in_parallel(number: int, work: Any) -> list[Any]:
    barrier = Barrier(number)

    def run(which: int) -> Any:
        try:
            try:
                connection.ensure_connection()
            except DatabaseError:
                # The others would wait for ever.
                barrier.abort()
                raise
            barrier.wait()
            return work(which)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(run, range(number)))


# --- opening accounts ----------------------------------------------------------------------------


def test_ensure_users_opens_one_account_for_every_spelling(db: None) -> None:
    users = ensure_users(["New@Example.org", "new@example.org ", "NEW@EXAMPLE.ORG"])

    [user] = User.objects.all()
    assert users == {"new@example.org": user}
    assert not user.has_usable_password()
    assert list(user.emailaddress_set.values_list("email", "primary", "verified")) == [("new@example.org", True, False)]


def test_ensure_users_finds_the_owner_of_a_proven_address(earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)

    assert ensure_users(["ANA@work.example"]) == {"ana@work.example": earner}


def test_find_user_by_an_unproven_second_address_finds_nobody(earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=False)

    assert find_user("ana@work.example") is None
    assert find_user(" ANA@example.org") == earner


def test_createsuperuser_makes_an_operator_who_can_log_in(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)

    call_command("createsuperuser", email="Root@Example.org", interactive=False, verbosity=0)

    operator = User.objects.get()
    assert (operator.email, operator.is_staff, operator.is_superuser) == ("root@example.org", True, True)
    assert prove_identity(address="root@example.org", password=PASSWORD).user == operator


# --- lock ----------------------------------------------------------------------------------------


def test_ten_spellings_of_an_address_are_one_counter(earner: User, news: list[Any]) -> None:
    spellings = [
        "ana@example.org",
        "ANA@example.org",
        "ana@EXAMPLE.ORG",
        "Ana@Example.Org",
        " ana@example.org",
        "ana@example.org ",
        "aNA@example.org",
        "anA@example.org",
        "\tana@example.org\n",
        "ANA@EXAMPLE.ORG",
    ]

    left = [try_password(spelling) for spelling in spellings]

    assert left == [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
    earner.refresh_from_db()
    assert earner.is_locked
    assert news == [("locked", earner)]


def test_two_addresses_of_one_person_lock_one_account(earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)

    left = [try_password(address) for address in ["ana@example.org", "ana@work.example"] * 5]

    assert left == [9, 9, 8, 8, 7, 7, 6, 6, 5, 5]
    earner.refresh_from_db()
    assert earner.is_locked


def test_a_locked_account_refuses_the_right_password_before_comparing(
    earner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock(earner)
    compared = []
    monkeypatch.setattr(User, "check_password", lambda self, password: compared.append(self.pk))

    assert try_password("ana@example.org", PASSWORD) == 9

    # One comparison all the same, with nobody's password: the time must not tell.
    assert len(compared) == 1
    assert earner.pk not in compared


def test_a_locked_account_refuses_its_temporary_password_and_link(earner: User) -> None:
    password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    lock(earner)

    assert try_password("ana@example.org", password) == 9
    assert find_password_link(token) is None


def test_locking_is_announced_and_recorded_once(earner: User, news: list[Any]) -> None:
    for _ in range(13):
        count_failed_login(earner)

    earner.refresh_from_db()
    assert earner.failed_logins == 10
    assert news == [("locked", earner)]
    assert list(AuditEvent.objects.values_list("verb", "object_id", "by")) == [("account locked", earner.pk, None)]


def test_success_starts_the_count_again(earner: User) -> None:
    for _ in range(9):
        try_password("ana@example.org")

    assert try_password("ana@example.org", PASSWORD) is None

    earner.refresh_from_db()
    assert earner.failed_logins == 0
    assert try_password("ana@example.org") == 9


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_tries_at_the_ninth_lock_once(news: list[Any]) -> None:
    user = make_user("ana@example.org")
    User.objects.filter(pk=user.pk).update(failed_logins=9)

    in_parallel(50, lambda _which: count_failed_login(User.objects.get(pk=user.pk)))

    user.refresh_from_db()
    assert user.failed_logins == 10
    assert news == [("locked", user)]
    assert AuditEvent.objects.filter(verb="account locked").count() == 1


@pytest.mark.django_db(transaction=True)
def test_fifty_parallel_tries_get_ten(news: list[Any]) -> None:
    user = make_user("ana@example.org")

    left = in_parallel(50, lambda _which: try_password("ana@example.org"))

    assert sorted(left) == [0] * 41 + list(range(1, 10))
    user.refresh_from_db()
    assert user.failed_logins == 10
    assert news == [("locked", user)]


def test_unlock_account_asks_for_a_new_password(earner: User, staff: User, issuer: Any) -> None:
    _password, token = make_temporary_password(earner, lasts=DAY, with_link=True)
    for _ in range(10):
        try_password("ana@example.org")

    unlock_account(earner, reason=" Called and named her badges. ", by=staff, issuer_id=issuer.pk)

    earner.refresh_from_db()
    assert (earner.failed_logins, earner.locked_at) == (0, None)
    assert try_password("ana@example.org", PASSWORD) == 9
    assert find_password_link(token) is None
    event = AuditEvent.objects.get(verb="account unlocked")
    assert (event.by, event.issuer_id, event.reason) == (staff, issuer.pk, "Called and named her badges.")


def test_unlock_account_is_refused_without_lock_or_reason(earner: User, staff: User) -> None:
    with pytest.raises(NotLockedError):
        unlock_account(earner, reason="just in case", by=staff)
    lock(earner)
    with pytest.raises(ReasonMissingError):
        unlock_account(earner, reason="  ", by=staff)

    earner.refresh_from_db()
    assert earner.is_locked
    assert not AuditEvent.objects.filter(verb="account unlocked").exists()


def test_unlock_command_helps_the_last_owner(earner: User, capsys: pytest.CaptureFixture[str]) -> None:
    lock(earner)

    call_command("unlock", "ANA@example.org", "--reason", "They rang the operator.")

    earner.refresh_from_db()
    assert not earner.is_locked
    assert "ana@example.org is unlocked." in capsys.readouterr().out
    assert AuditEvent.objects.get(verb="account unlocked").by is None


def test_unlock_command_says_why_not(earner: User) -> None:
    with pytest.raises(CommandError, match=r"No account has the address nobody@example\.org\."):
        call_command("unlock", "nobody@example.org", "--reason", "They rang.")
    with pytest.raises(CommandError, match="not locked"):
        call_command("unlock", "ana@example.org", "--reason", "They rang.")


# --- temporary passwords -------------------------------------------------------------------------


def test_a_temporary_password_proves_who_it_is_and_leaves_the_own_one(earner: User) -> None:
    password, token = make_temporary_password(earner, lasts=DAY)

    proof = prove_identity(address="ana@example.org", password=f"  {password.upper().replace('-', ' ')} ")

    assert proof == (earner, TemporaryPassword.objects.get())
    assert token == ""
    assert prove_identity(address="ana@example.org", password=PASSWORD) == (earner, None)


def test_a_temporary_password_of_somebody_else_counts_as_wrong(earner: User, stranger: User) -> None:
    password, _token = make_temporary_password(stranger, lasts=DAY)

    assert try_password("ana@example.org", password) == 9

    earner.refresh_from_db()
    assert earner.failed_logins == 1


def test_a_temporary_password_ends(earner: User) -> None:
    password, token = make_temporary_password(earner, lasts=DAY, with_link=True)

    with clock.at(clock.now() + DAY), pytest.raises(TemporaryPasswordExpiredError):
        prove_identity(address="ana@example.org", password=password)

    with clock.at(clock.now() + DAY):
        assert find_password_link(token) is None
    earner.refresh_from_db()
    assert earner.failed_logins == 0


def test_choosing_a_password_spends_every_temporary_one_and_link(db: None) -> None:
    user = ensure_users(["new@example.org"])["new@example.org"]
    first, _none = make_temporary_password(user, lasts=DAY)
    second, token = make_temporary_password(user, lasts=DAY, with_link=True)
    given = prove_identity(address="new@example.org", password=first).temporary_password
    assert given is not None

    choose_password(user, password=OWN, address="new@example.org", temporary_password_id=given.pk)

    for spent in (first, second):
        with pytest.raises(TemporaryPasswordExpiredError):
            prove_identity(address="new@example.org", password=spent)
    assert find_password_link(token) is None
    assert prove_identity(address="new@example.org", password=OWN) == (user, None)
    assert EmailAddress.objects.get(user=user).verified
    assert list(AuditEvent.objects.values_list("verb", "object_id", "by")) == [("password chosen", user.pk, user.pk)]


def test_choosing_a_password_twice_by_one_temporary_password_is_refused(earner: User) -> None:
    make_temporary_password(earner, lasts=DAY)
    given = TemporaryPassword.objects.get()
    choose_password(earner, password=OWN, address=earner.email, temporary_password_id=given.pk)

    with pytest.raises(TemporaryPasswordExpiredError):
        choose_password(earner, password="another one of mine", address=earner.email, temporary_password_id=given.pk)

    assert try_password("ana@example.org", OWN) is None


def test_choosing_by_somebody_elses_temporary_password_is_refused(earner: User, stranger: User) -> None:
    make_temporary_password(stranger, lasts=DAY)

    with pytest.raises(TemporaryPasswordExpiredError):
        choose_password(
            earner, password=OWN, address=earner.email, temporary_password_id=TemporaryPassword.objects.get().pk
        )


def test_choosing_a_password_for_a_locked_account_is_refused(earner: User) -> None:
    make_temporary_password(earner, lasts=DAY)
    lock(earner)

    with pytest.raises(AccountLockedError):
        choose_password(
            earner, password=OWN, address=earner.email, temporary_password_id=TemporaryPassword.objects.get().pk
        )


def test_choosing_without_a_temporary_password_is_for_accounts_without_any(earner: User) -> None:
    newcomer = ensure_users(["new@example.org"])["new@example.org"]

    choose_password(newcomer, password=OWN, address="new@example.org")
    with pytest.raises(PasswordAlreadyChosenError):
        choose_password(earner, password=OWN, address=earner.email)

    assert try_password("new@example.org", OWN) is None
    assert try_password("ana@example.org", PASSWORD) is None


@pytest.mark.django_db(transaction=True)
def test_of_two_who_choose_at_once_one_does() -> None:
    user = make_user("ana@example.org")
    make_temporary_password(user, lasts=DAY)
    given = TemporaryPassword.objects.get()

    def choose(which: int) -> str:
        try:
            choose_password(user, password=f"{OWN} {which}", address=user.email, temporary_password_id=given.pk)
        except TemporaryPasswordExpiredError:
            return "expired"
        return "chosen"

    assert sorted(in_parallel(8, choose)) == ["chosen"] + ["expired"] * 7


def test_a_temporary_password_proves_the_address_it_was_sent_to(earner: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)

    make_temporary_password(earner, lasts=DAY, sent_to="ANA@work.example")

    assert TemporaryPassword.objects.get().sent_to == "ana@work.example"


def test_nothing_secret_is_in_the_database_in_clear(db: None) -> None:
    user = ensure_users(["new@example.org"])["new@example.org"]
    password, token = make_temporary_password(user, lasts=DAY, with_link=True)
    request_password("new@example.org")
    request_password("nobody@example.org")
    answer_password_requests()
    given = prove_identity(address="new@example.org", password=password).temporary_password
    assert given is not None
    choose_password(user, password=OWN, address="new@example.org", temporary_password_id=given.pk)

    found = everything_in_the_database()

    assert "new@example.org" in found
    for secret in (password, password.replace("-", ""), token, OWN, "nobody@example.org"):
        assert secret not in found


def everything_in_the_database() -> str:
    with connection.cursor() as cursor:
        rows: list[Any] = []
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'select * from "{table}"')  # noqa: S608  # the database's own names
            rows += cursor.fetchall()
    return repr(rows)


# --- requests ------------------------------------------------------------------------------------


def test_request_password_announces_the_stored_address(earner: User, news: list[Any]) -> None:
    request_password(" ANA@Example.org")
    assert news == []

    assert answer_password_requests() == 1

    assert news == [("requested", (earner, "ana@example.org"))]
    assert earner.check_password(PASSWORD)


def test_request_password_is_announced_thrice_an_hour(earner: User, news: list[Any]) -> None:
    with clock.at(clock.now() - timedelta(minutes=61)):
        request_password("ana@example.org")
    for _ in range(20):
        request_password("ana@example.org")
    answer_password_requests()

    assert news == [("requested", (earner, "ana@example.org"))] * 4
    assert PasswordRequest.objects.count() == 21


def test_request_password_sends_nothing_to_who_could_not_use_it(news: list[Any], db: None) -> None:
    make_user("closed@example.org", is_active=False)
    lock(make_user("locked@example.org"))
    news.clear()

    for address in ("closed@example.org", "locked@example.org", "nobody@example.org"):
        request_password(address)
    answer_password_requests()

    assert news == []
    assert PasswordRequest.objects.count() == 3


def test_request_password_is_announced_twenty_times_an_hour_for_one_network(news: list[Any], db: None) -> None:
    people = [make_user() for _ in range(22)]
    for person in people:
        request_password(person.email, network="203.0.113.7")
    request_password(people[21].email, network="203.0.113.8")

    answer_password_requests()

    assert [user for _what, (user, _address) in news] == [*people[:20], people[21]]


def test_request_password_keeps_no_address_once_it_is_answered(db: None) -> None:
    request_password("nobody@example.org", network="203.0.113.7")
    answer_password_requests()

    found = everything_in_the_database()

    assert "nobody@example.org" not in found
    assert "203.0.113.7" not in found


@pytest.mark.django_db(transaction=True)
def test_request_password_in_parallel_is_announced_thrice(news: list[Any]) -> None:
    user = make_user("ana@example.org")

    in_parallel(12, lambda _which: request_password("ana@example.org"))
    in_parallel(4, lambda _which: answer_password_requests())

    assert news == [("requested", (user, "ana@example.org"))] * 3


# --- changing ------------------------------------------------------------------------------------


def test_change_password_needs_the_current_one_and_counts(earner: User) -> None:
    for _ in range(10):
        with pytest.raises(WrongCurrentPasswordError):
            change_password(earner, current=WRONG, new=OWN)

    with pytest.raises(AccountLockedError):
        change_password(earner, current=PASSWORD, new=OWN)

    earner.refresh_from_db()
    assert earner.is_locked
    assert earner.check_password(PASSWORD)


def test_change_password_spends_temporary_ones(earner: User) -> None:
    _password, token = make_temporary_password(earner, lasts=DAY, with_link=True)

    change_password(earner, current=PASSWORD, new=OWN)

    assert find_password_link(token) is None
    assert try_password("ana@example.org", OWN) is None


def test_spend_temporary_passwords_keeps_when_they_were_spent(earner: User) -> None:
    make_temporary_password(earner, lasts=DAY)
    moment = clock.now()

    spend_temporary_passwords(earner, at=moment)
    spend_temporary_passwords(earner)

    assert TemporaryPassword.objects.get().spent_at == moment


def test_confirm_address_that_another_account_has_proven_is_refused(earner: User, stranger: User) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)
    EmailAddress.objects.create(user=stranger, email="ana@work.example", verified=False)

    with pytest.raises(AddressTakenError):
        confirm_address(stranger, address="ana@work.example")

    assert not EmailAddress.objects.get(user=stranger, email="ana@work.example").verified


def test_choosing_a_password_by_an_address_that_another_account_has_proven_is_refused(
    earner: User, stranger: User
) -> None:
    EmailAddress.objects.create(user=earner, email="ana@work.example", verified=True)
    _password, _token = make_temporary_password(stranger, lasts=DAY, sent_to="ana@work.example")
    given = TemporaryPassword.objects.get()

    with pytest.raises(AddressTakenError):
        choose_password(stranger, password=OWN, address="ana@work.example", temporary_password_id=given.pk)

    stranger.refresh_from_db()
    assert stranger.check_password(PASSWORD)
    given.refresh_from_db()
    assert given.spent_at is None


def test_confirm_address_is_done_once(earner: User) -> None:
    confirm_address(earner, address="ANA@example.org")
    confirm_address(earner, address="ana@example.org")

    assert list(earner.emailaddress_set.values_list("email", "primary", "verified")) == [
        ("ana@example.org", True, True)
    ]


def test_the_right_password_is_refused_when_others_lock_while_it_is_compared(
    earner: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def compare_slowly(user: User, password: str) -> bool:
        lock(User.objects.get(pk=user.pk))
        return True

    monkeypatch.setattr(User, "check_password", compare_slowly)

    assert try_password("ana@example.org", PASSWORD) == 9
