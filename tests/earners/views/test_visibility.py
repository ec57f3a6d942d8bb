"""What the earner decides holds from the very next request on, on every address of the badge."""

import pytest
from django.test import Client

from badges.actions.issuances import claim_issuance
from badges.models import Visibility

ADDRESSES = ["", ".json", ".png", "/certificate.pdf"]


@pytest.fixture
def ana(client, earner, issuance):
    claim_issuance(issuance, by=earner)
    client.force_login(earner)
    return client


def choose(client, issuance, visibility):
    client.post(f"/portfolio/{issuance.pk}/visibility/", {"visibility": visibility})


def as_others_see(issuance):
    return {address: Client().get(f"/v/{issuance.code}{address}") for address in ADDRESSES}


@pytest.mark.parametrize("visibility", [Visibility.PUBLIC, Visibility.LINK_ONLY])
def test_a_badge_made_visible_shows_on_the_next_request(ana, issuance, visibility):
    choose(ana, issuance, Visibility.PRIVATE)
    choose(ana, issuance, visibility)

    answers = as_others_see(issuance)

    assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(ADDRESSES, 200)
    assert "Amara Okafor-Lindqvist" in answers[""].content.decode()
    assert "Amara Okafor-Lindqvist" in answers[".json"].content.decode()


def test_a_badge_made_private_shows_nothing_on_the_next_request(ana, issuance):
    assert as_others_see(issuance)[""].status_code == 200

    choose(ana, issuance, Visibility.PRIVATE)

    answers = as_others_see(issuance)
    assert {address: answer.status_code for address, answer in answers.items()} == {
        "": 200,
        ".json": 404,
        ".png": 404,
        "/certificate.pdf": 404,
    }
    said = " ".join(answer.content.decode(errors="replace") for answer in answers.values())
    assert "Amara" not in said
    assert "Infection Control" not in said


def test_a_declined_badge_shows_nothing_on_the_next_request(ana, issuance):
    ana.post(f"/portfolio/{issuance.pk}/decline/")

    said = as_others_see(issuance)[""].content.decode()

    assert "Amara" not in said
    assert "Infection Control" not in said
