import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from playwright.sync_api import expect

from badges.actions.issuances import claim_issuance, set_visibility
from badges.models import Visibility
from earners.actions.profile import welcome_earner
from earners.models import Profile
from tests.browser import accessibility_faults_in_every_look, in_every_look, overflowing_width, press
from tests.earners.views.test_in_a_browser import log_in
from tests.factories import issue, make_published_badge

CLIPBOARD = """async () => {
  const [item] = await navigator.clipboard.read();
  const read = async (type) => (await item.getType(type)).text();
  return { types: item.types, html: await read("text/html"), text: await read("text/plain") };
}"""


@pytest.fixture
def ana(page, site, issuance, earner):
    """In her browser, with one claimed badge and a public page."""
    welcome_earner(display_name="Ana", language="en-gb", claimed=[issuance], by=earner)
    set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)
    Profile.objects.filter(user=earner).update(public_name="ana", is_public=True)
    log_in(page, site, earner)
    return page


@pytest.fixture
def elsewhere(site, issuance):
    """The address of a page on another origin that has the card in it."""
    html = f'<!doctype html><title>My site</title><iframe src="{site}/v/{issuance.code}/embed"></iframe>'

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *args):
            pass

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_pages_for_sharing_are_accessible_and_fit(ana, site, issuance, earner, issuer):
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
    named = claim_issuance(issue(make_published_badge(issuer, content={"name": long}), to=earner, name=long), by=earner)

    faults = []
    for address in (
        f"/portfolio/{named.pk}/signature/?target=portfolio&size=128",
        "/portfolio/public-page/share/",
        f"/v/{named.code}/embed",
    ):
        ana.goto(site + address)
        ana.evaluate("document.querySelectorAll('details').forEach((fold) => (fold.open = true))")
        faults += [f"{address} {fault}" for fault in accessibility_faults_in_every_look(ana)]
        faults += [f"{address} [{look}] too wide" for look in in_every_look(ana) if overflowing_width(ana)]

    assert faults == []


def test_sheet_opens_over_the_portfolio_by_keyboard(ana, site, issuance):
    ana.goto(f"{site}/portfolio/")
    share = ana.get_by_role("link", name="Share")
    dialog = ana.get_by_role("dialog", name="Share this badge")

    for _ in range(2):
        share.focus()
        ana.keyboard.press("Enter")
        expect(dialog).to_be_visible()
        expect(dialog.get_by_role("button", name="Close")).to_be_focused()
        ana.keyboard.press("Tab")
        expect(dialog.get_by_label("Badge link, for a CV or an employer")).to_be_focused()

        ana.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(share).to_be_focused()

    share.click()
    expect(dialog).to_be_visible()
    assert accessibility_faults_in_every_look(ana) == []


def test_sheet_copies_the_link_and_counts_it(ana, site, issuance):
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.goto(f"{site}/portfolio/")
    ana.get_by_role("link", name="Share").click()

    with ana.expect_response(f"**/portfolio/{issuance.pk}/share/copied/"):
        ana.get_by_role("button", name="Copy Badge link").click()

    expect(ana.get_by_role("button", name="Copied Badge link")).to_be_visible()
    assert ana.evaluate("navigator.clipboard.readText()") == f"{site}/v/{issuance.code}"
    assert issuance.activity.get().number == 1


def test_sheet_is_a_bottom_sheet_on_phones(ana, site):
    ana.set_viewport_size({"width": 390, "height": 844})
    ana.goto(f"{site}/portfolio/")

    ana.get_by_role("link", name="Share").click()

    dialog = ana.get_by_role("dialog")
    expect(dialog).to_be_visible()
    box = dialog.bounding_box()
    assert (box["x"], box["width"], box["y"] + box["height"]) == (0, 390, 844)


def test_sheet_is_a_page_with_everything_without_script(ana, site, issuance, browser):
    context = browser.new_context(java_script_enabled=False, storage_state=ana.context.storage_state())
    page = context.new_page()
    page.goto(f"{site}/portfolio/")

    press(page.get_by_role("link", name="Share"))
    assert page.url == f"{site}/portfolio/{issuance.pk}/share/"
    page.get_by_text("Copy the five fields").click()
    expect(page.get_by_label("Credential URL")).to_have_value(f"{site}/v/{issuance.code}")
    expect(page.get_by_role("button", name="Copy")).to_have_count(0)

    press(page.get_by_role("link", name="E-mail signature"))
    page.get_by_label("Gmail").check()
    page.get_by_label("Nothing").check()
    press(page.get_by_role("button", name="Show it"))
    expect(page.get_by_role("heading", name="In Gmail")).to_be_visible()
    press(page.get_by_role("link", name="Open it alone"))
    expect(page.get_by_role("link")).to_have_count(1)
    context.close()


def test_signature_goes_to_the_clipboard_as_html_and_as_text(ana, site, issuance, browser):
    # Chromium tells our policy of each style in the copied HTML, which is not for our page.
    context = browser.new_context(
        storage_state=ana.context.storage_state(), permissions=["clipboard-read", "clipboard-write"]
    )
    page = context.new_page()
    page.goto(f"{site}/portfolio/{issuance.pk}/signature/")
    page.get_by_label("Large").check()
    expect(page).to_have_url(
        f"{site}/portfolio/{issuance.pk}/signature/?program=outlook&target=badge&size=128&words=yes"
    )

    page.get_by_role("button", name="Copy signature").click()

    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate(CLIPBOARD)
    assert copied["types"] == ["text/plain", "text/html"]
    assert f'<a href="{site}/v/{issuance.code}" target="_blank"' in copied["html"]
    assert f'src="{site}/v/{issuance.code}/live.png" width="128" height="128"' in copied["html"]
    assert "font-family:Arial" in copied["html"]
    assert copied["text"].endswith(f"{site}/v/{issuance.code}")
    context.close()


def test_signature_selected_by_hand_is_the_same(ana, site, issuance):
    ana.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ana.goto(f"{site}/portfolio/{issuance.pk}/signature/alone/")

    ana.keyboard.press("Control+A")
    ana.keyboard.press("Control+C")
    ana.goto(f"{site}/portfolio/")

    copied = ana.evaluate(CLIPBOARD)
    assert f'href="{site}/v/{issuance.code}"' in copied["html"]
    assert 'width="96" height="96"' in copied["html"]


def test_card_stands_on_a_page_of_another_site_without_cookie_or_script(elsewhere, site, issuance, browser):
    context = browser.new_context()
    page = context.new_page()
    said = []
    page.on("console", lambda message: said.append(message.text))

    page.goto(elsewhere)

    card = page.frame_locator("iframe")
    expect(card.get_by_text("Amara Okafor-Lindqvist")).to_be_visible()
    expect(card.get_by_role("link")).to_have_attribute("href", f"{site}/v/{issuance.code}")
    assert said == []
    assert context.cookies() == []
    context.close()


def test_card_is_light(site, issuance, browser):
    context = browser.new_context()
    page = context.new_page()
    bodies = []
    page.on("response", lambda response: bodies.append(response))

    page.goto(f"{site}/v/{issuance.code}/embed", wait_until="networkidle")

    text = [response for response in bodies if "image" not in response.headers["content-type"]]
    assert sum(len(response.body()) for response in text) < 20_000
    assert {response.headers["content-type"].partition(";")[0] for response in text} == {"text/html", "text/css"}
    context.close()
