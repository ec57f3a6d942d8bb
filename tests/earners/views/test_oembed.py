from datetime import date
from xml.etree import ElementTree

import pytest
from django.test import Client

from badges.actions.issuances import claim_issuance, decline_issuance, revoke_issuance, set_visibility
from badges.models import Visibility
from earners.models import Profile
from tests.factories import issue


def ask(url, **more):
    return Client().get("/oembed", {"url": url, **more})


def page_of(issuance):
    return f"http://testserver/v/{issuance.code}"


def test_oembed_shows_a_badge_as_its_card(badge):
    issuance = issue(badge, name="Ana Núñez", issued_on=date(2026, 3, 14))

    response = ask(page_of(issuance))

    assert (response["Content-Type"], response["Access-Control-Allow-Origin"]) == ("application/json", "*")
    assert response.json() == {
        "version": "1.0",
        "type": "rich",
        "title": "Valid: Ana Núñez \u2013 Infection Control Practitioner",
        "provider_name": "BadgeCert",
        "provider_url": "http://testserver",
        "author_name": badge.issuer.name,
        "html": f'<iframe src="{page_of(issuance)}/embed" width="480" height="220" title="Valid: Ana Núñez \u2013 '
        'Infection Control Practitioner" loading="lazy" style="border:0;max-width:100%"></iframe>',
        "width": 480,
        "height": 220,
        "thumbnail_url": f"{page_of(issuance)}/card-1.png",
        "thumbnail_width": 1200,
        "thumbnail_height": 627,
    }


def test_oembed_says_the_same_as_xml(issuance):
    response = ask(page_of(issuance), format="xml")

    said = {element.tag: element.text for element in ElementTree.fromstring(response.content)}  # noqa: S314  # ours
    assert response["Content-Type"].startswith("text/xml")
    assert said == {name: str(value) for name, value in ask(page_of(issuance)).json().items()}


def test_oembed_keeps_within_the_size_that_is_asked_for(issuance):
    said = ask(page_of(issuance), maxwidth="300", maxheight="150").json()

    assert (said["width"], said["height"]) == (300, 150)
    assert 'width="300" height="150"' in said["html"]
    assert "thumbnail_url" not in said


@pytest.mark.parametrize("size", ["0", "-4", "wide", "9" * 40, "\u0663"])
def test_oembed_takes_what_is_no_size_for_none(issuance, size):
    assert ask(page_of(issuance), maxwidth=size).json()["width"] == 480


def test_oembed_is_found_by_the_page(issuance):
    page = Client().get(f"/v/{issuance.code}").content.decode()
    link = page.partition('<link rel="alternate" type="application/json+oembed" href="http://testserver')[2]

    assert Client().get(link.partition('"')[0].replace("&amp;", "&")).json()["type"] == "rich"


def test_oembed_knows_other_spellings_of_a_code(issuance):
    assert ask(f"http://testserver/V/{issuance.code.lower()}").status_code == 200


@pytest.mark.parametrize(
    "url",
    [
        "",
        "nonsense",
        "http://[broken",
        "http://testserver/",
        "http://testserver/v/000000000000",
        "http://testserver/v/abc",
        "http://testserver/p/nobody/",
        "javascript:alert(1)",
        "https://elsewhere.example/v/{code}",
    ],
)
def test_oembed_of_what_is_no_badge_here_is_not_found(issuance, url):
    assert ask(url.format(code=issuance.code)).status_code == 404


@pytest.mark.parametrize("end", ["private", "declined"])
def test_oembed_of_a_private_badge_is_refused_on_the_next_request_and_its_page_says_nothing_of_it(
    issuance, earner, end
):
    assert ask(page_of(issuance)).status_code == 200
    if end == "private":
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    else:
        decline_issuance(issuance, by=earner)

    response = ask(page_of(issuance))

    assert response.status_code == 401
    assert "Amara" not in response.content.decode()
    assert "oembed" not in Client().get(f"/v/{issuance.code}").content.decode()


def test_oembed_of_a_revoked_badge_names_nobody(issuance, staff):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    said = ask(page_of(issuance)).json()

    assert said["title"] == "Revoked: Do not rely on this badge"
    assert "Amara" not in str(said)


def test_oembed_makes_only_two_formats(issuance):
    assert ask(page_of(issuance), format="yaml").status_code == 501


def test_oembed_counts_misses(db, settings):
    settings.CODE_MISSES_PER_MINUTE = 1

    assert [ask("http://testserver/v/000000000000").status_code for _ in range(2)] == [404, 429]


def test_oembed_shows_somebodys_public_page(issuance, earner):
    set_visibility(claim_issuance(issuance, by=earner), visibility=Visibility.PUBLIC, by=earner)
    Profile.objects.create(user=earner, display_name="Ana", public_name="ana", is_public=True)

    said = ask("http://testserver/p/ana/").json()

    assert said["title"] == "Badges of Ana"
    assert 'src="http://testserver/p/ana/embed"' in said["html"]
    assert Client().get(said["thumbnail_url"].removeprefix("http://testserver"))["Content-Type"] == "image/png"
