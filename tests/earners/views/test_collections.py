"""Collections and the archive, by their forms alone."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badges.actions.issuances import claim_issuance, set_visibility
from badges.models import Issuance, Visibility
from earners.actions.collections import COLLECTIONS_OF_A_PERSON, make_collection
from earners.actions.profile import welcome_earner
from earners.actions.public_page import save_public_page
from earners.models import Collection
from tests.factories import issue, make_published_badge

COLLECTIONS = "/portfolio/collections/"


def words(response):
    return " ".join(response.content.decode().split())


@pytest.fixture
def ana(client, earner):
    welcome_earner(display_name="Ana", language="en-gb", claimed=[], by=earner)
    client.force_login(earner)
    return client


@pytest.fixture
def held(earner, issuer):
    badges = [make_published_badge(issuer, content={"name": name}) for name in ("One", "Two", "Three")]
    return [claim_issuance(issue(badge, to=earner), by=earner) for badge in badges]


@pytest.fixture
def collection(held, earner):
    return make_collection(title="For recruiters", issuance_ids=[one.pk for one in held], by=earner)


def order(collection):
    return [item.issuance.current_version.badge_version.name for item in collection.items.all()]


def test_collection_is_made_and_its_badges_chosen(ana, held, earner):
    made = ana.post(COLLECTIONS, {"title": "For recruiters"})
    collection = Collection.objects.get(user=earner)
    ids = [str(one.pk) for one in held]
    ana.post(f"{COLLECTIONS}{collection.pk}/choose/", {"badge": ids[:2], "among": ids})

    assert made.url == f"{COLLECTIONS}{collection.pk}/#choose"
    assert (collection.slug, order(collection)) == ("for-recruiters", ["One", "Two"])


def test_what_is_not_on_the_page_of_choices_stays_in(ana, held, collection):
    ids = [str(one.pk) for one in held]

    ana.post(f"{COLLECTIONS}{collection.pk}/choose/", {"badge": [], "among": ids[:1]})

    assert order(collection) == ["Two", "Three"]


@pytest.mark.parametrize(
    ("badge", "direction", "expected"),
    [
        (2, "up", ["One", "Three", "Two"]),
        (0, "down", ["Two", "One", "Three"]),
        (0, "up", ["One", "Two", "Three"]),
        (2, "down", ["One", "Two", "Three"]),
        (1, "sideways", ["One", "Two", "Three"]),
    ],
)
def test_buttons_move_a_badge_by_one_place(ana, held, collection, badge, direction, expected):
    ana.post(f"{COLLECTIONS}{collection.pk}/move/", {"badge": str(held[badge].pk), "direction": direction})

    assert order(collection) == expected


def test_collection_of_nobody_else_holds_my_badge(client, collection, held, stranger):
    client.force_login(stranger)
    theirs = make_collection(title="Theirs", issuance_ids=[one.pk for one in held], by=stranger)
    answers = [
        client.get(f"{COLLECTIONS}{collection.pk}/"),
        client.get(f"{COLLECTIONS}{collection.pk}/badges.pdf"),
        *(client.post(f"{COLLECTIONS}{collection.pk}/{what}/") for what in ("choose", "move", "publish", "remove")),
    ]

    assert [answer.status_code for answer in answers] == [404] * 6
    assert (order(theirs), len(order(collection))) == ([], 3)


def test_published_collection_shows_its_public_badges_in_its_order(ana, held, collection, earner):
    for one in held[:2]:
        set_visibility(one, visibility=Visibility.PUBLIC, by=earner)
    save_public_page(public_name="ana", is_public=True, new_badges="", allows_search_engines=False, by=earner)
    before = Client().get("/p/ana/for-recruiters/")

    ana.post(f"{COLLECTIONS}{collection.pk}/publish/", {"published": "yes"})
    ana.post(f"{COLLECTIONS}{collection.pk}/move/", {"badge": str(held[1].pk), "direction": "up"})

    page = Client().get("/p/ana/for-recruiters/")
    assert before.status_code == 404
    assert [seen.badge.name for seen in page.context["badges"]] == ["Two", "One"]
    assert '<a href="/p/ana/for-recruiters/"' in words(Client().get("/p/ana/"))
    ana.post(f"{COLLECTIONS}{collection.pk}/publish/", {"published": "no"})
    assert Client().get("/p/ana/for-recruiters/").status_code == 404


def test_address_stays_when_a_published_collection_is_renamed(ana, collection):
    ana.post(f"{COLLECTIONS}{collection.pk}/", {"title": "Clinical"})
    unpublished = Collection.objects.get().slug
    ana.post(f"{COLLECTIONS}{collection.pk}/publish/", {"published": "yes"})
    ana.post(f"{COLLECTIONS}{collection.pk}/", {"title": "Other"})

    assert (unpublished, Collection.objects.get().slug, Collection.objects.get().title) == (
        "clinical",
        "clinical",
        "Other",
    )


@pytest.mark.parametrize(
    ("title", "slug"), [("临床", "临床"), ("!!!", "collection"), ("For recruiters", "for-recruiters-2")]
)
def test_every_title_leads_to_an_address_of_its_own(collection, earner, title, slug):
    assert make_collection(title=title, by=earner).slug == slug


def test_there_are_so_many_collections_and_no_more(ana, earner):
    for number in range(COLLECTIONS_OF_A_PERSON):
        make_collection(title=f"No {number}", by=earner)

    page = ana.post(COLLECTIONS, {"title": "One more"}, follow=True)

    assert "You have 30 collections" in words(page)
    assert Collection.objects.count() == COLLECTIONS_OF_A_PERSON


def test_collection_without_a_title_is_refused_with_a_sentence(ana):
    response = ana.post(COLLECTIONS, {"title": " "})

    assert (response.status_code, "Give the collection a title." in words(response)) == (400, True)


def test_removed_collection_leaves_its_badges(ana, collection, held):
    ana.post(f"{COLLECTIONS}{collection.pk}/remove/")

    assert (Collection.objects.count(), Issuance.objects.count()) == (0, len(held))


def test_collection_is_a_tab_in_its_own_order(ana, held, collection):
    ana.post(f"{COLLECTIONS}{collection.pk}/move/", {"badge": str(held[2].pk), "direction": "up"})

    page = ana.get("/portfolio/?collection=for-recruiters")

    assert [card.name for card in page.context["page"]] == ["One", "Three", "Two"]
    assert "For recruiters <span>3</span>" in words(page)


def test_pdf_for_its_owner_holds_what_only_they_see(ana, held, collection, earner):
    set_visibility(held[0], visibility=Visibility.PRIVATE, by=earner)

    response = ana.get(f"{COLLECTIONS}{collection.pk}/badges.pdf")

    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert (response["Cache-Control"], "ETag" in response) == ("private, no-store", False)


def test_portfolio_costs_the_same_queries_with_collections_and_without(ana, held, earner):
    make_collection(title="First", issuance_ids=[held[0].pk], by=earner)
    with CaptureQueriesContext(connection) as one:
        ana.get("/portfolio/")
    for number in range(5):
        make_collection(title=f"No {number}", issuance_ids=[one.pk for one in held], by=earner)

    with CaptureQueriesContext(connection) as many:
        ana.get("/portfolio/")

    assert len(many) == len(one)


def test_archived_badge_is_out_of_sight_and_comes_back(ana, held, collection):
    archive = f"/portfolio/{held[0].pk}/archive/"
    ana.post(archive)
    page, archived = ana.get("/portfolio/"), ana.get("/portfolio/?tab=archived")
    shelf = ana.get("/portfolio/?collection=for-recruiters")
    ana.post(archive, {"archived": "no"})
    back = ana.get("/portfolio/")

    assert [card.name for card in page.context["page"]] == ["Three", "Two"]
    assert [card.name for card in archived.context["page"]] == ["One"]
    assert [card.name for card in shelf.context["page"]] == ["Two", "Three"]
    assert [card.name for card in back.context["page"]] == ["Three", "Two", "One"]
    assert Client().get(held[0].get_absolute_url()).status_code == 200
