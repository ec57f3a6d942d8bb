import base64
import re

import pytest
from django.test import Client

from badgecert.accounts.models import User
from badges.certificate_wording import DESIGNS as OFFERED
from badges.certificate_wording import filled, unknown_places
from badges.models import Badge
from certificates.rendering.pdf import DESIGNS
from tests.certificates.rendering.test_pdf import text_of
from tests.factories import make_issuer, make_picture, make_published_badge, make_staff


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_every_design_that_is_offered_can_be_drawn() -> None:
    assert [name for name, _words in OFFERED] == list(DESIGNS)


@pytest.mark.parametrize("design", DESIGNS)
def test_staff_see_what_they_type_before_it_is_saved(badge: Badge, staff: User, design: str) -> None:
    typed = {
        "name": "Infection Control Practitioner",
        "has_certificate": "on",
        "certificate_design": design,
        "heading": "Award of {badge}",
        "met_requirements": "who met our requirements on {issued_on} for",
        "signatory_1_name": "Prof. Ilse Vandamme",
        "preview_name": "Zażółć Gęślą",
    }

    response = client_of(staff).post(f"/admin/certificates/preview/{badge.pk}/", typed)

    page = response.content.decode()
    words = " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", page, flags=re.DOTALL).split())
    for said in ("Award of Infection Control Practitioner", "Zażółć Gęślą", "Prof. Ilse Vandamme"):
        assert said in words
    assert re.search(r"who met our requirements on \d+ \w+ \d{4} for", words)
    assert response["X-Frame-Options"] == "SAMEORIGIN"
    assert "sandbox" in response["Content-Security-Policy"]
    assert not re.search(r"(?:src|href)=\"(?!data:|http://testserver/v/)", page)
    assert "asset:" not in page


def test_the_preview_as_pdf_carries_its_mark_and_no_signature(badge: Badge, staff: User) -> None:
    typed = {"name": badge.current_version.name, "has_certificate": "on", "certificate_design": "ledger"}

    response = client_of(staff).post(f"/admin/certificates/preview/{badge.pk}/?as=pdf", typed)

    assert response["Content-Type"] == "application/pdf"
    assert "Preview" in text_of(response.content)
    assert b"/ETSI.CAdES.detached" not in response.content


def test_a_new_badge_is_previewed_too(badge: Badge, staff: User) -> None:
    page = client_of(staff).get("/admin/certificates/preview/").content.decode()

    assert "The name of your badge" in page
    assert badge.issuer.name in page


def test_a_place_for_which_there_is_no_fact_is_named(badge: Badge, staff: User) -> None:
    typed = {"has_certificate": "on", "heading": "{{ settings.SECRET_KEY }} {salary}"}

    page = client_of(staff).post(f"/admin/certificates/preview/{badge.pk}/", typed).content.decode()

    assert "Nothing can be filled in for" in page
    assert "{salary}" in page


def test_a_preview_is_for_those_who_design(badge: Badge) -> None:
    address = f"/admin/certificates/preview/{badge.pk}/"
    viewer, other = make_staff(badge.issuer, role="viewer"), make_staff(make_issuer())

    statuses = [client.get(address).status_code for client in (client_of(viewer), client_of(other), Client())]

    assert statuses == [200, 404, 302]


def test_what_is_chosen_stands_on_the_certificates_issued_from_then_on(badge: Badge, staff: User) -> None:
    client = client_of(staff)
    said = badge.current_version
    typed = {
        "name": said.name,
        "description": said.description,
        "achievement_type": said.achievement_type,
        "criteria_to_earn": said.criteria_to_earn,
        "picture_source": "keep",
        "expiry_rule": "never",
        "default_visibility": "link",
        "has_certificate": "on",
        "certificate_design": "diploma",
        "in_our_colour": "on",
        "signatory_1_name": "Ilse Vandamme",
    }

    client.post(f"/admin/badges/badge/{badge.pk}/change/", typed)

    badge.refresh_from_db()
    chosen = badge.current_version
    assert chosen.number == 2
    assert (chosen.certificate_design, chosen.certificate_colour) == ("diploma", badge.issuer.brand_colour)
    assert chosen.signatories == [{"name": "Ilse Vandamme", "title": ""}]


def test_wording_fills_in_facts_and_nothing_else() -> None:
    facts = {"name": "{badge}", "badge": "X"}

    assert filled("To {name}, {badge}, {unknown}", facts) == "To {badge}, X, {unknown}"
    assert unknown_places("{name} {0} {name.__class__} {") == ["{0}", "{name.__class__}", "{"]
    assert unknown_places("plain") == []


def test_a_signature_that_was_saved_stands_in_the_preview(issuer, staff: User) -> None:
    signature = make_picture("#000080")
    signatory = {"name": "Ilse", "title": "", "signature": signature.sha256}
    badge = make_published_badge(issuer, content={"signatories": [signatory]})

    page = client_of(staff).get(f"/admin/certificates/preview/{badge.pk}/").content.decode()

    assert base64.b64encode(bytes(signature.png)).decode() in page
