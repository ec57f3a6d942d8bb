import io
from datetime import date

import pytest
import zxingcpp
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from badgecert.accounts.actions.erasing import ErasureGround
from badgecert.core.models import Picture
from badgecert.core.pictures import picture_from_upload
from badges.actions.erasing import erase_issuances
from badges.actions.issuances import (
    correct_issuance,
    decline_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.models import Issuance, Visibility
from certificates.actions import renditions
from certificates.models import Rendition
from tests.certificates.tampering import tamper
from tests.factories import issue, make_published_badge

BYTES_LIMIT = 300_000


def card_address(code: str, *, client: Client | None = None) -> str:
    page = (client or Client()).get(f"/v/{code}").content.decode()
    return page.partition('property="og:image" content="http://testserver')[2].partition('"')[0]


def get(address: str, **headers: str):
    return Client(headers=headers).get(address)


@pytest.fixture
def neutral(db: None) -> bytes:
    return get("/card.png").content


# --- preview cards -----------------------------------------------------------------------------------------------


def test_preview_card_is_a_light_picture_of_the_size_that_sites_ask_for(issuance):
    response = get(card_address(issuance.code))

    assert (response.status_code, response["Content-Type"], response["Cache-Control"]) == (200, "image/png", "no-cache")
    assert len(response.content) < BYTES_LIMIT
    with Image.open(io.BytesIO(response.content)) as card:
        assert card.size == (1200, 627)


def test_preview_card_has_another_address_for_each_version(issuance, staff):
    before = card_address(issuance.code)
    correct_issuance(
        issuance, recipient_name="Ana Núñez-Roca", reason="marriage", public_reason="name change", by=staff
    )

    after = card_address(issuance.code)

    assert (before, after) == (f"/v/{issuance.code}/card-1.png", f"/v/{issuance.code}/card-2.png")
    assert get(before).url == after


@pytest.mark.parametrize(("expires_on", "name"), [(date(2027, 1, 31), "1"), (date(2026, 10, 31), "1-expired")])
def test_preview_card_has_another_address_for_each_state(badge, expires_on, name):
    issuance = issue(badge, issued_on=date(2025, 1, 31), expires_on=expires_on)

    assert card_address(issuance.code) == f"/v/{issuance.code}/card-{name}.png"


def test_preview_card_of_what_is_under_review_says_so(issuance, staff):
    good = get(card_address(issuance.code)).content
    suspend_issuance(issuance, reason="audit", by=staff)

    address = card_address(issuance.code)

    assert address.endswith("/card-1-suspended.png")
    assert get(address).content != good


@pytest.mark.parametrize("end", ["private", "declined", "revoked"])
def test_preview_card_of_what_others_may_not_see_shows_the_site_alone(issuance, earner, staff, neutral, end):
    address = card_address(issuance.code)
    tag = get(address)["ETag"]
    if end == "private":
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    elif end == "declined":
        decline_issuance(issuance, by=earner)
    else:
        revoke_issuance(issuance, reason="issued in error", by=staff)

    response = get(address, if_none_match=tag)

    assert (response.status_code, response.content) == (200, neutral)
    assert card_address(issuance.code) == "/card.png"


def test_preview_card_of_what_was_altered_in_the_database_shows_the_site_alone(issuance, neutral):
    address = card_address(issuance.code)
    assert get(address).content != neutral
    tamper("update badges_issuanceversion set recipient_name = 'Somebody Else' where issuance_id = %s", issuance.pk)

    assert get(address).content == neutral


def test_preview_card_is_drawn_once(issuance, monkeypatch):
    drawn = []
    draw = renditions.draw_preview
    monkeypatch.setattr(renditions, "draw_preview", lambda facts: drawn.append(facts) or draw(facts))

    first, second = (get(card_address(issuance.code)).content for _ in range(2))

    assert first == second
    assert len(drawn) == 1


def test_preview_card_takes_the_place_of_the_one_before(issuance, staff):
    get(card_address(issuance.code))
    correct_issuance(
        issuance, recipient_name="Ana Núñez-Roca", reason="marriage", public_reason="name change", by=staff
    )

    get(card_address(issuance.code))

    assert Rendition.objects.filter(about=issuance.pk).count() == 1


def test_preview_card_of_somebody_who_was_erased_is_gone(issuance, earner):
    address = card_address(issuance.code)
    get(address)

    erase_issuances(Issuance.objects.all(), ground=ErasureGround.OWN_WISH, by=earner)

    assert get(address).status_code == 410
    assert not Rendition.objects.filter(about=issuance.pk).exists()


# --- live pictures -----------------------------------------------------------------------------------------------


def test_live_picture_shows_what_became_of_the_badge(issuance, earner, staff):
    address, seen = f"/v/{issuance.code}/live.png", []
    seen.append(get(address))
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    seen.append(get(address, if_none_match=seen[-1]["ETag"]))
    set_visibility(issuance, visibility=Visibility.LINK_ONLY, by=earner)
    suspend_issuance(issuance, reason="audit", by=staff)
    seen.append(get(address, if_none_match=seen[-1]["ETag"]))
    revoke_issuance(issuance, reason="issued in error", by=staff)
    seen.append(get(address, if_none_match=seen[-1]["ETag"]))

    assert [response.status_code for response in seen] == [200] * 4
    assert len({response.content for response in seen}) == 4


def test_live_picture_of_one_badge_is_kept_once_for_all_who_hold_it(badge):
    for _ in range(3):
        get(f"/v/{issue(badge).code}/live.png")

    assert list(Rendition.objects.values_list("about", flat=True)) == [None]


# --- other formats -----------------------------------------------------------------------------------------------


def test_badge_jpeg_is_the_picture_on_white(issuance):
    response = get(f"/v/{issuance.code}.jpg")

    assert response["Content-Type"] == "image/jpeg"
    with (
        Image.open(io.BytesIO(response.content)) as jpeg,
        Image.open(io.BytesIO(bytes(Picture.objects.get().png))) as png,
    ):
        assert (jpeg.format, jpeg.size) == ("JPEG", png.size)


@pytest.mark.parametrize("kind", ["png", "svg"])
def test_qr_leads_to_the_page(issuance, kind):
    response = get(f"/v/{issuance.code}/qr.{kind}")

    assert response.status_code == 200
    if kind == "png":
        with Image.open(io.BytesIO(response.content)) as picture:
            assert [found.text for found in zxingcpp.read_barcodes(picture)] == [f"http://testserver/v/{issuance.code}"]


# --- all of them -------------------------------------------------------------------------------------------------

FILES = ("card-1.png", "live.png")


@pytest.mark.parametrize("file", [*FILES, ".jpg", "embed"])
def test_files_cost_the_same_few_queries_and_one_when_unchanged(issuance, file):
    address = f"/v/{issuance.code}{file if file.startswith('.') else f'/{file}'}"
    tag = get(address)["ETag"]

    with CaptureQueriesContext(connection) as again:
        get(address)
    with CaptureQueriesContext(connection) as unchanged:
        response = get(address, if_none_match=tag)

    assert response.status_code == 304
    assert len(unchanged) == 1
    assert len(again) <= 4


@pytest.mark.parametrize("file", ["card-1.png", "live.png", "embed"])
def test_files_of_no_badge_are_not_found_and_misses_are_counted(db, settings, file):
    settings.CODE_MISSES_PER_MINUTE = 1

    assert [get(f"/v/000000000000/{file}").status_code for _ in range(2)] == [404, 429]


@pytest.mark.parametrize("file", ["card-1.png", "live.png", ".jpg", "/qr.png", "/embed"])
def test_files_set_no_cookie(issuance, file):
    path = file if file.startswith((".", "/")) else f"/{file}"

    response = get(f"/v/{issuance.code}{path}")

    assert not response.cookies
    assert "Cookie" not in response.get("Vary", "")


@pytest.mark.parametrize("rest", [".jpg", "/live.png", "/qr.png", "/embed"])
def test_files_are_found_under_another_spelling(issuance, rest):
    assert get(f"/V/{issuance.code.lower()}{rest}").url == f"/v/{issuance.code}{rest}"


def test_jpeg_of_a_private_badge_is_not_found(issuance, earner):
    tag = get(f"/v/{issuance.code}.jpg")["ETag"]
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    assert get(f"/v/{issuance.code}.jpg", if_none_match=tag).status_code == 404


def test_preview_card_of_a_photograph_stays_light(issuer):
    noise = Image.effect_noise((600, 600), 120).convert("RGB")
    out = io.BytesIO()
    noise.save(out, "PNG")
    issuance = issue(make_published_badge(issuer, content={"picture": picture_from_upload(out.getvalue())}))

    assert len(get(card_address(issuance.code)).content) < BYTES_LIMIT
