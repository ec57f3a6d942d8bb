"""Organisations that ask their staff for a second factor, and what helps somebody who lost theirs."""

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from badgecert.accounts.models import User
from badgecert.core.models import AuditEvent
from issuers.actions import update_issuer
from issuers.exceptions import OwnSecondFactorMissingError
from issuers.models import Issuer, StaffMember, StaffRole
from tests.factories import issue, make_issuer, make_published_badge, make_staff


def give_app(user: User) -> None:
    Authenticator.objects.create(user=user, type="totp", data={"secret": "sealed"})


@pytest.fixture
def owner(issuer: Issuer) -> User:
    return StaffMember.objects.get(issuer=issuer, role=StaffRole.OWNER).user


@pytest.fixture
def strict(issuer: Issuer) -> Issuer:
    """Asks its staff for a second factor."""
    Issuer.objects.filter(pk=issuer.pk).update(requires_second_factor=True)
    return issuer


DESK = ["/admin/", "/admin/issue/", "/admin/badges/badge/", "/admin/accounts/user/", "/admin/issuers/staffmember/"]


@pytest.mark.parametrize("page", DESK)
def test_the_desk_stays_shut_without_one_and_leads_to_setting_one_up(
    client: Client, strict: Issuer, staff: User, page: str
) -> None:
    client.force_login(staff)

    response = client.get(page)

    assert response.status_code == 403
    assert strict.name in response.content.decode()
    assert 'href="/profile/second-step/"' in response.content.decode()
    assert client.get("/profile/second-step/").status_code == 200


def test_nothing_can_be_done_at_the_desk_without_one(client: Client, strict: Issuer, staff: User) -> None:
    badge = make_published_badge(strict)
    client.force_login(staff)

    response = client.post("/admin/issue/", {"badge": badge.pk})

    assert response.status_code == 403


@pytest.mark.parametrize("kind", ["totp", "webauthn"])
def test_the_desk_opens_with_one(client: Client, strict: Issuer, staff: User, kind: str) -> None:
    Authenticator.objects.create(user=staff, type=kind, data={})
    client.force_login(staff)

    assert client.get("/admin/").status_code == 200


def test_recovery_codes_alone_are_none(client: Client, strict: Issuer, staff: User) -> None:
    Authenticator.objects.create(user=staff, type="recovery_codes", data={})
    client.force_login(staff)

    assert client.get("/admin/").status_code == 403


def test_the_staff_of_others_are_not_asked(client: Client, strict: Issuer) -> None:
    client.force_login(make_staff(make_issuer()))

    assert client.get("/admin/").status_code == 200


def test_an_owner_asks_for_it_and_the_record_says_so(client: Client, issuer: Issuer, owner: User) -> None:
    give_app(owner)
    issuer.requires_second_factor = True

    update_issuer(issuer, by=owner, changed=["requires_second_factor"])

    event = AuditEvent.objects.filter(verb="organisation changed", object_id=issuer.pk).latest("created_at")
    assert (event.by, event.details) == (owner, {"fields": ["requires_second_factor"]})


def test_an_owner_does_not_shut_themselves_out(issuer: Issuer, owner: User) -> None:
    issuer.requires_second_factor = True

    with pytest.raises(OwnSecondFactorMissingError):
        update_issuer(issuer, by=owner, changed=["requires_second_factor"])

    issuer.refresh_from_db()
    assert issuer.requires_second_factor is False


# --- lost -----------------------------------------------------------------------------------------


def reset_url(member: StaffMember) -> str:
    return f"/admin/issuers/staffmember/{member.pk}/reset-second-factor/"


def test_an_owner_takes_away_what_their_staff_lost(client: Client, issuer: Issuer, owner: User, staff: User) -> None:
    give_app(staff)
    client.force_login(owner)

    page = client.get("/admin/issuers/staffmember/").content.decode()
    response = client.post(reset_url(staff.staff_memberships.get()), {"reason": "Lost the phone"}, follow=True)

    assert reset_url(staff.staff_memberships.get()) in page
    assert "Taken away" in response.content.decode()
    assert not Authenticator.objects.exists()
    event = AuditEvent.objects.get(verb="second factor reset")
    assert (event.by, event.issuer_id, event.reason) == (owner, issuer.pk, "Lost the phone")


def test_a_reason_is_needed(client: Client, owner: User, staff: User) -> None:
    give_app(staff)
    client.force_login(owner)

    response = client.post(reset_url(staff.staff_memberships.get()), {"reason": ""})

    assert response.status_code == 200
    assert Authenticator.objects.exists()


def test_nobody_but_an_owner_of_all_their_organisations_takes_it_away(
    client: Client, issuer: Issuer, owner: User, staff: User
) -> None:
    give_app(staff)
    member = staff.staff_memberships.get()
    tries = {"a manager": make_staff(issuer), "themselves": staff}
    for by in tries.values():
        client.force_login(by)
        assert client.post(reset_url(member), {"reason": "Lost"}).status_code == 403
    StaffMember.objects.create(issuer=make_issuer(), user=staff, role=StaffRole.VIEWER)
    client.force_login(owner)

    assert client.post(reset_url(member), {"reason": "Lost"}).status_code == 403
    assert Authenticator.objects.exists()


def test_staff_of_an_issuer_take_away_what_an_earner_lost(
    client: Client, issuer: Issuer, staff: User, earner: User
) -> None:
    issue(make_published_badge(issuer), to=earner)
    give_app(earner)
    client.force_login(staff)
    url = f"/admin/accounts/user/{earner.pk}/reset-second-factor/"

    page = client.get(f"/admin/accounts/user/{earner.pk}/change/").content.decode()
    response = client.post(url, {"reason": "She rang from the number we know"}, follow=True)

    earner.refresh_from_db()
    assert url in page
    assert "Taken away" in response.content.decode()
    assert "Passkeys and codes taken away" in response.content.decode()
    assert (Authenticator.objects.exists(), earner.has_usable_password()) == (False, False)


def test_another_organisation_reads_that_it_happened_and_not_why(
    client: Client, issuer: Issuer, staff: User, earner: User
) -> None:
    issue(make_published_badge(issuer), to=earner)
    give_app(earner)
    client.force_login(staff)
    client.post(f"/admin/accounts/user/{earner.pk}/reset-second-factor/", {"reason": "She rang us"})
    other = make_issuer()
    issue(make_published_badge(other), to=earner)
    client.force_login(make_staff(other))

    page = client.get(f"/admin/accounts/user/{earner.pk}/change/").content.decode()

    assert "Passkeys and codes taken away" in page
    assert "She rang us" not in page


@pytest.mark.parametrize("who", ["viewer", "staff of another organisation", "staff who are earners too"])
def test_nobody_else_takes_away_what_an_earner_has(client: Client, issuer: Issuer, earner: User, who: str) -> None:
    issue(make_published_badge(issuer), to=earner)
    give_app(earner)
    if who == "staff who are earners too":
        User.objects.filter(pk=earner.pk).update(is_staff=True)
    other = make_issuer() if who == "staff of another organisation" else issuer
    client.force_login(make_staff(other, role=StaffRole.VIEWER if who == "viewer" else StaffRole.MANAGER))

    response = client.post(f"/admin/accounts/user/{earner.pk}/reset-second-factor/", {"reason": "Lost"})

    assert response.status_code in {403, 404}
    assert Authenticator.objects.exists()
