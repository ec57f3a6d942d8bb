from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from badgecert.accounts.actions import (
    confirm_address,
    count_failed_login,
    lock_account,
    make_temporary_password,
    unlock_account,
)
from badgecert.accounts.models import KnownBrowser
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from badges.actions.issuances import correct_issuance
from issuers.models import StaffRole
from notifications.actions.delivery import deliver_due_messages
from tests.factories import PASSWORD, issue, make_issuer, make_published_badge, make_staff


@pytest.fixture
def locked_earner(issuance):
    earner = issuance.earner
    earner.failed_logins, earner.locked_at = 10, clock.now()
    earner.save()
    return earner


def unlock(client, earner, **typed):
    return client.post(reverse("admin:unlock_earner", args=[earner.pk]), typed, follow=True)


def test_manager_unlocks_with_a_reason_that_is_kept(client, staff, locked_earner, issuance):
    client.force_login(staff)

    unlock(client, locked_earner, reason="Called us, birth date checked")

    locked_earner.refresh_from_db()
    event = AuditEvent.objects.get(verb="account unlocked")
    assert locked_earner.locked_at is None
    assert (event.by, event.reason, event.issuer_id) == (staff, "Called us, birth date checked", issuance.issuer_id)


def test_unlock_needs_a_reason(client, staff, locked_earner):
    client.force_login(staff)

    page = unlock(client, locked_earner, reason=" ")

    locked_earner.refresh_from_db()
    assert (list(page.context["form"].errors), locked_earner.is_locked) == (["reason"], True)


def test_account_that_is_not_locked_says_so(client, staff, issuance):
    client.force_login(staff)

    page = unlock(client, issuance.earner, reason="Called us")

    assert [str(message) for message in page.context["messages"]] == [
        "This account is not locked. If they cannot log in, let them request a new password."
    ]


@pytest.mark.parametrize("role", [StaffRole.DESIGNER, StaffRole.VIEWER])
def test_who_may_not_issue_may_not_unlock(client, locked_earner, issuance, role):
    client.force_login(make_staff(issuance.issuer, role=role))

    assert unlock(client, locked_earner, reason="Called us").status_code == 403
    assert AuditEvent.objects.filter(verb="account unlocked").count() == 0


def test_staff_account_is_not_unlocked_like_an_earners(client, staff, locked_earner):
    locked_earner.is_staff = True
    locked_earner.save()
    client.force_login(staff)

    assert unlock(client, locked_earner, reason="Called us").status_code == 403


def test_page_shows_only_what_the_organisation_gave_and_wrote(client, staff, issuance):
    elsewhere = issue(make_published_badge(make_issuer()), to=issuance.earner, name="Name elsewhere")
    client.force_login(staff)

    page = client.get(reverse("admin:accounts_user_change", args=[issuance.earner_id]))

    assert [row for row, _word, _tone in page.context["issuances"]] == [issuance]
    assert (elsewhere.code in page.content.decode(), "Name elsewhere" in page.content.decode()) == (False, False)


def test_list_counts_and_names_by_own_issuances(client, staff, issuance):
    issue(make_published_badge(make_issuer()), to=issuance.earner, name="Name elsewhere")
    client.force_login(staff)

    [earner] = client.get(reverse("admin:accounts_user_changelist")).context["cl"].result_list

    assert (earner.held, earner.known_name, earner.known_address) == (1, "Amara Okafor-Lindqvist", "ana@example.org")


def test_search_does_not_find_by_what_others_wrote(client, staff, issuance):
    issue(make_published_badge(make_issuer()), to=issuance.earner, name="Name elsewhere")
    client.force_login(staff)

    found = client.get(reverse("admin:accounts_user_changelist"), {"q": "elsewhere"}).context["cl"].result_list

    assert list(found) == []


def test_trail_of_an_account_is_nobodys_to_read(client, staff, issuance):
    client.force_login(staff)

    assert client.get(reverse("admin:accounts_user_history", args=[issuance.earner_id])).status_code == 404


def test_page_tells_who_unlocked_and_of_other_organisations_only_that_one_did(client, staff, locked_earner, issuance):
    elsewhere = make_issuer(name="Harbour College")
    issue(make_published_badge(elsewhere), to=locked_earner)
    their_manager = make_staff(elsewhere, name="Wanda Elsewhere")
    unlock_account(locked_earner, reason="Rang the college", by=their_manager, issuer_id=elsewhere.pk)
    for _ in range(10):
        count_failed_login(locked_earner)
    client.force_login(staff)
    unlock(client, locked_earner, reason="Rang us")

    page = client.get(reverse("admin:accounts_user_change", args=[locked_earner.pk]))

    assert [(line.what, line.reason) for line in page.context["lock_history"]] == [
        (f"Unlocked by {staff}", "Rang us"),
        ("Locked after too many wrong passwords", ""),
        ("Unlocked by another organisation", ""),
    ]
    for secret in ("Harbour College", "Wanda Elsewhere", "Rang the college"):
        assert secret not in page.content.decode()


def test_page_tells_that_the_operator_unlocked(client, staff, locked_earner):
    unlock_account(locked_earner, reason="Wrote to us", by=None)
    client.force_login(staff)

    page = client.get(reverse("admin:accounts_user_change", args=[locked_earner.pk]))

    assert [(line.what, line.reason) for line in page.context["lock_history"]] == [
        ("Unlocked by whoever runs this site", "")
    ]


def test_unlocked_earner_needs_a_new_password(client, staff, issuance):
    for _ in range(10):
        Client().post("/log-in/", {"email": issuance.earner.email, "password": "not-the-password"})
    client.force_login(staff)

    unlock(client, issuance.earner, reason="Called us")

    earner = Client()
    assert earner.post("/log-in/", {"email": issuance.earner.email, "password": PASSWORD}).status_code == 400
    password, _token = make_temporary_password(issuance.earner, lasts=timedelta(hours=24))
    earner.post("/log-in/", {"email": issuance.earner.email, "password": password})
    chosen = "four words of my own"
    earner.post("/log-in/choose-password/", {"new_password": chosen, "again": chosen})
    assert earner.post("/log-in/", {"email": issuance.earner.email, "password": chosen}).status_code == 302


def test_unlock_by_opening_its_page_does_nothing(client, staff, locked_earner):
    """F61."""
    client.force_login(staff)

    client.get(reverse("admin:unlock_earner", args=[locked_earner.pk]), {"reason": "Called us"})

    locked_earner.refresh_from_db()
    assert locked_earner.is_locked


@pytest.mark.parametrize(
    ("asked", "is_found"),
    [
        ("amara.private@example.net", True),
        ("AMARA.PRIVATE@example.net", True),
        ("amara.private", False),
        ("Amara", True),
    ],
)
def test_a_person_is_found_by_a_whole_address_of_their_own_or_an_earlier_name(
    client, staff, issuance, earner, asked, is_found
):
    confirm_address(earner, address="amara.private@example.net")
    correct_issuance(issuance, by=staff, reason="slip", recipient_name="Somebody Else")
    client.force_login(staff)

    page = client.get("/admin/accounts/user/", {"q": asked})

    assert list(page.context["cl"].result_list) == ([earner] if is_found else [])


# --- locked by hand ------------------------------------------------------------------------------


def lock(client, earner, **typed):
    return client.post(reverse("admin:lock_earner", args=[earner.pk]), typed, follow=True)


def test_manager_locks_with_a_reason_and_every_log_in_ends(client, staff, issuance):
    earner = issuance.earner
    thief = Client()
    thief.force_login(earner)
    KnownBrowser.objects.create(user=earner, token_hash="0" * 64, name="Firefox", logged_in_at=clock.now())
    client.force_login(staff)

    lock(client, earner, reason="Rang us: their laptop was stolen")

    earner.refresh_from_db()
    event = AuditEvent.objects.get(verb="account locked by hand")
    assert earner.is_locked
    assert (event.by, event.reason, event.issuer_id) == (
        staff,
        "Rang us: their laptop was stolen",
        issuance.issuer_id,
    )
    assert KnownBrowser.objects.count() == 0
    assert thief.get(reverse("earners:portfolio")).status_code == 302
    assert Client().post("/log-in/", {"email": earner.email, "password": PASSWORD}).status_code == 400


def test_locked_by_hand_is_told_by_mail_with_who_did_it(client, staff, issuance, smtp):
    deliver_due_messages()
    smtp.received.clear()
    client.force_login(staff)

    lock(client, issuance.earner, reason="Rang us")
    deliver_due_messages()

    [mail] = smtp.received
    text = " ".join(mail.body("plain").split())
    assert mail.recipients == [issuance.earner.email]
    assert f"{issuance.issuer} locked it, because somebody else may be using it" in text
    assert "wrong passwords" not in text


def test_trail_tells_of_the_lock_without_what_the_account_is_called(client, staff, issuance):
    issuance.earner.name = "Private Name"
    issuance.earner.save()
    client.force_login(staff)
    lock(client, issuance.earner, reason="Rang us")

    page = client.get(reverse("admin:core_auditevent_changelist")).content.decode()

    assert "An earner’s account" in page
    assert "Private Name" not in page


def test_lock_needs_a_reason_and_an_open_account(client, staff, issuance):
    client.force_login(staff)

    empty = lock(client, issuance.earner, reason=" ")
    lock(client, issuance.earner, reason="Rang us")
    twice = lock(client, issuance.earner, reason="Rang us")

    assert list(empty.context["form"].errors) == ["reason"]
    assert [str(message) for message in twice.context["messages"]] == [
        "This account is locked already. Unlock it, and its old password and all log-ins are gone."
    ]
    assert AuditEvent.objects.filter(verb="account locked by hand").count() == 1


@pytest.mark.parametrize("role", [StaffRole.DESIGNER, StaffRole.VIEWER])
def test_who_may_not_issue_may_not_lock_and_is_not_offered_it(client, issuance, role):
    client.force_login(make_staff(issuance.issuer, role=role))

    page = client.get(reverse("admin:accounts_user_change", args=[issuance.earner_id])).content.decode()

    assert lock(client, issuance.earner, reason="Rang us").status_code == 403
    assert "Lock the account" not in page
    assert AuditEvent.objects.filter(verb="account locked by hand").count() == 0


def test_account_of_staff_and_of_people_elsewhere_is_not_locked_by_hand(client, staff, issuance):
    elsewhere = issue(make_published_badge(make_issuer()), to="ben@example.org").earner
    issuance.earner.is_staff = True
    issuance.earner.save()
    client.force_login(staff)

    assert lock(client, issuance.earner, reason="Rang us").status_code == 403
    assert lock(client, elsewhere, reason="Rang us").status_code == 404


def test_other_organisations_read_that_one_locked_it_and_can_unlock(client, staff, issuance):
    elsewhere = make_issuer(name="Harbour College")
    issue(make_published_badge(elsewhere), to=issuance.earner)
    lock_account(
        issuance.earner,
        reason="Rang the college",
        by=make_staff(elsewhere, name="Wanda Elsewhere"),
        issuer_id=elsewhere.pk,
    )
    client.force_login(staff)

    page = client.get(reverse("admin:accounts_user_change", args=[issuance.earner_id]))
    unlock(client, issuance.earner, reason="Rang us, all is well")

    issuance.earner.refresh_from_db()
    assert [(line.what, line.reason) for line in page.context["lock_history"]] == [
        ("Locked by another organisation", "")
    ]
    for secret in ("Harbour College", "Wanda Elsewhere", "Rang the college"):
        assert secret not in page.content.decode()
    assert not issuance.earner.is_locked
