"""The first page, the style guide, and the pages for what goes wrong."""

import re
from pathlib import Path

import pytest
from django.template.loader import get_template
from django.test import RequestFactory
from playwright.sync_api import expect

from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width

pytestmark = pytest.mark.django_db


def test_home_checks_a_badge_by_a_plain_get(client):
    html = client.get("/").content.decode()

    assert '<form class="check-form" action="/verify/" method="get"' in html
    assert html.count("<input") == 1
    assert 'name="code"' in html


def test_home_tells_the_way_to_a_badge_in_four_steps(client):
    html = client.get("/").content.decode()

    assert re.findall(r"<h3>([^<]+)</h3>", html) == ["Earn it", "Get the mail", "Log in", "Claim and share"]


def test_home_says_who_runs_it_and_what_it_costs(client, settings):
    settings.OPERATOR_NAME = "Northgate Council"

    html = client.get("/").content.decode()

    assert "Northgate Council runs it at testserver." in html
    assert "Nothing for the people who earn badges" in html


def test_home_sets_no_cookie(client):
    assert client.get("/").cookies == {}


def test_home_asks_no_other_host_for_anything(client):
    html = client.get("/").content.decode()

    assert re.findall(r'(?:src|href|action)="(https?:)?//', html) == []


def test_home_leads_an_earner_to_the_portfolio(client, django_user_model):
    ana = django_user_model.objects.create_user("ana@example.org", name="Ana Okafor")
    client.force_login(ana)

    html = client.get("/").content.decode()

    assert "Ana Okafor" in html
    assert "Log out" in html
    assert "Have you earned a badge?" not in html


@pytest.mark.parametrize("template", ["400.html", "500.html"])
def test_errors_before_we_know_anything_need_no_context(template):
    html = get_template(template).render()

    assert re.search(r"<h1>.+</h1>", html)
    assert 'class="button"' in html


@pytest.mark.parametrize("template", ["403.html", "403_csrf.html", "404.html", "429.html"])
def test_errors_have_a_next_step(template):
    html = get_template(template).render({}, RequestFactory().get("/nowhere/"))

    assert re.search(r"<h1>.+</h1>", html)
    assert re.search(r'<main.*(class="button"|<form).*</main>', html, re.DOTALL)


def test_unknown_address_offers_to_check_a_badge(client):
    response = client.get("/there/is/nothing/here/")

    assert response.status_code == 404
    assert 'action="/verify/"' in response.content.decode()


def test_styleguide_is_only_for_those_who_build(client, settings):
    settings.DEBUG = False
    assert client.get("/styleguide/").status_code == 404

    settings.DEBUG = True
    assert client.get("/styleguide/").status_code == 200


def test_styleguide_shows_every_component(settings):
    page = (Path(settings.BASE_DIR) / "templates/styleguide.html").read_text()
    tags = (Path(settings.BASE_DIR) / "badgecert/core/templatetags/ui.py").read_text()

    names = re.findall(r"@register\.(?:inclusion_tag|simple_block_tag|simple_tag)[^\n]*\ndef (\w+)", tags)

    assert len(names) == 21
    assert [name for name in names if "{% " + name + " " not in page and "{% " + name + "s" not in page] == []


@pytest.mark.parametrize("address", ["/", "/styleguide/", "/there/is/nothing/here/"])
def test_page_is_accessible_in_every_look(page, site, settings, address):
    settings.DEBUG = address == "/styleguide/"
    page.goto(site + address)

    assert accessibility_faults_in_every_look(page) == []
    assert [str(look) for look in in_every_look(page) if overflowing_width(page)] == []


def test_sheet_opens_over_the_page_and_gives_the_focus_back(page, site, settings):
    settings.DEBUG = True
    page.goto(f"{site}/styleguide/")
    opener = page.locator("[data-opens=share]").first

    opener.click()
    expect(page.locator("#share")).to_be_visible()

    page.keyboard.press("Escape")
    expect(page.locator("#share")).to_be_hidden()
    expect(opener).to_be_focused()


def test_password_can_be_shown_and_hidden(page, site, settings):
    settings.DEBUG = True
    page.goto(f"{site}/styleguide/")
    field, button = page.locator("#id_password"), page.locator("[data-reveals=id_password]")

    button.click()
    expect(field).to_have_attribute("type", "text")
    expect(button).to_have_text("Hide")

    button.click()
    expect(field).to_have_attribute("type", "password")


def test_password_rules_are_ticked_while_typing(page, site, settings):
    settings.DEBUG = True
    page.goto(f"{site}/styleguide/")
    rule = page.locator("[data-at-least]")

    page.locator("#id_password").press_sequentially("mossy-lanter")
    expect(rule).to_have_attribute("data-met", "")

    page.locator("#id_password").press("Backspace")
    expect(rule).not_to_have_attribute("data-met", re.compile(""))


def test_link_is_copied_with_one_press(page, site, settings):
    settings.DEBUG = True
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/styleguide/")

    page.locator("[data-copies=link]").click()

    page.get_by_text("Copied", exact=True).wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == "https://badges.example.org/v/7KQ4M2XD9RWT"
