from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badges.actions.badges import make_badge, retire_badge
from badges.models import Badge
from issuers.models import Issuer
from tests.factories import make_badge_content, make_published_badge


def test_issuer_page_says_who_it_is_and_lists_what_is_published(issuer: Issuer, badge: Badge) -> None:
    owner = User.objects.get(staff_memberships__issuer=issuer, staff_memberships__role="owner")
    make_badge(issuer, slug="secret", content=make_badge_content(name="Not yet known"), by=owner)

    text = Client().get(f"/issuers/{issuer.slug}/").content.decode()

    assert issuer.name in text
    assert "mailto:badges@northgate.example" in text
    assert "Infection Control Practitioner" in text
    assert "Not yet known" not in text
    assert "confirmed" not in text


def test_issuer_page_shows_a_confirmed_domain(issuer: Issuer) -> None:
    Issuer.objects.update(domain="northgate.example", domain_confirmed_at=clock.now())

    assert "northgate.example confirmed" in Client().get(f"/issuers/{issuer.slug}/").content.decode()


def test_issuer_page_names_who_answers_what(issuer: Issuer) -> None:
    issuer.contacts = {"paper": "post@northgate.example", "log_in": "help@northgate.example"}
    issuer.save()

    page = Client().get(f"/issuers/{issuer.slug}/")

    assert page.context["contacts"] == [
        ("Logging in", "help@northgate.example"),
        ("Paper certificates", "post@northgate.example"),
    ]
    assert "mailto:post@northgate.example" in page.content.decode()


def test_issuer_page_without_badges_says_so(issuer: Issuer) -> None:
    assert "No badges are published yet" in Client().get(f"/issuers/{issuer.slug}/").content.decode()


def test_issuer_page_marks_a_retired_badge(issuer: Issuer, badge: Badge) -> None:
    retire_badge(badge, by=User.objects.get(staff_memberships__issuer=issuer))

    assert "Retired" in Client().get(f"/issuers/{issuer.slug}/").content.decode()


def test_issuer_page_costs_the_same_for_one_badge_and_for_many(issuer: Issuer, badge: Badge) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            response = Client().get(f"/issuers/{issuer.slug}/")
        counts.append(len(queries))
        make_published_badge(issuer)

    assert counts == [4, 4]
    assert (response["Cache-Control"], dict(response.cookies)) == ("no-cache", {})


def test_unknown_issuer_is_not_found(db: None) -> None:
    assert Client().get("/issuers/nobody/").status_code == 404
