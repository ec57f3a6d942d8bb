"""Named links as their owner makes, lists and withdraws them: forms alone, no script."""

import pytest

from badges.actions.issuances import revoke_issuance, set_visibility
from badges.actions.showing import make_share_link, withdraw_share_link
from badges.models import ShareLink, Visibility
from earners.actions.profile import welcome_earner
from earners.views.share_links import LINKS_ON_A_PAGE


@pytest.fixture
def ana(client, earner):
    welcome_earner(display_name="Ana", language="en-gb", claimed=[], by=earner)
    client.force_login(earner)
    return client


@pytest.fixture
def address(issuance, earner):
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    return f"/portfolio/{issuance.pk}/links/"


def words(response):
    return " ".join(response.content.decode().split())


def test_form_makes_a_link_that_can_be_copied_and_says_what_it_shows(ana, address):
    page = words(
        ana.post(address, {"name": "Acme HR", "parts": ["name", "dates"], "ends_on": "2099-03-14"}, follow=True)
    )

    link = ShareLink.objects.get()
    assert f'value="{link.url}"' in page
    assert "Shows: Your name, The dates." in page
    assert "Not opened yet." in page


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": " "}, "Give the link a name, so that you know later whom you gave it to."),
        ({"name": "x", "ends_on": "2020-01-01"}, "Choose today or a later day."),
        ({"name": "x", "ends_on": "soon"}, "Enter a day like 2027-03-14."),
        ({"name": "x", "parts": ["password"]}, "password is not one of the available choices."),
    ],
)
def test_form_says_what_is_wrong(ana, address, fields, sentence):
    response = ana.post(address, fields)

    assert (response.status_code, sentence in words(response), ShareLink.objects.count()) == (400, True, 0)


def test_withdrawn_link_stays_in_the_list_without_its_address(ana, address, issuance, earner):
    link = make_share_link(issuance, name="Acme HR", parts=["name"], by=earner)

    page = words(ana.post(f"/portfolio/links/{link.pk}/withdraw/", follow=True))

    assert "The link Acme HR shows nothing any more." in page
    assert (link.url in page, "Withdrawn" in page) == (False, True)


def test_all_links_are_listed_with_their_badge(ana, address, issuance, earner):
    for number in range(LINKS_ON_A_PAGE + 1):
        withdraw_share_link(make_share_link(issuance, name=f"No {number}", parts=[], by=earner), by=earner)

    page, of_badge = words(ana.get("/portfolio/links/")), words(ana.get(address))

    for listed in (page, of_badge):
        assert (f"No {LINKS_ON_A_PAGE}<" in listed, "No 0<" in listed) == (True, False)
        assert "1 to 25 of 26" in listed
    assert "Infection Control Practitioner" in page


def test_revoked_badge_has_no_form_for_links(ana, address, issuance, staff):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    assert "There is nothing that a link could show." in words(ana.get(address))
    assert "there is nothing to share" in words(ana.post(address, {"name": "x"}, follow=True))


def test_badge_page_leads_to_its_links(ana, address, issuance, earner):
    make_share_link(issuance, name="Acme HR", parts=["name"], by=earner)

    page = words(ana.get(f"/portfolio/{issuance.pk}/"))

    assert ("Acme HR" in page, f'href="{address}#new-link"' in page) == (True, True)
