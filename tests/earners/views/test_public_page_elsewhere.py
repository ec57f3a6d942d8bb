"""A public page on other sites: its card, the picture of its link, its QR code."""

import io

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badges.actions.issuances import claim_issuance, set_visibility
from badges.models import Visibility
from certificates.models import Rendition
from earners.models import Profile
from tests.factories import issue, make_published_badge


@pytest.fixture
def shown(issuance, earner):
    claim_issuance(issuance, by=earner)
    return set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)


@pytest.fixture
def public_page(shown, earner):
    return Profile.objects.create(user=earner, display_name="Ana Núñez", public_name="ana", is_public=True)


def get(address, **headers):
    return Client(headers=headers).get(address)


def card_address():
    page = get("/p/ana/").content.decode()
    return page.partition('property="og:image" content="http://testserver')[2].partition('"')[0]


def test_public_embed_shows_who_and_the_badges(public_page):
    response = get("/p/ana/embed")

    page = " ".join(response.content.decode().split())
    assert "<bdi>Ana Núñez</bdi>" in page
    assert "1 badge<" in page
    assert 'alt="Infection Control Practitioner"' in page
    assert "frame-ancestors *" in response["Content-Security-Policy"]
    assert "X-Frame-Options" not in response
    assert not response.cookies


@pytest.mark.parametrize("address", ["/p/ana/embed", "card"])
def test_files_of_the_public_page_cost_the_same_few_queries_and_one_when_unchanged(
    public_page, issuer, earner, address
):
    address = card_address() if address == "card" else address
    tag = get(address)["ETag"]

    def queries(**headers):
        with CaptureQueriesContext(connection) as captured:
            response = get(address, **headers)
        return response.status_code, len(captured)

    few = queries()
    assert queries(if_none_match=tag) == (304, 1)
    for _ in range(5):
        another = issue(make_published_badge(issuer), to=earner)
        set_visibility(claim_issuance(another, by=earner), visibility=Visibility.PUBLIC, by=earner)
    get(address)
    assert queries() == few


@pytest.mark.parametrize("end", ["page", "badge"])
def test_files_of_a_page_that_is_off_show_nothing_on_the_next_request(public_page, shown, earner, end):
    card = card_address()
    tags = {address: get(address)["ETag"] for address in ("/p/ana/embed", card)}
    if end == "page":
        Profile.objects.update(is_public=False)
    else:
        set_visibility(shown, visibility=Visibility.PRIVATE, by=earner)

    answers = {address: get(address, if_none_match=tag) for address, tag in tags.items()}

    assert {answer.status_code for answer in answers.values()} == {404}
    assert not any("Ana" in answer.content.decode() for answer in answers.values())


def test_public_card_is_a_light_picture_under_another_address_after_a_change(public_page, issuer, earner):
    before = card_address()
    another = issue(make_published_badge(issuer), to=earner)
    set_visibility(claim_issuance(another, by=earner), visibility=Visibility.PUBLIC, by=earner)

    after = card_address()

    assert before != after
    content = get(after).content
    assert len(content) < 300_000
    with Image.open(io.BytesIO(content)) as card:
        assert card.size == (1200, 627)
    assert get(before).content == content


def test_public_card_of_somebody_who_was_erased_is_not_kept(public_page, earner):
    get(card_address())
    assert Rendition.objects.filter(about=earner.pk).exists()

    erase_person(earner, ground=ErasureGround.OWN_WISH, by=earner)

    assert not Rendition.objects.filter(about=earner.pk).exists()


@pytest.mark.parametrize("kind", ["svg", "png"])
def test_public_qr_leads_to_the_page(public_page, kind):
    response = get(f"/p/ana/qr.{kind}")

    assert response.status_code == 200
    if kind == "png":
        with Image.open(io.BytesIO(response.content)) as picture:
            assert [found.text for found in zxingcpp.read_barcodes(picture)] == ["http://testserver/p/ana/"]


def test_share_public_page_gives_every_way(client, public_page, shown, earner):
    client.force_login(earner)

    page = client.get("/portfolio/public-page/share/").content.decode()

    for address in (
        "https://www.linkedin.com/sharing/share-offsite/?url=http%3A%2F%2Ftestserver%2Fp%2Fana%2F",
        f"/portfolio/{shown.pk}/signature/?target=portfolio",
        "/p/ana/qr.svg",
        "/p/ana/qr.png",
    ):
        assert f'href="{address}"' in page
    assert "&lt;iframe src=&quot;http://testserver/p/ana/embed&quot;" in page


def test_share_public_page_that_shows_nothing_leads_to_its_settings(client, earner):
    client.force_login(earner)

    assert client.get("/portfolio/public-page/share/").url == "/portfolio/public-page/"
