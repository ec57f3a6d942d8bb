"""What strangers see of a person, and what the person decides about it."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.actions.erasing import ErasureGround, erase_person
from badges.actions.issuances import claim_issuance, correct_issuance, revoke_issuance, set_visibility, suspend_issuance
from badges.actions.showing import prefer_visibility
from badges.models import Visibility, VisibilityPreference
from earners.actions.profile import save_photo, save_section
from earners.actions.public_page import save_public_page
from earners.exceptions import NameTakenError
from earners.models import Profile
from tests.factories import issue, make_published_badge, make_user

PAGE = "/p/ana-nunez/"
SETTINGS = "/portfolio/public-page/"


def words(response):
    return " ".join(response.content.decode().split())


def show(user, **choices):
    return save_public_page(
        **{
            "public_name": "ana-nunez",
            "is_public": True,
            "new_badges": "",
            "allows_search_engines": False,
            "by": user,
            **choices,
        }
    )


def hold(earner, name, issuer):
    issuance = claim_issuance(issue(make_published_badge(issuer, content={"name": name}), to=earner), by=earner)
    return set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)


@pytest.fixture
def ana(earner):
    save_section(
        by=earner, display_name="Ana Núñez", employer="St Mary’s", about="I lead audits.", links=["https://ana.example"]
    )
    return earner


def test_public_page_shows_public_badges_under_the_chosen_name(ana, issuer):
    hold(ana, "Shown", issuer)
    issue(make_published_badge(issuer, content={"name": "Not claimed"}), to=ana)
    show(ana)

    page = words(Client().get(PAGE))

    assert ("Ana Núñez" in page, "Shown" in page, "Not claimed" in page) == (True, True, False)
    assert ("St Mary’s" in page, "I lead audits." in page, "ana.example" in page) == (False, False, False)


def test_public_page_says_of_its_owner_what_they_allow(ana, issuer):
    hold(ana, "Shown", issuer)
    save_photo(photo=b"webp", by=ana)
    show(ana, shows_work=True, shows_about=True, shows_links=True, shows_photo=True)

    response = Client().get(PAGE)

    page = words(response)
    assert ("St Mary’s" in page, "I lead audits." in page, "ana.example" in page) == (True, True, True)
    photo = f"/p/ana-nunez/photo/{ana.profile.photo.pk}.webp"
    assert photo in page
    assert Client().get(photo).content == b"webp"
    show(ana, shows_photo=False)
    assert Client().get(photo).status_code == 404


def test_nothing_public_is_the_same_to_the_byte_whoever_it_is(ana, issuer):
    nobody = Client().get("/p/nobody-at-all/")
    show(ana)
    without_badges = Client().get(PAGE)
    hold(ana, "Shown", issuer)
    show(ana, is_public=False)
    off = Client().get(PAGE)

    answers = {
        (answer.status_code, answer.content, str(sorted(answer.headers.items())))
        for answer in (nobody, without_badges, off)
    }
    assert len(answers) == 1
    assert (nobody.status_code, "Nothing public here" in words(nobody)) == (404, True)


def test_revoked_badge_leaves_the_page_and_a_suspended_one_says_so(ana, issuer, staff):
    revoked, suspended = hold(ana, "Revoked one", issuer), hold(ana, "Suspended one", issuer)
    show(ana)

    revoke_issuance(revoked, reason="issued in error", by=staff)
    suspend_issuance(suspended, reason="audit", by=staff)

    page = words(Client().get(PAGE))
    assert ("Revoked one" in page, "Suspended one" in page, "Under review" in page) == (False, True, True)


def test_whoever_has_the_page_is_told_so_from_one_query(ana, issuer, staff):
    issuance = hold(ana, "Shown", issuer)
    show(ana)
    etag = Client().get(PAGE)["ETag"]

    with CaptureQueriesContext(connection) as queries:
        unchanged = Client().get(PAGE, headers={"if-none-match": etag})
        asked = len(queries)
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Ana N.")
    changed = Client().get(PAGE, headers={"if-none-match": etag})

    assert (unchanged.status_code, asked, changed.status_code) == (304, 1, 200)
    assert unchanged["Cache-Control"] == "no-cache"


def test_page_costs_the_same_queries_with_one_badge_and_with_thirty(ana, issuer):
    hold(ana, "Shown", issuer)
    show(ana)
    with CaptureQueriesContext(connection) as one:
        Client().get(PAGE)
    for number in range(29):
        hold(ana, f"Badge {number}", issuer)

    with CaptureQueriesContext(connection) as many:
        page = Client().get(PAGE)

    assert (len(one), len(many)) == (3, 3)
    assert (len(page.context["badges"]), "1 to 24 of 30" in words(page)) == (24, True)


def test_page_varies_by_no_cookie_and_sets_none(ana, issuer):
    hold(ana, "Shown", issuer)
    show(ana)

    response = Client().get(PAGE)

    assert ("Cookie" in response["Vary"], dict(response.cookies)) == (False, {})


def test_page_is_for_search_engines_only_when_its_owner_wants_it(ana, issuer):
    hold(ana, "Shown", issuer)
    show(ana)
    hidden = Client().get(PAGE), set(Profile.objects.listed())
    prefer_visibility(new_badges="", allows_search_engines=True, by=ana)
    found = Client().get(PAGE), set(Profile.objects.listed())

    assert ("noindex" in words(hidden[0]), hidden[1]) == (True, set())
    assert ("noindex" in words(found[0]), found[1]) == (False, {ana.profile})


def test_pdf_of_the_page_holds_the_public_badges(ana, issuer):
    hold(ana, "Shown", issuer)
    show(ana)

    response = Client().get(f"{PAGE}badges.pdf")

    again = Client().get(f"{PAGE}badges.pdf", headers={"if-none-match": response["ETag"]})
    assert (response.status_code, response["Content-Type"], response.content[:5]) == (200, "application/pdf", b"%PDF-")
    assert again.status_code == 304


def test_erased_person_has_no_page_and_nobody_else_gets_its_name(ana, issuer, stranger):
    hold(ana, "Shown", issuer)
    show(ana)

    erase_person(ana, ground=ErasureGround.OWN_WISH, by=ana)

    assert Client().get(PAGE).status_code == 404
    with pytest.raises(NameTakenError):
        show(stranger)


# --- the form ------------------------------------------------------------------------------------


@pytest.fixture
def form(client, ana):
    client.force_login(ana)

    def send(**fields):
        return client.post(SETTINGS, {"new_badges": "", **fields})

    return send


def test_form_turns_the_page_on_under_a_name(form, client, ana):
    form(is_public="on", public_name="Ana-Nunez", shows_work="on", new_badges="private")

    profile = Profile.objects.get(user=ana)
    assert (profile.public_name, profile.is_public, profile.shows_work, profile.shows_about) == (
        "ana-nunez",
        True,
        True,
        False,
    )
    assert VisibilityPreference.objects.get(user=ana).new_badges == "private"
    assert f'value="http://testserver{PAGE}"' in client.get(SETTINGS).content.decode()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("", "Choose the name under which others find it."),
        ("an", "Use at least 3 letters."),
        ("ana núñez", "Use the letters a to z"),
        ("-ana-", "Use the letters a to z"),
        ("admin", "This name is reserved"),
        ("help-desk", "This name is reserved"),
    ],
)
def test_form_says_what_is_wrong_with_a_name(form, ana, name, sentence):
    response = form(is_public="on", public_name=name)

    assert (response.status_code, sentence in words(response)) == (400, True)
    assert not Profile.objects.get(user=ana).is_public


def test_name_that_somebody_has_or_had_is_taken(form, ana):
    other = make_user()
    show(other, public_name="taken-before")
    show(other, public_name="taken-now")

    answers = [words(form(is_public="on", public_name=name)) for name in ("taken-before", "taken-now")]

    assert ["This name is taken." in answer for answer in answers] == [True, True]
    assert Profile.objects.get(user=ana).public_name is None
    assert not VisibilityPreference.objects.filter(user=ana).exists()


def test_own_old_name_can_be_taken_again(ana):
    show(ana, public_name="first-name")
    show(ana, public_name="second-name")

    assert show(ana, public_name="first-name").public_name == "first-name"
