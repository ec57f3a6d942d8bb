from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from badgecert.accounts.actions import count_failed_login, ensure_users, make_temporary_password
from badgecert.accounts.models import User
from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width, press, press_key
from tests.factories import PASSWORD, issue, make_issuer, make_published_badge, make_staff, make_user

OWN = "four words of my own"


def log_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    press(page.get_by_role("button", name="Log in"))


def faults(page: Page) -> list[str]:
    wide = [f"[{look}] is too wide" for look in in_every_look(page) if overflowing_width(page)]
    return accessibility_faults_in_every_look(page) + wide


def test_first_log_in_in_a_browser(page: Page, site: str, transactional_db: None) -> None:
    user = ensure_users(["new@example.org"])["new@example.org"]
    password, _token = make_temporary_password(user, lasts=timedelta(days=1))

    page.goto(f"{site}/log-in/")
    log_in(page, "new@example.org", password)
    expect(page.get_by_role("heading", name="Choose a password")).to_be_visible()
    new_password = page.get_by_label("New password", exact=True)
    new_password.press_sequentially("four words")
    expect(page.get_by_role("status")).to_contain_text("Too short")
    new_password.press_sequentially(" of")
    expect(page.get_by_role("status")).to_contain_text("Good")
    new_password.press_sequentially(" my own")
    expect(page.get_by_role("status")).to_contain_text("Strong")
    page.get_by_role("button", name="Show new password").click()
    expect(new_password).to_have_attribute("type", "text")
    page.get_by_label("The same again", exact=True).fill(OWN)
    assert faults(page) == []
    press(page.get_by_role("button", name="Save, then log in"))

    expect(page.get_by_text("Your password is set. Log in with it.")).to_be_visible()
    expect(page.get_by_label("E-mail address")).to_have_value("new@example.org")
    log_in(page, "new@example.org", OWN)
    page.goto(f"{site}/profile/password/")
    expect(page.get_by_role("heading", name="Change password")).to_be_visible()
    assert faults(page) == []
    assert User.objects.get().last_login is not None


@pytest.mark.slow
def test_what_a_stranger_sees_in_a_browser(page: Page, site: str, transactional_db: None) -> None:
    _password, token = make_temporary_password(make_user(), lasts=timedelta(days=1), with_link=True)

    for path in ("/log-in/", "/log-in/new-password/", f"/log-in/link/{token}/", "/log-in/link/none/", "/log-out/"):
        page.goto(site + path)
        assert faults(page) == []

    page.goto(f"{site}/log-in/")
    press(page.get_by_role("button", name="Log in"))
    assert faults(page) == []
    for _ in range(7):
        log_in(page, "nobody@example.org", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("3 tries left before the account locks")
    assert faults(page) == []
    for _ in range(3):
        log_in(page, "nobody@example.org", "wrong")
    expect(page.get_by_role("alert")).to_contain_text("This account is locked")
    assert faults(page) == []
    press(page.get_by_role("link", name="Use another address"))
    page.get_by_label("E-mail address").fill("a" * 60 + "@example.org")
    press(page.get_by_role("button", name="Request new password"))
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    assert faults(page) == []


@pytest.mark.slow
def test_way_back_in_in_a_browser(page: Page, site: str, transactional_db: None, browser: Browser) -> None:
    """Locked by strangers, still in at home; unlocked at the desk; a new password; logged out everywhere."""
    issuer = make_issuer()
    earner = issue(make_published_badge(issuer), to=make_user("ana@example.org")).earner
    page.goto(f"{site}/log-in/")
    log_in(page, "ana@example.org", PASSWORD)
    for _ in range(10):
        count_failed_login(earner)

    page.goto(f"{site}/profile/browsers/")
    expect(page.get_by_text("This browser")).to_be_visible()
    assert faults(page) == []

    desk = browser.new_page()
    desk.goto(f"{site}/admin/accounts/user/{earner.pk}/change/")
    log_in(desk, issuer.staff_members.get().user.email, PASSWORD)
    press(desk.get_by_role("link", name="Unlock"))
    assert faults(desk) == []
    desk.get_by_label("Reason").fill("Rang us, and named her badges")
    press(desk.get_by_role("button", name="Unlock"))
    expect(desk.get_by_text("Rang us, and named her badges")).to_be_visible()
    assert faults(desk) == []

    page.goto(f"{site}/log-in/first-time/")
    expect(page.get_by_role("heading", name="First time here?")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("E-mail address").fill("ana@example.org")
    press_key(page)
    expect(page.get_by_role("heading", name="Look at your mail")).to_be_visible()
    password, _token = make_temporary_password(earner, lasts=timedelta(hours=24))
    page.goto(f"{site}/log-in/")
    log_in(page, "ana@example.org", password)
    page.get_by_label("New password", exact=True).fill(OWN)
    page.get_by_label("The same again", exact=True).fill(OWN)
    press_key(page)
    log_in(page, "ana@example.org", OWN)

    page.goto(f"{site}/profile/browsers/")
    press(page.get_by_role("button", name="Log out everywhere"))
    expect(page.get_by_text("You are logged out everywhere.")).to_be_visible()
    page.goto(f"{site}/portfolio/")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    desk.close()


@pytest.mark.slow
def test_staff_list_in_a_browser_with_somebody_to_unlock(page: Page, site: str, transactional_db: None) -> None:
    issuer = make_issuer()
    colleague = make_staff(issuer, name="Jonas Wouters")
    for _ in range(10):
        count_failed_login(colleague)
    page.goto(f"{site}/admin/issuers/staffmember/")
    log_in(page, issuer.staff_members.get(role="owner").user.email, PASSWORD)

    expect(page.get_by_role("link", name="Unlock")).to_be_visible()
    assert faults(page) == []
    press(page.get_by_role("link", name="Unlock"))
    expect(page.get_by_label("Reason")).to_be_visible()
    assert faults(page) == []
    page.get_by_label("Reason").fill("Sits next to me")
    press(page.get_by_role("button", name="Unlock"))

    expect(page.get_by_text("Unlocked. They must request a new password now.")).to_be_visible()
    colleague.refresh_from_db()
    assert not colleague.is_locked
