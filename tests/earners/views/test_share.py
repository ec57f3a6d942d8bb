import re
from datetime import date

import pytest
from django.urls import reverse

from badgecert.core.pictures import picture_from_drawing
from badges.actions.issuances import claim_issuance, decline_issuance, revoke_issuance, set_visibility
from badges.disclosure import can_see
from badges.drawing.badge import BadgeArt, draw_badge
from badges.models import ActivityKind, Visibility
from earners import sharing
from tests.factories import issue, make_picture, make_png, make_published_badge


def page_of(client, issuance):
    return client.get(f"/portfolio/{issuance.pk}/share/")


def words(page):
    return " ".join(page.content.decode().split())


@pytest.fixture
def ana(client, earner):
    client.force_login(earner)
    return client


def test_share_issuance_sends_strangers_to_the_login(client, issuance):
    assert page_of(client, issuance).url.startswith(reverse("account_login"))


def test_share_issuance_of_somebody_else_is_not_found(client, issuance, stranger):
    client.force_login(stranger)

    assert page_of(client, issuance).status_code == 404


def test_share_issuance_gives_every_way_there_is(ana, earner, issuer):
    issuance = issue(
        make_published_badge(issuer, content={"picture": picture_from_drawing(svg="<svg/>", png=make_png())}),
        to=earner,
        expires_on=date(2027, 3, 13),
    )

    page = words(page_of(ana, issuance))

    for address in (
        *(f"/portfolio/{issuance.pk}/share/to/{way}/" for way in sharing.WAYS),
        f"/portfolio/{issuance.pk}/signature/",
        f"/portfolio/{issuance.pk}/website/",
        f"/portfolio/{issuance.pk}/expires.ics",
        f"/v/{issuance.code}/certificate.pdf",
    ):
        assert f'href="{address}"' in page
    assert f'action="/portfolio/{issuance.pk}/share/mail/"' in page


@pytest.mark.parametrize("is_drawn", [True, False])
def test_share_issuance_gives_the_svg_of_a_picture_drawn_here(ana, earner, issuer, is_drawn):
    picture = picture_from_drawing(svg="<svg/>", png=make_png()) if is_drawn else make_picture()
    issuance = issue(make_published_badge(issuer, content={"picture": picture}), to=earner)

    page = words(page_of(ana, issuance))

    assert ("share/to/svg/" in page) == ("share/to/baked-svg/" in page) == is_drawn


def test_share_issuance_begins_with_the_link_itself(ana, issuance):
    page = words(page_of(ana, issuance))

    assert page.index(f'value="http://testserver/v/{issuance.code}"') < page.index("Add to LinkedIn profile")


def test_share_issuance_gives_the_five_fields_for_copying(ana, issuance):
    page = words(page_of(ana, issuance))

    assert all(
        f'value="{field.value}" dir="auto" readonly' in page
        for field in sharing.linkedin_fields(can_see(issuance.code))
    )


def test_share_issuance_gives_no_certificate_where_there_is_none(ana, earner, issuer):
    issuance = issue(make_published_badge(issuer, content={"certificate_design": ""}), to=earner)

    assert "certificate.pdf" not in words(page_of(ana, issuance))


def test_share_issuance_of_a_private_badge_first_asks_who_may_see_it(ana, issuance, earner):
    set_visibility(claim_issuance(issuance, by=earner), visibility=Visibility.PRIVATE, by=earner)

    page = words(page_of(ana, issuance))
    assert "linkedin-profile" not in page
    assert "Show it to whoever has the link" in page

    share = f"/portfolio/{issuance.pk}/share/"
    answer = ana.post(f"/portfolio/{issuance.pk}/visibility/", {"visibility": "link", "back": share}, follow=True)
    assert "linkedin-profile" in words(answer)


@pytest.mark.parametrize("end", ["revoked", "declined"])
def test_share_issuance_offers_nothing_of_what_nobody_would_see(ana, issuance, earner, staff, end):
    if end == "revoked":
        revoke_issuance(issuance, reason="issued in error", by=staff)
    else:
        decline_issuance(issuance, by=earner)

    page = words(page_of(ana, issuance))

    assert "linkedin-profile" not in page
    assert f"/v/{issuance.code}" not in page


def test_share_issuance_is_the_same_on_its_page_and_in_the_sheet(ana, issuance):
    def ways(page):
        # Their forms differ in their tokens.
        text = re.sub(r'value="\w{64}"', "", words(page))
        return text[text.index("share-link") : text.index("Use it elsewhere")]

    assert ways(page_of(ana, issuance)) == ways(ana.get(f"/portfolio/{issuance.pk}/"))


def test_share_sheet_is_what_opens_over_other_pages(ana, issuance):
    sheet = words(ana.get(f"/portfolio/{issuance.pk}/share/?sheet"))

    assert sheet.startswith('<div class="sheet" id="share" popover role="dialog"')
    assert "share-link" in sheet


def test_share_sheet_of_somebody_else_is_not_found(client, issuance, stranger):
    client.force_login(stranger)

    assert client.get(f"/portfolio/{issuance.pk}/share/?sheet").status_code == 404


@pytest.mark.parametrize("way", ["png", "jpeg", "svg", "baked-png", "baked-svg", "qr-svg", "qr-png"])
def test_each_file_that_is_offered_is_there(ana, earner, issuer, way):
    drawn = picture_from_drawing(
        svg=draw_badge(BadgeArt(shape="circle", icon="award", palette="teal", top_text="CARE")), png=make_png()
    )
    issuance = issue(make_published_badge(issuer, content={"picture": drawn}), to=earner)

    answer = ana.get(f"/portfolio/{issuance.pk}/share/to/{way}/", follow=True)

    assert (answer.status_code, answer["Content-Type"].partition("/")[0]) == (200, "image")


def test_count_copy_counts_a_share(ana, issuance):
    answer = ana.post(f"/portfolio/{issuance.pk}/share/copied/")

    assert answer.status_code == 204
    assert list(issuance.activity.values_list("kind", "number")) == [(ActivityKind.SHARED, 1)]


@pytest.mark.parametrize("hidden_from_others", [True, False])
def test_count_copy_counts_nothing_of_what_is_private_or_not_ones_own(
    client, issuance, earner, stranger, hidden_from_others
):
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    client.force_login(earner if hidden_from_others else stranger)

    assert client.post(f"/portfolio/{issuance.pk}/share/copied/").status_code == 404
    assert not issuance.activity.exists()
