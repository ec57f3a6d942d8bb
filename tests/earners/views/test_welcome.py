import pytest
from django.db.models.signals import post_save
from django.urls import reverse

from badges.actions.issuances import claim_issuance, decline_issuance, revoke_issuance
from earners.models import Profile
from tests.factories import issue, make_published_badge

WELCOME = "/welcome/"


def words(page):
    return " ".join(page.content.decode().split())


@pytest.fixture
def ana(client, earner):
    client.force_login(earner)
    return client


# --- welcome -------------------------------------------------------------------------------------


def test_welcome_sends_strangers_to_the_login(client, db):
    assert client.get(WELCOME).url.startswith(reverse("account_login"))


def test_welcome_proposes_the_name_on_the_newest_badge(ana, issuance, earner, issuer):
    issue(make_published_badge(issuer), to=earner, name="Ana Søndergård")

    assert ana.get(WELCOME).context["form"]["display_name"].value() == "Ana Søndergård"


def test_welcome_lists_what_waits_and_ticks_it(ana, issuance, earner, issuer, staff):
    claim_issuance(issue(make_published_badge(issuer), to=earner), by=earner)
    decline_issuance(issue(make_published_badge(issuer), to=earner), by=earner)
    revoke_issuance(issue(make_published_badge(issuer), to=earner), reason="issued in error", by=staff)

    form = ana.get(WELCOME).context["form"]

    assert [str(card.id) for _value, card in form.fields["claimed"].choices] == [str(issuance.pk)]
    assert form["claimed"].value() == [str(issuance.pk)]


def test_welcome_keeps_the_name_and_claims_what_is_ticked(ana, issuance, earner, issuer):
    left = issue(make_published_badge(issuer), to=earner)

    answer = ana.post(WELCOME, {"display_name": " Ana  ", "language": "en-gb", "claimed": [str(issuance.pk)]})

    issuance.refresh_from_db()
    left.refresh_from_db()
    earner.refresh_from_db()
    assert answer.url == "/portfolio/"
    assert (issuance.is_claimed, left.is_claimed) == (True, False)
    assert (earner.profile.display_name, earner.language) == ("Ana", "en-gb")
    assert ana.get("/portfolio/").status_code == 200


def test_welcome_can_claim_nothing(ana, issuance):
    answer = ana.post(WELCOME, {"display_name": "Ana", "language": "en-gb"})

    issuance.refresh_from_db()
    assert (answer.url, issuance.is_claimed) == ("/portfolio/", False)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "This field is required."),
        ("see www.example.org", "A name cannot hold a web address."),
        ("…", "Enter a name with at least one letter."),
        ("x" * 201, "Ensure this value has at most 200 characters (it has 201)."),
    ],
)
def test_welcome_says_what_is_wrong_with_a_name_and_keeps_nothing(ana, issuance, name, sentence):
    page = ana.post(WELCOME, {"display_name": name, "language": "en-gb", "claimed": [str(issuance.pk)]})

    issuance.refresh_from_db()
    assert page.context["form"].errors["display_name"] == [sentence]
    assert (issuance.is_claimed, Profile.objects.count()) == (False, 0)


def test_welcome_claims_nothing_of_others(ana, issuance, badge):
    other = issue(badge)

    page = ana.post(WELCOME, {"display_name": "Ana", "language": "en-gb", "claimed": [str(other.pk)]})

    other.refresh_from_db()
    assert (page.status_code, other.is_claimed) == (200, False)


def test_welcome_keeps_nothing_when_a_badge_is_withdrawn_meanwhile(ana, issuance, staff):
    def withdraw(*, created, **kwargs):
        if created:
            revoke_issuance(issuance, reason="issued in error", by=staff)

    post_save.connect(withdraw, sender=Profile)
    try:
        page = ana.post(
            WELCOME, {"display_name": "Ana", "language": "en-gb", "claimed": [str(issuance.pk)]}, follow=True
        )
    finally:
        post_save.disconnect(withdraw, sender=Profile)

    assert page.redirect_chain == [(WELCOME, 302)]
    assert "This badge was withdrawn by its issuer, so it cannot be claimed." in words(page)
    assert Profile.objects.count() == 0


def test_welcome_greets_once(ana, issuance):
    ana.post(WELCOME, {"display_name": "Ana", "language": "en-gb"})

    assert ana.get(WELCOME).url == "/portfolio/"


def test_welcome_waits_for_a_first_badge(client, stranger):
    client.force_login(stranger)

    assert client.get(WELCOME).url == "/portfolio/"
