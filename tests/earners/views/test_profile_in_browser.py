"""The pencil and the disk, with script and without; by keyboard; and every page of addresses in each look."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from badgecert.accounts.actions.alternate_addresses import add_address, make_proof_token
from badges.models import Issuance
from earners.actions.profile import save_photo, save_section
from earners.address_links import agreement_url
from earners.models import Profile
from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width, press
from tests.factories import make_png, make_user

LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"


def log_in(page, site, user):
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )


@pytest.fixture
def ana(page, site, earner, issuance):
    save_section(by=earner, display_name="Ana", employer="Northgate Hospital")
    log_in(page, site, earner)
    page.goto(f"{site}/profile/")
    return page


@pytest.fixture
def plain(ana, site, browser):
    """The same person's browser with JavaScript off."""
    context = browser.new_context(java_script_enabled=False, storage_state=ana.context.storage_state())
    page = context.new_page()
    page.goto(f"{site}/profile/")
    yield page
    context.close()


def test_pencil_and_disk_work_in_place(ana, earner):
    ana.evaluate("window.stays = true")
    work = ana.locator("#work")

    work.get_by_role("link", name="Edit Work").click()
    expect(work.get_by_label("Employer")).to_be_focused()
    work.get_by_label("Employer").fill("Southgate Hospital")
    work.get_by_role("button", name="Save").click()

    expect(work.get_by_text("Southgate Hospital")).to_be_visible()
    expect(work.get_by_role("link", name="Edit Work")).to_be_focused()
    expect(ana.get_by_role("status").filter(has_text="Saved")).to_be_attached()
    assert ana.evaluate("window.stays") is True
    assert Profile.objects.get(user=earner).employer == "Southgate Hospital"


def test_pencil_and_disk_work_without_script(plain, site, earner):
    press(plain.get_by_role("link", name="Edit Work"))
    assert plain.url == f"{site}/profile/?edit=work#work"
    plain.get_by_label("Employer").fill("Southgate Hospital")
    press(plain.get_by_role("button", name="Save"))

    assert plain.url == f"{site}/profile/#work"
    expect(plain.locator("#work").get_by_text("Southgate Hospital")).to_be_visible()
    expect(plain.get_by_text("Your profile is saved.")).to_be_visible()
    assert Profile.objects.get(user=earner).employer == "Southgate Hospital"


def test_whole_edit_by_keyboard(ana):
    ana.locator("#name").get_by_role("link", name="Edit Name").focus()

    ana.keyboard.press("Enter")
    expect(ana.get_by_label("Display name")).to_be_focused()
    ana.keyboard.press("Control+A")
    ana.keyboard.type("Ana Søndergård")
    ana.keyboard.press("Enter")

    expect(ana.locator("#name .profile-name")).to_have_text("Ana Søndergård")
    expect(ana.locator(".site-nav-name")).to_have_text("Ana Søndergård")


def test_cancel_changes_nothing_and_gives_the_focus_back(ana, earner):
    work = ana.locator("#work")
    work.get_by_role("link", name="Edit Work").click()
    work.get_by_label("Employer").fill("Elsewhere")

    work.get_by_role("link", name="Cancel").click()

    expect(work.get_by_role("link", name="Edit Work")).to_be_focused()
    expect(work.get_by_text("Northgate Hospital")).to_be_visible()
    assert Profile.objects.get(user=earner).employer == "Northgate Hospital"


def test_what_is_wrong_is_said_in_place_and_heard(ana, earner):
    ana.evaluate("window.stays = true")
    links = ana.locator("#links")
    links.get_by_role("link", name="Edit Links").click()
    field = links.get_by_role("textbox")
    field.fill("javascript:alert(1)")

    links.get_by_role("button", name="Save").click()

    expect(links.get_by_text("is no web address")).to_be_visible()
    expect(field).to_be_focused()
    expect(field).to_have_value("javascript:alert(1)")
    expect(ana.get_by_role("status").filter(has_text=re.compile("is no web address"))).to_be_attached()
    assert ana.evaluate("window.stays") is True
    assert accessibility_faults_in_every_look(ana) == []


def test_photo_is_chosen_and_shown_in_place(ana, earner, tmp_path):
    file = tmp_path / "me.png"
    file.write_bytes(make_png())
    photo = ana.locator("#photo")

    photo.get_by_role("link", name="Edit Photo").click()
    photo.get_by_label("Choose a picture").set_input_files(file)
    photo.get_by_role("button", name="Save").click()

    expect(photo.get_by_role("img", name="Your photo")).to_be_visible()


def test_session_that_ended_leads_to_the_login(ana, site):
    ana.context.clear_cookies()

    ana.get_by_role("link", name="Edit Work").click()

    expect(ana).to_have_url(re.compile(f"^{re.escape(site)}{reverse('account_login')}"))


@pytest.mark.slow
def test_pages_of_a_profile_are_accessible_and_fit(ana, site, earner, issuance):
    other = make_user("second@work.example")
    save_section(
        by=earner,
        display_name=LONG,
        job_title=LONG,
        about=f"{LONG}\n\n{LONG}",
        links=[f"https://{LONG[:40]}.example/{LONG}"],
    )
    save_photo(photo=b"", by=earner)
    EmailAddress.objects.create(user=earner, email=f"{LONG[:60].lower().replace('ä', 'a')}@example.org", verified=True)
    Issuance.objects.filter(pk=issuance.pk).update(recipient_email="new@work.example", recipient_key="new@work.example")
    links = []
    for address in ("third@work.example", other.email):
        add_address(earner, address=address)
        links.append(reverse("earners:confirm_address", args=[make_proof_token(earner, address=address)]))
    agreement = agreement_url(issuance.pk, old_address=earner.email, new_address="new@work.example")

    faults = []
    for path in (
        "/profile/",
        "/profile/?edit=photo",
        "/profile/?edit=language",
        reverse("earners:add_address"),
        reverse("account_reauthenticate"),
        *links,
        agreement.removeprefix(site),
    ):
        ana.goto(site + path)
        faults += [f"{path} {fault}" for fault in accessibility_faults_in_every_look(ana)]
        faults += [f"{path} [{look}] too wide" for look in in_every_look(ana) if overflowing_width(ana)]

    assert faults == []
