"""Staff are unlocked by an owner of their organisation; the last owner and operators by the command line."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.models import AuditEvent
from issuers.actions import add_staff
from issuers.models import StaffRole
from tests.factories import make_issuer, make_staff, make_user


@pytest.fixture
def owner(issuer):
    return User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role=StaffRole.OWNER)


def lock(user):
    user.failed_logins, user.locked_at = 10, clock.now()
    user.save()
    return user


def unlock(client, member, **typed):
    return client.post(reverse("admin:unlock_staff_member", args=[member.pk]), typed, follow=True)


def test_owner_unlocks_staff_with_a_reason_that_is_kept(client, owner, staff, issuer):
    lock(staff)
    client.force_login(owner)
    listed = client.get(reverse("admin:issuers_staffmember_changelist")).content.decode()

    unlock(client, staff.staff_memberships.get(), reason="Sits next to me")

    staff.refresh_from_db()
    event = AuditEvent.objects.get(verb="account unlocked")
    assert reverse("admin:unlock_staff_member", args=[staff.staff_memberships.get().pk]) in listed
    assert (staff.is_locked, staff.has_usable_password()) == (False, False)
    assert (event.by, event.reason, event.issuer_id) == (owner, "Sits next to me", issuer.pk)


def test_owner_unlocks_another_owner(client, owner, issuer):
    other = lock(make_staff(issuer, role=StaffRole.OWNER))
    client.force_login(owner)

    unlock(client, other.staff_memberships.get(), reason="Sits next to me")

    other.refresh_from_db()
    assert not other.is_locked


def test_unlocking_staff_needs_a_reason(client, owner, staff):
    lock(staff)
    client.force_login(owner)

    page = unlock(client, staff.staff_memberships.get(), reason=" ")

    staff.refresh_from_db()
    assert (list(page.context["form"].errors), staff.is_locked) == (["reason"], True)


@pytest.mark.parametrize("role", [StaffRole.MANAGER, StaffRole.DESIGNER, StaffRole.VIEWER])
def test_who_is_no_owner_unlocks_no_staff(client, staff, issuer, role):
    lock(staff)
    client.force_login(make_staff(issuer, role=role))

    assert unlock(client, staff.staff_memberships.get(), reason="Sits next to me").status_code == 403
    staff.refresh_from_db()
    assert staff.is_locked


def test_owner_of_another_organisation_finds_no_such_member(client, staff):
    lock(staff)
    client.force_login(make_staff(make_issuer(), role=StaffRole.OWNER))

    assert unlock(client, staff.staff_memberships.get(), reason="Sits next to me").status_code == 404
    staff.refresh_from_db()
    assert staff.is_locked


def test_operator_who_works_for_an_organisation_is_not_unlocked_there(client, owner, issuer):
    operator = make_user(is_superuser=True)
    add_staff(issuer, user=operator, role=StaffRole.MANAGER, by=None)
    lock(operator)
    client.force_login(owner)

    assert unlock(client, operator.staff_memberships.get(), reason="Sits next to me").status_code == 403


def test_nobody_unlocks_themselves(client, owner):
    lock(owner)
    client.force_login(owner)

    assert unlock(client, owner.staff_memberships.get(), reason="It is me").status_code == 403


def test_last_owner_is_unlocked_by_the_command_line(owner):
    lock(owner)

    call_command("unlock", owner.email, "--reason", "Rang the operator")

    owner.refresh_from_db()
    event = AuditEvent.objects.get(verb="account unlocked")
    assert (owner.is_locked, event.by, event.reason) == (False, None, "Rang the operator")
