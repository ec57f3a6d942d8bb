import re

import pytest
from django.urls import reverse

from earners.guides import GUIDES
from tests.factories import make_issuer

pytestmark = pytest.mark.django_db


def test_help_sets_no_cookie_and_is_the_same_for_everybody(client, earner, issuer):
    to_a_stranger = client.get("/help/")
    client.force_login(earner)

    assert to_a_stranger.cookies == {}
    assert to_a_stranger.content == client.get("/help/").content


def test_every_symptom_in_the_index_is_on_the_page(client, issuer):
    page = client.get("/help/").content.decode()

    index = re.search(r'<nav class="help-index".*?</nav>', page, re.DOTALL)
    wanted = re.findall(r'href="#([\w-]+)"', index[0])
    assert len(wanted) >= 15
    assert [name for name in wanted if f'id="{name}"' not in page] == []


def test_links_of_help_and_guides_lead_somewhere(client, issuer):
    pages = ["/help/", *(reverse("earners:guide", args=[guide.slug]) for guide in GUIDES)]
    links = {
        link for page in pages for link in re.findall(r'<a [^>]*href="(/[^"?]*)"', client.get(page).content.decode())
    }

    broken = []
    for link in sorted(links):
        address, _hash, anchor = link.partition("#")
        answer = client.get(address, follow=True)
        if answer.status_code != 200 or (anchor and f'id="{anchor}"' not in answer.content.decode()):
            broken.append(link)
    assert broken == []


def test_sender_is_shown_for_the_contacts(client, issuer, settings):
    settings.MAIL_FROM_ADDRESS = "badges@mail.example"

    assert "Add <b>badges@mail.example</b>" in client.get("/help/").content.decode()


def test_organisation_and_topic_of_the_address_are_chosen(client, issuer):
    make_issuer(slug="other")

    page = client.get("/help/?organisation=other&topic=name").content.decode()

    assert '<option value="other" selected>' in page
    assert '<option value="name" selected>' in page
    assert 'href="?organisation=other&amp;topic=renewal#ask"' in page


@pytest.mark.parametrize("path", ["/help/?organisation=other", "/issuers/other/"])
def test_organisations_promise_is_stated(client, issuer, path):
    make_issuer(slug="other", name="Other Council", issue_days=7)

    page = " ".join(client.get(path).content.decode().split())

    assert "<bdi>Other Council</bdi> promises it within 7 business days after you completed" in page


def test_only_organisation_there_is_is_chosen(client, issuer):
    assert f'<option value="{issuer.slug}" selected>' in client.get("/help/").content.decode()


@pytest.mark.parametrize("query", ["?organisation=nobody", "?organisation=%00", "?topic=%F0%9F%98%80"])
def test_strange_addresses_open_the_page_all_the_same(client, issuer, query):
    assert client.get(f"/help/{query}").status_code == 200


@pytest.mark.parametrize("path", ["/help/ask/", "/help/find-my-badge/"])
def test_address_of_a_form_leads_back_to_it(client, issuer, path):
    assert client.get(path).url.startswith("/help/#")


def test_address_that_is_none_is_refused_in_place(client, issuer):
    page = client.post("/help/find-my-badge/", {"email": "ana at example.org"})

    assert page.status_code == 400
    assert "This e-mail address has no @." in page.content.decode()


def test_sharing_is_the_sharing_guide(client):
    answer = client.get("/sharing/")

    assert (answer.status_code, answer.url) == (301, "/guides/sharing/")


@pytest.mark.parametrize("path", ["/", "/issuers/northgate/"])
def test_how_it_goes_who_runs_it_and_what_it_costs(client, settings, db, path):
    settings.OPERATOR_NAME = "The badge society"
    make_issuer(slug="northgate", name="Northgate Council")

    page = client.get(path).content.decode()

    steps = re.findall(r"<h3>([^<]+)</h3>", page)
    assert [step for step in steps if step in {"Earn it", "Get the mail", "Log in", "Claim and share"}] == [
        "Earn it",
        "Get the mail",
        "Log in",
        "Claim and share",
    ]
    assert "The badge society runs" in " ".join(page.split())
    assert re.search(r"costs you nothing|Nothing for the people who earn badges", page)
