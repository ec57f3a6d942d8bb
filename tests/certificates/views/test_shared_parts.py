"""What one public page shares with others, and what never leaves it."""

import pytest
from django.test import Client

from badgecert.accounts.models import User
from badgecert.core.codes import grouped
from badges.models import Badge, Issuance
from certificates.templatetags.public_page import _STAND_IN
from tests.factories import issue, make_issuer, make_published_badge


def page_of(issuance: Issuance, client: Client | None = None) -> str:
    return (client or Client()).get(f"/v/{issuance.code}").content.decode()


def test_two_people_with_one_badge_see_their_own_code_everywhere(badge: Badge) -> None:
    first, second = issue(badge, name="Ana First"), issue(badge, name="Ben Second")

    pages = {issuance: page_of(issuance) for issuance in (first, second)}

    for issuance, other in ((first, second), (second, first)):
        page = pages[issuance]
        assert grouped(issuance.code) in page
        assert f'href="/v/{issuance.code}/certificate.pdf"' in page
        assert f'src="/v/{issuance.code}/qr.svg"' in page
        assert f"/v/{issuance.code}</b>" in page
        for foreign in (other.code, grouped(other.code), other.current_version.recipient_name, _STAND_IN):
            assert foreign not in page


def test_page_says_what_was_changed_of_the_organisation_since(issuance: Issuance) -> None:
    page_of(issuance)
    issuance.issuer.postal_address, issuance.issuer.email = "1 New Street", "new@example.org"
    issuance.issuer.save()

    page = page_of(issuance)

    assert "1 New Street" in page
    assert "mailto:new@example.org" in page


def test_two_organisations_are_told_apart(db: None) -> None:
    pages = [
        page_of(issue(make_published_badge(make_issuer(name=name)))) for name in ("Northern Board", "Southern Board")
    ]

    assert "Southern Board" not in pages[0]
    assert "Northern Board" not in pages[1]


def test_public_page_names_nobody_who_reads_it(issuance: Issuance, earner: User) -> None:
    client = Client()
    client.force_login(earner)
    own = client.get("/portfolio/", follow=True).content.decode()

    page = page_of(issuance, client)

    assert 'action="/log-out/"' in own
    assert 'action="/log-out/"' not in page
    assert page == page_of(issuance)


def test_header_marks_the_page_that_is_open(issuance: Issuance) -> None:
    checking = Client().get("/verify/").content.decode()

    assert checking.count('aria-current="page"') == 1
    assert 'aria-current="page"' not in page_of(issuance)


@pytest.mark.parametrize("name", ["Board One", "Board Two"])
def test_every_page_says_who_runs_the_site_now(issuance: Issuance, settings, name: str) -> None:
    settings.OPERATOR_NAME = name

    assert f"Run by {name} on BadgeCert" in Client().get("/verify/").content.decode()


@pytest.mark.parametrize("base", ["https://one.example", "https://two.example"])
def test_page_gives_its_address_at_the_site_it_is_on(issuance: Issuance, settings, base: str) -> None:
    settings.BASE_URL = base

    page = page_of(issuance)

    assert f"<b>{base}/v/{issuance.code}</b>" in page
    assert page.count(".example/v/") == page.count(f"{base}/v/")
