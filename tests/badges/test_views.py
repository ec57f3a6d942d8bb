from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badges.actions.badges import make_badge, retire_badge
from badges.actions.issuances import revoke_issuance
from badges.models import Badge
from issuers.models import Issuer
from tests.factories import issue, make_badge_content, make_published_badge


@pytest.fixture
def owner(issuer: Issuer) -> User:
    return User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role="owner")


def text_of(address: str) -> str:
    return " ".join(Client().get(address).content.decode().split())


def test_badge_page_says_what_it_means_and_who_decides(issuer: Issuer) -> None:
    badge = make_published_badge(
        issuer,
        content={"criteria_to_maintain": "Practise.", "skills": [{"name": "Clean technique", "url": ""}]},
        expiry_rule="period",
        expiry_months=24,
    )

    text = text_of(f"/badges/{badge.slug}/")

    for words in (
        "Keeps patients and colleagues safe from infection.",
        "Pass the examination with 80% or more.",
        "Practise.",
        "Clean technique",
        "24 months after issue",
        issuer.name,
        "mailto:badges@northgate.example",
    ):
        assert words in text


def test_badge_page_counts_whoever_holds_it_today(badge: Badge, owner: User) -> None:
    issue(badge)
    issue(badge, expires_on=date(2026, 11, 2), issued_on=date(2026, 11, 1))
    revoke_issuance(issue(badge), reason="error", by=owner)

    assert "1 person" in text_of(f"/badges/{badge.slug}/")


def test_badge_page_of_a_retired_badge_says_so(badge: Badge, owner: User) -> None:
    retire_badge(badge, by=owner)

    assert "This badge is retired" in text_of(f"/badges/{badge.slug}/")
    assert badge.slug not in text_of("/badges/")


def test_badge_page_of_a_draft_is_not_found(issuer: Issuer, owner: User) -> None:
    make_badge(issuer, slug="secret", content=make_badge_content(), by=owner)

    assert Client().get("/badges/secret/").status_code == 404
    assert "secret" not in text_of("/badges/")


def test_catalogue_without_badges_says_so(db: None) -> None:
    assert "No badges are published yet" in text_of("/badges/")


def test_catalogue_comes_in_pages_and_bears_a_nonsense_number(issuer: Issuer) -> None:
    for _ in range(25):
        make_published_badge(issuer)

    with CaptureQueriesContext(connection) as queries:
        first = Client().get("/badges/")

    assert first.content.decode().count('class="badge-card"') == 24
    assert len(queries) == 2
    assert [text_of(f"/badges/?page={page}").count('class="badge-card"') for page in ("2", "99", "abc", "-1")] == [
        1,
        1,
        24,
        1,
    ]
    assert not first.cookies
