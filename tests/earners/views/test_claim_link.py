from urllib.parse import urlsplit

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from badgecert.core import clock
from badges.actions.issuances import claim_issuance, decline_issuance, revoke_issuance
from badges.models import Visibility
from earners.claim_links import claim_url
from tests.factories import issue, make_published_badge


def link_to(issuance):
    return urlsplit(claim_url(issuance.pk, address=issuance.recipient_email)).path


@pytest.fixture
def newcomer_issuance(badge):
    """Of somebody who has no password yet."""
    return issue(badge, to="newcomer@example.org", name="Nguyễn Thị Ánh")


def test_claim_link_shows_the_badge_to_whoever_has_the_mail(client, issuance):
    page = client.get(link_to(issuance))

    text = page.content.decode()
    assert page.status_code == 200
    assert "You have earned Infection Control Practitioner" in text
    assert "Amara Okafor-Lindqvist" in text
    assert "Claim badge" in text


def test_claim_link_shows_nothing_else_of_the_account(client, issuance, badge, earner):
    other = make_published_badge(badge.issuer, content={"name": "Chief Inspector"})
    issue(other, to=earner)

    page = client.get(link_to(issuance))

    assert "Chief Inspector" not in page.content.decode()
    assert earner.email not in page.content.decode()


def test_claim_link_changes_nothing_when_opened(client, issuance):
    client.get(link_to(issuance))
    client.head(link_to(issuance))

    issuance.refresh_from_db()
    assert issuance.claimed_at is None


def test_claim_link_claims_without_a_login(client, issuance):
    answer = client.post(link_to(issuance))

    issuance.refresh_from_db()
    assert issuance.is_claimed
    assert answer.url == link_to(issuance)
    assert "_auth_user_id" not in client.session


def test_claim_link_twice_claims_once(client, issuance):
    client.post(link_to(issuance))
    issuance.refresh_from_db()
    claimed_at = issuance.claimed_at

    page = client.post(link_to(issuance), follow=True)

    issuance.refresh_from_db()
    assert issuance.claimed_at == claimed_at
    assert "is in your portfolio" in page.content.decode()


def test_claim_link_proves_the_address(client, newcomer_issuance):
    client.post(link_to(newcomer_issuance))

    assert list(EmailAddress.objects.filter(user=newcomer_issuance.earner).values_list("email", "verified")) == [
        ("newcomer@example.org", True)
    ]


def test_claim_link_offers_a_password_to_who_has_none(client, newcomer_issuance):
    page = client.post(link_to(newcomer_issuance), follow=True)
    assert "Choose a password" in page.content.decode()

    answer = client.post(link_to(newcomer_issuance), {"choose_password": "1"})

    assert answer.url == reverse("choose_password")
    assert client.get(answer.url).status_code == 200


def test_claim_link_sends_who_has_a_password_to_the_login(client, issuance):
    page = client.post(link_to(issuance), follow=True).content.decode()

    assert "Choose a password" not in page
    assert f"{reverse('account_login')}?next=%2Fportfolio%2F{issuance.pk}%2F" in page


def test_claim_link_of_a_locked_account_leads_to_the_login_page_which_says_so(client, newcomer_issuance):
    newcomer_issuance.earner.locked_at = clock.now()
    newcomer_issuance.earner.save()

    page = client.post(link_to(newcomer_issuance), follow=True).content.decode()
    answer = client.post(link_to(newcomer_issuance), {"choose_password": "1"})

    assert "Choose a password" not in page
    assert answer.url == link_to(newcomer_issuance)


def test_claim_link_lets_nobody_choose_a_password_over_the_one_there_is(client, issuance, earner):
    claim_issuance(issuance, by=earner)

    answer = client.post(link_to(issuance), {"choose_password": "1"})

    assert answer.url == link_to(issuance)
    assert dict(client.session) == {}


def test_claim_link_lets_nobody_choose_a_password_before_the_claim(client, newcomer_issuance):
    answer = client.post(link_to(newcomer_issuance), {"choose_password": "1"})

    newcomer_issuance.refresh_from_db()
    assert answer.url == link_to(newcomer_issuance)
    assert newcomer_issuance.is_claimed


def test_claim_link_opened_by_its_earner_leads_into_the_portfolio(client, issuance, earner):
    client.force_login(earner)

    page = client.post(link_to(issuance), follow=True).content.decode()

    assert f'href="/portfolio/{issuance.pk}/"' in page
    assert reverse("account_login") not in page


def test_claim_link_of_a_private_badge_still_claims(client, badge):
    badge.default_visibility = Visibility.PRIVATE
    badge.save()
    issuance = issue(badge)

    client.post(link_to(issuance))

    issuance.refresh_from_db()
    assert (issuance.is_claimed, issuance.visibility) == (True, Visibility.PRIVATE)


def test_claim_link_of_a_revoked_badge_says_so_and_claims_nothing(client, issuance, staff):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    page = client.post(link_to(issuance), follow=True)

    issuance.refresh_from_db()
    assert issuance.claimed_at is None
    assert "Reason given: issued in error" in page.content.decode()
    assert "Claim badge" not in page.content.decode()


def test_claim_link_of_a_declined_badge_says_so_and_claims_nothing(client, issuance, earner):
    decline_issuance(issuance, by=earner)

    page = client.post(link_to(issuance), follow=True)

    issuance.refresh_from_db()
    assert issuance.declined_at
    assert "You said that Infection Control Practitioner is not yours" in page.content.decode()


@pytest.mark.parametrize("token", ["x", "AZqPAAAAcACAAAEjRWeJqw.0000000000000000000000000000000000000000000"])
def test_claim_link_with_a_spoilt_token_says_what_to_do(client, db, token):
    page = client.get(f"/claim/{token}")

    assert page.status_code == 404
    assert "Open it again from your mail" in page.content.decode()


def test_claim_link_needs_the_token_of_its_form(issuance):
    answer = Client(enforce_csrf_checks=True).post(link_to(issuance))

    issuance.refresh_from_db()
    assert (answer.status_code, issuance.claimed_at) == (403, None)


def test_claim_link_of_an_address_that_another_account_has_proven_meanwhile_says_so(
    client, newcomer_issuance, stranger
):
    EmailAddress.objects.create(user=stranger, email=newcomer_issuance.recipient_email, verified=True)

    page = client.post(link_to(newcomer_issuance), follow=True)

    newcomer_issuance.refresh_from_db()
    assert "This address has been confirmed for another account meanwhile." in page.content.decode()
    assert newcomer_issuance.claimed_at is None
