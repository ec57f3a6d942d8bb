"""The pages for taking one's data along and for going, and what staff see of it."""

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from badgecert.accounts.models import User
from badges.models import Issuance
from earners.actions.exports import make_exports
from issuers.models import Issuer, StaffMember, StaffRole
from tests.browser import accessibility_faults_in_every_look, overflowing_width, press
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)


def log_in(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/log-in/")
    page.get_by_label("E-mail address").fill(user.email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    press(page.get_by_role("button", name="Log in", exact=True))
    assert "/log-in/" not in page.url


def faults(page: Page, address: str = "") -> list[str]:
    if address:
        page.goto(address)
    wide = ["is too wide"] if overflowing_width(page) else []
    return [f"{page.url} {fault}" for fault in (*accessibility_faults_in_every_look(page), *wide)]


def test_somebody_takes_their_data_along_and_goes(page: Page, site: str, issuance: Issuance, earner: User) -> None:
    log_in(page, site, earner)
    page.goto(f"{site}/profile/")
    press(page.get_by_role("link", name="Download my data"))
    press(page.get_by_role("button", name="Prepare my file"))
    expect(page.get_by_text("Your file is being prepared")).to_be_visible()
    found = faults(page)
    while make_exports():
        pass
    press(page.get_by_role("link", name="Look again"))
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    found += faults(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == "my-data.zip"

    found += faults(page, f"{site}/profile/delete/")
    page.get_by_label("Your password", exact=True).fill(PASSWORD)
    page.get_by_label("Type the word delete").fill("delete")
    press(page.get_by_role("button", name="Delete my account"))

    expect(page.get_by_role("heading", name="Your account is deleted")).to_be_visible()
    assert found + faults(page) == []
    page.goto(f"{site}/v/{issuance.code}")
    expect(page.get_by_role("heading", name="This badge was removed")).to_be_visible()


def test_pages_for_staff_have_no_faults(
    page: Page, site: str, issuer: Issuer, staff: User, issuance: Issuance, earner: User
) -> None:
    owner = StaffMember.objects.get(issuer=issuer, role=StaffRole.OWNER).user
    Authenticator.objects.create(user=earner, type="webauthn", data={"name": "Phone"})
    Authenticator.objects.create(user=staff, type="webauthn", data={"name": "Phone"})
    log_in(page, site, owner)
    member = staff.staff_memberships.get()

    found = [
        fault
        for path in (
            f"accounts/user/{earner.pk}/change/",
            f"accounts/user/{earner.pk}/erase/",
            f"accounts/user/{earner.pk}/reset-second-factor/",
            "issuers/staffmember/",
            f"issuers/staffmember/{member.pk}/reset-second-factor/",
            f"issuers/issuer/{issuer.pk}/change/",
        )
        for fault in faults(page, f"{site}/admin/{path}")
    ]
    Issuer.objects.update(requires_second_factor=True)

    assert found + faults(page, f"{site}/admin/") == []
    expect(page.get_by_role("heading", name="One thing first")).to_be_visible()
