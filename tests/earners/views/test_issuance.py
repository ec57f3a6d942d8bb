from datetime import UTC, date, datetime

import pytest
from django.urls import reverse

from badgecert.core import clock
from badges.actions.issuances import (
    claim_issuance,
    correct_issuance,
    decline_issuance,
    renew_issuance,
    restore_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.models import Visibility
from tests.factories import issue, make_issuer, make_published_badge

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def page_of(client, issuance):
    return client.get(f"/portfolio/{issuance.pk}/")


def words(page):
    return " ".join(page.content.decode().split())


@pytest.fixture
def ana(client, earner):
    client.force_login(earner)
    return client


def test_issuance_page_sends_strangers_to_the_login(client, issuance):
    assert page_of(client, issuance).url.startswith(reverse("account_login"))


def test_issuance_page_of_somebody_else_is_not_found(client, issuance, stranger):
    client.force_login(stranger)

    assert page_of(client, issuance).status_code == 404


def test_issuance_page_is_no_page_for_the_issuer_s_staff(client, issuance, staff):
    client.force_login(staff)

    assert page_of(client, issuance).status_code == 404


def test_issuance_page_says_what_the_badge_says(ana, earner, issuer):
    badge = make_published_badge(
        issuer,
        content={
            "name": "Clinical Mentor",
            "criteria_to_earn": "1. Mentor *two* colleagues",
            "criteria_to_maintain": "Mentor one a year",
            "skills": [{"name": "Mentoring", "url": ""}],
        },
    )
    issuance = issue(
        badge,
        to=earner,
        name="Zoë Ångström",
        issued_on=date(2025, 3, 14),
        expires_on=date(2028, 3, 13),
        narrative="Mentored four.",
        evidence=[{"name": "Report", "url": "https://northgate.example/report"}],
    )

    page = words(page_of(ana, issuance))

    for said in (
        '<h1 id="badge-name"><bdi>Clinical Mentor</bdi></h1>',
        f"{issuer.name}, to <b><bdi>Zoë Ångström</bdi></b>",
        '<time datetime="2025-03-14">14 March 2025</time>',
        '<time datetime="2028-03-13">13 March 2028</time>',
        "<li>Mentor <em>two</em> colleagues</li>",
        "<p>Mentor one a year</p>",
        "<li><bdi>Mentoring</bdi></li>",
        "<p>Mentored four.</p>",
        'href="https://northgate.example/report"',
        f'value="http://testserver/v/{issuance.code}"',
    ):
        assert said in page


def test_issuance_page_offers_the_certificate_where_there_is_one(ana, issuance):
    assert f'href="/v/{issuance.code}/certificate.pdf"' in words(page_of(ana, issuance))


def test_issuance_page_says_whom_to_ask_where_there_is_no_certificate(ana, earner, issuer):
    badge = make_published_badge(issuer, content={"certificate_design": ""}, reply_to="paper@northgate.example")

    page = words(page_of(ana, issue(badge, to=earner)))

    assert "certificate.pdf" not in page
    assert "has not set one up for this badge. Ask them about it:" in page
    assert 'href="mailto:paper@northgate.example"' in page


@pytest.mark.parametrize("visibility", Visibility.values)
def test_issuance_page_ticks_who_can_see_it(ana, issuance, earner, visibility):
    set_visibility(issuance, visibility=visibility, by=earner)

    form = page_of(ana, issuance).context["form"]

    assert form["visibility"].value() == visibility


def test_issuance_page_of_a_new_badge_offers_to_claim_it(ana, issuance):
    page = words(page_of(ana, issuance))

    assert "New</span>" in page
    assert f'action="/portfolio/{issuance.pk}/claim/"' in page


def test_issuance_page_says_how_to_renew(ana, earner, issuer):
    badge = make_published_badge(
        issuer, renewal_url="https://northgate.example/renew", renewal_instructions="Take the refresher."
    )
    issuance = issue(badge, to=earner, expires_on=date(2028, 3, 13))

    page = words(page_of(ana, issuance))

    assert 'Renew by <time datetime="2028-03-13">13 March 2028</time>' in page
    assert "<p>Take the refresher.</p>" in page
    assert 'href="https://northgate.example/renew"' in page


def test_issuance_page_without_steps_to_renew_names_who_knows(ana, earner, badge):
    issuance = issue(badge, to=earner, expires_on=date(2028, 3, 13))

    assert f"{badge.issuer.name} knows how:" in words(page_of(ana, issuance))


def test_issuance_page_of_an_expired_badge_helps_on(ana, earner, badge):
    issuance = issue(badge, to=earner, expires_on=date(2026, 11, 2))

    with clock.at(NOW):
        page = words(page_of(ana, issuance))

    assert 'This badge was valid until <time datetime="2026-11-02">2 November 2026</time>' in page
    assert "Already renewed?" in page


def test_issuance_page_of_a_revoked_badge_gives_the_reason(ana, issuance, staff):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    page = words(page_of(ana, issuance))

    assert "Reason given: issued in error. Questions or objections:" in page
    assert "Withdrawn by the issuer. Reason given: issued in error" in page
    assert f"/portfolio/{issuance.pk}/share/" not in page
    assert "Valid until" not in page


def test_issuance_page_of_a_suspended_badge_says_since_when(ana, issuance, staff):
    with clock.at(NOW):
        suspend_issuance(issuance, reason="audit", by=staff)
        page = words(page_of(ana, issuance))

    assert 'Under review by the issuer since <time datetime="2026-11-22">22 November 2026</time>' in page
    assert "audit" not in page


def test_issuance_page_of_a_declined_badge_offers_to_take_it_back(ana, issuance, earner):
    decline_issuance(issuance, by=earner)

    page = words(page_of(ana, issuance))

    assert f'action="/portfolio/{issuance.pk}/take-back/"' in page
    assert f'action="/portfolio/{issuance.pk}/decline/"' not in page
    assert f"/portfolio/{issuance.pk}/share/" not in page


def test_issuance_page_tells_its_history_newest_first(ana, earner, staff, issuer):
    issuer.time_zone = "Asia/Tokyo"
    issuer.save()
    with clock.at(datetime(2026, 1, 1, 20, tzinfo=UTC)):
        issuance = issue(make_published_badge(issuer), to=earner, expires_on=date(2027, 1, 1))
        claim_issuance(issuance, by=earner)
    with clock.at(datetime(2026, 5, 3, tzinfo=UTC)):
        correct_issuance(
            issuance,
            by=staff,
            reason="wedding, see ticket 7",
            public_reason="name change",
            recipient_name="Ana Okafor",
            expires_on=date(2027, 2, 1),
        )
        renew_issuance(issuance, by=staff, expires_on=date(2028, 2, 1))
    with clock.at(datetime(2026, 6, 3, tzinfo=UTC)):
        suspend_issuance(issuance, by=staff, reason="audit")
        restore_issuance(issuance, by=staff, reason="fine")

    page = page_of(ana, issuance)

    assert [(line.on, line.text, line.version) for line in page.context["history"]] == [
        (date(2026, 6, 3), "Under review no longer", 4),
        (date(2026, 5, 3), "Renewed by the issuer", 3),
        (date(2026, 5, 3), "Corrected by the issuer: name, expiry date. Reason given: name change", 2),
        (date(2026, 1, 2), "Claimed by you", 0),
        (date(2026, 1, 2), "Issued", 1),
    ]
    assert "ticket 7" not in words(page)


def test_issuance_page_has_a_name_of_60_letters_in_its_own_direction(ana, earner):
    name = "محمد بن عبد الرحمن بن أحمد بن علي بن يوسف بن إبراهيم الهاشمي"
    issuance = issue(make_published_badge(make_issuer()), to=earner, name=name)

    assert f"<bdi>{name}</bdi>" in words(page_of(ana, issuance))
