"""The signature builder, and what to paste into a website."""

import re
from html import unescape

import pytest

from badges.actions.issuances import revoke_issuance, set_visibility
from badges.models import Visibility
from earners.models import Profile
from tests.factories import issue, make_published_badge


@pytest.fixture
def ana(client, earner):
    client.force_login(earner)
    return client


@pytest.fixture
def public_page(earner):
    return Profile.objects.create(user=earner, display_name="Ana", public_name="ana", is_public=True)


def words(page):
    return " ".join(page.content.decode().split())


def html_to_copy(page, field="signature-html"):
    return unescape(re.search(rf'<textarea id="{field}"[^>]*>(.*?)</textarea>', page.content.decode(), re.DOTALL)[1])


@pytest.mark.parametrize("page", ["signature", "signature/alone", "website"])
def test_pages_are_for_the_owner_only(client, issuance, stranger, page):
    client.force_login(stranger)

    assert client.get(f"/portfolio/{issuance.pk}/{page}/").status_code == 404


@pytest.mark.parametrize("page", ["signature", "website"])
@pytest.mark.parametrize("end", ["private", "revoked"])
def test_pages_of_what_nobody_would_see_lead_to_the_reason(ana, issuance, earner, staff, page, end):
    if end == "private":
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    else:
        revoke_issuance(issuance, reason="issued in error", by=staff)

    assert ana.get(f"/portfolio/{issuance.pk}/{page}/").url == f"/portfolio/{issuance.pk}/share/"
    assert ana.get(f"/portfolio/{issuance.pk}/signature/alone/").status_code == 404


def test_signature_links_a_hosted_picture_with_its_size(ana, issuance):
    html = html_to_copy(ana.get(f"/portfolio/{issuance.pk}/signature/?size=64"))

    assert html.startswith("<table")
    assert f'<a href="http://testserver/v/{issuance.code}" target="_blank"><img' in html
    assert f'src="http://testserver/v/{issuance.code}/live.png" width="64" height="64"' in html
    assert f'alt="Badge: Infection Control Practitioner, issued by {issuance.issuer.name}"' in html


def test_signature_can_be_the_picture_alone(ana, issuance):
    html = html_to_copy(ana.get(f"/portfolio/{issuance.pk}/signature/?words=no"))

    assert html.count("<td") == 1
    assert ">Infection Control Practitioner<" not in html


def test_signature_leads_to_the_public_page_when_that_is_chosen(ana, issuance, public_page):
    page = ana.get(f"/portfolio/{issuance.pk}/signature/?target=portfolio")

    assert html_to_copy(page).count(f'href="{public_page.public_url}"') == 3
    assert html_to_copy(page, "signature-text").endswith(public_page.public_url)


def test_signature_offers_no_public_page_that_is_off(ana, issuance):
    page = ana.get(f"/portfolio/{issuance.pk}/signature/?target=portfolio")

    assert "My public page" not in words(page)
    assert f'href="http://testserver/v/{issuance.code}"' in html_to_copy(page)


def test_signature_with_nonsense_in_its_address_is_the_usual_one(ana, issuance):
    page = ana.get(f"/portfolio/{issuance.pk}/signature/?size=huge&program=pine&words=")

    assert html_to_copy(page) == html_to_copy(ana.get(f"/portfolio/{issuance.pk}/signature/"))


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("outlook", "<b>New signature</b>"),
        ("outlook-classic", "<b>keep source formatting</b>"),
        ("gmail", "<b>Save Changes</b>"),
        ("apple-mail", "<b>Always match my default message font</b>"),
        ("other", "Thunderbird"),
    ],
)
def test_signature_says_the_steps_of_the_chosen_program_and_that_a_picture_proves_nothing(ana, issuance, program, said):
    page = words(ana.get(f"/portfolio/{issuance.pk}/signature/?program={program}"))

    assert said in page
    assert "A picture alone proves nothing" in page


def test_signature_alone_is_the_same_and_can_do_nothing(ana, issuance):
    alone = ana.get(f"/portfolio/{issuance.pk}/signature/alone/?size=128")

    assert html_to_copy(ana.get(f"/portfolio/{issuance.pk}/signature/?size=128")) in alone.content.decode()
    assert "default-src 'none'" in alone["Content-Security-Policy"]
    assert alone["X-Frame-Options"] == "SAMEORIGIN"


def test_signature_of_a_badge_with_marks_in_its_name_stays_text(ana, earner, issuer):
    issuance = issue(make_published_badge(issuer, content={"name": '<b>"Care" & Co'}), to=earner)

    html = html_to_copy(ana.get(f"/portfolio/{issuance.pk}/signature/"))

    assert "<b>" not in html
    assert "&lt;b&gt;&quot;Care&quot; &amp; Co" in html


def test_website_gives_a_card_and_a_linked_picture(ana, issuance):
    page = ana.get(f"/portfolio/{issuance.pk}/website/")

    assert html_to_copy(page, "embed-html") == (
        f'<iframe src="http://testserver/v/{issuance.code}/embed" width="480" height="220" '
        'title="Infection Control Practitioner" loading="lazy" style="border:0;max-width:100%"></iframe>'
    )
    assert html_to_copy(page, "picture-html").startswith(
        f'<a href="http://testserver/v/{issuance.code}"><img src="http://testserver/v/{issuance.code}/live.png"'
    )
