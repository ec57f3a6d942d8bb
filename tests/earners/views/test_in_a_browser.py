import unicodedata

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import expect

from badges.actions.issuances import (
    claim_issuance,
    decline_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.models import Visibility
from earners.actions.profile import welcome_earner
from earners.actions.public_page import save_public_page
from earners.claim_links import claim_url
from tests.browser import (
    NAMES_OF_THE_WORLD,
    accessibility_faults_in_every_look,
    in_every_look,
    lost_at_any_width,
    overflowing_width,
    press,
)
from tests.factories import issue, make_published_badge, make_user


def log_in(page, site, user):
    client = Client()
    client.force_login(user)
    page.context.add_cookies(
        [{"name": settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": site}]
    )


@pytest.fixture
def ana(page, site, issuance, earner):
    """In her browser, with one claimed badge."""
    welcome_earner(display_name="Ana", language="en-gb", claimed=[issuance], by=earner)
    log_in(page, site, earner)
    return page


def test_pages_of_the_earner_are_accessible_and_fit(ana, site, issuance, earner, issuer, staff):
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    for end in (suspend_issuance, revoke_issuance):
        held = issue(make_published_badge(issuer), to=earner)
        end(claim_issuance(held, by=earner), reason="audit", by=staff)
    declined = decline_issuance(issue(make_published_badge(issuer), to=earner), by=earner)
    new = issue(make_published_badge(issuer, content={"name": long, "certificate_design": ""}), to=earner, name=long)

    faults = []
    for address in (
        "/portfolio/",
        "/portfolio/?q=zzz",
        "/portfolio/?tab=new",
        f"/portfolio/{issuance.pk}/",
        f"/portfolio/{new.pk}/",
        f"/portfolio/{held.pk}/",
        f"/portfolio/{declined.pk}/",
        f"/portfolio/{issuance.pk}/share/",
        claim_url(new.pk, address=new.recipient_email).removeprefix(site),
        "/profile/",
    ):
        ana.goto(site + address)
        ana.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        faults += [f"{address} {fault}" for fault in accessibility_faults_in_every_look(ana)]
        faults += [f"{address} [{look}] too wide" for look in in_every_look(ana) if overflowing_width(ana)]

    assert faults == []


def test_names_of_the_world_fit_in_the_portfolio_and_on_the_public_page(ana, site, issuer, earner):
    held = []
    for name in NAMES_OF_THE_WORLD:
        new = issue(make_published_badge(issuer, content={"name": name}), to=earner, name=name)
        set_visibility(claim_issuance(new, by=earner), visibility=Visibility.PUBLIC, by=earner)
        held.append(new)
    save_public_page(public_name="ana", is_public=True, new_badges="", allows_search_engines=False, by=earner)
    pages = {"/portfolio/": NAMES_OF_THE_WORLD, "/p/ana/": NAMES_OF_THE_WORLD} | {
        f"/portfolio/{one.pk}/": [name] for one, name in zip(held, NAMES_OF_THE_WORLD, strict=True)
    }

    faults = []
    for path, names in pages.items():
        ana.goto(site + path)
        text = unicodedata.normalize("NFC", ana.locator("main").inner_text())
        faults += [f"{path} lacks {name}" for name in names if unicodedata.normalize("NFC", name) not in text]
        faults += [f"{path} {lost}" for lost in lost_at_any_width(ana)]

    assert faults == []


def test_welcome_is_accessible_and_fits(page, site, badge):
    newcomer = make_user()
    issue(badge, to=newcomer)
    log_in(page, site, newcomer)

    page.goto(f"{site}/portfolio/")

    assert page.url == f"{site}/welcome/"
    assert accessibility_faults_in_every_look(page) == []
    assert [look for look in in_every_look(page) if overflowing_width(page)] == []


def test_the_switch_on_a_card_saves_itself(ana, site, issuance):
    ana.goto(f"{site}/portfolio/")

    with ana.expect_navigation():
        ana.get_by_role("switch").check()

    expect(ana.get_by_role("switch")).to_be_checked()
    issuance.refresh_from_db()
    assert issuance.visibility == Visibility.PUBLIC


def test_the_switch_on_a_card_saves_by_its_button_without_script(ana, site, issuance, browser):
    context = browser.new_context(java_script_enabled=False, storage_state=ana.context.storage_state())
    page = context.new_page()
    page.goto(f"{site}/portfolio/")

    page.get_by_role("switch").check()
    press(page.get_by_role("button", name="Save"))

    expect(page.get_by_role("switch")).to_be_checked()
    issuance.refresh_from_db()
    assert issuance.visibility == Visibility.PUBLIC
    context.close()


def test_share_opens_as_a_sheet_and_gives_the_focus_back(ana, site, issuance):
    ana.goto(f"{site}/portfolio/{issuance.pk}/")
    share = ana.get_by_role("link", name="Share")

    share.click()
    expect(ana.get_by_role("dialog", name="Share this badge")).to_be_visible()
    assert accessibility_faults_in_every_look(ana) == []

    ana.keyboard.press("Escape")
    expect(ana.get_by_role("dialog")).to_be_hidden()
    expect(share).to_be_focused()


def test_share_is_a_page_without_script(ana, site, issuance, browser):
    context = browser.new_context(java_script_enabled=False, storage_state=ana.context.storage_state())
    page = context.new_page()
    page.goto(f"{site}/portfolio/{issuance.pk}/")

    press(page.get_by_role("link", name="Share"))

    assert page.url == f"{site}/portfolio/{issuance.pk}/share/"
    expect(page.get_by_label("Badge link, for a CV or an employer")).to_have_value(f"{site}/v/{issuance.code}")
    context.close()
