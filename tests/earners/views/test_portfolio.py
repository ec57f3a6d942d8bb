from datetime import UTC, date, datetime, timedelta

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from badgecert.core import clock
from badgecert.core.models import new_id
from badges.actions.issuances import (
    claim_issuance,
    correct_issuance,
    decline_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.models import Badge, Issuance, IssuanceVersion, Visibility
from earners.actions.profile import welcome_earner
from tests.factories import issue, make_issuer, make_published_badge

PORTFOLIO = "/portfolio/"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def ana(client, earner):
    """Logged in, and not for the first time."""
    welcome_earner(display_name="Ana", language="en-gb", claimed=[], by=earner)
    client.force_login(earner)
    return client


@pytest.fixture
def claimed(issuance, earner):
    return claim_issuance(issuance, by=earner)


def names(page):
    return [card.name for card in page.context["page"]]


def words(page):
    return " ".join(page.content.decode().split())


def hold(earner, name, *, issuer, **fields):
    issuance = issue(make_published_badge(issuer, content={"name": name}), to=earner, **fields)
    return claim_issuance(issuance, by=earner)


# --- who sees it ---------------------------------------------------------------------------------


def test_portfolio_sends_strangers_to_the_login(client, db):
    assert client.get(PORTFOLIO).url == f"{reverse('account_login')}?next=/portfolio/"


def test_portfolio_of_somebody_else_shows_nothing_of_mine(client, claimed, stranger):
    client.force_login(stranger)

    page = client.get(PORTFOLIO)

    assert "Infection Control Practitioner" not in words(page)
    assert "They appear here when an issuer sends one to stranger@example.org." in words(page)


def test_portfolio_of_a_newcomer_begins_with_welcome(client, issuance, earner):
    client.force_login(earner)

    assert client.get(PORTFOLIO).url == reverse("earners:welcome")


def test_portfolio_of_staff_without_badges_is_the_desk(client, staff):
    client.force_login(staff)

    assert client.get(PORTFOLIO).url == reverse("admin:index")


# --- what stands there ---------------------------------------------------------------------------


def test_portfolio_announces_a_new_badge(ana, issuance):
    page = words(ana.get(PORTFOLIO))

    assert "You have earned Infection Control Practitioner" in page
    assert f'action="/portfolio/{issuance.pk}/claim/"' in page
    assert f'action="/portfolio/{issuance.pk}/decline/"' in page


def test_portfolio_announces_three_and_names_the_rest(ana, earner, issuer):
    for number in range(5):
        issue(make_published_badge(issuer, content={"name": f"Badge {number}"}), to=earner)

    page = ana.get(PORTFOLIO)

    assert [card.name for card in page.context["announced"]] == ["Badge 4", "Badge 3", "Badge 2"]
    assert "See all 5 new badges" in words(page)


@pytest.mark.parametrize(
    ("hidden", "sentence"),
    [
        (0, "3 badges from 2 issuers. Others can see all of them."),
        (1, "3 badges from 2 issuers. Others can see 2 of them."),
        (3, "3 badges from 2 issuers. Only you can see them."),
    ],
)
def test_portfolio_says_how_many_from_whom_and_who_sees_them(ana, earner, issuer, hidden, sentence):
    held = [
        hold(earner, "One", issuer=issuer),
        hold(earner, "Two", issuer=make_issuer()),
        hold(earner, "Three", issuer=issuer),
    ]
    for issuance in held[:hidden]:
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    assert sentence in words(ana.get(PORTFOLIO))


@pytest.mark.parametrize(
    ("visibility", "sentence"),
    [
        (Visibility.LINK_ONLY, "1 badge from 1 issuer. Others can see it."),
        (Visibility.PRIVATE, "1 badge from 1 issuer. Only you can see it."),
    ],
)
def test_portfolio_of_one_badge_speaks_of_one(ana, earner, issuer, visibility, sentence):
    set_visibility(hold(earner, "One", issuer=issuer), visibility=visibility, by=earner)

    assert sentence in words(ana.get(PORTFOLIO))


def test_portfolio_shows_each_state_in_words(ana, earner, issuer, staff):
    with clock.at(NOW):
        hold(earner, "Fine", issuer=issuer)
        hold(earner, "Soon", issuer=issuer, expires_on=date(2026, 12, 16))
        hold(earner, "Tomorrow", issuer=issuer, expires_on=date(2026, 11, 23))
        hold(earner, "Last day", issuer=issuer, expires_on=date(2026, 11, 22))
        hold(earner, "Over", issuer=issuer, expires_on=date(2026, 11, 21))
        suspend_issuance(hold(earner, "Doubted", issuer=issuer), reason="audit", by=staff)
        revoke_issuance(hold(earner, "Gone", issuer=issuer), reason="issued in error", by=staff)
        page = words(ana.get(PORTFOLIO))

    for tag in (
        "Active",
        "Expires in 24 days",
        "Expires in 1 day",
        "Expires today",
        "Expired",
        "Under review",
        "Revoked",
    ):
        assert f"</svg>{tag}</span>" in page


def test_portfolio_shows_what_was_corrected(ana, earner, claimed, staff):
    correct_issuance(claimed, by=staff, reason="typing slip", issued_on=date(2024, 2, 29))

    assert "29 Feb 2024" in words(ana.get(PORTFOLIO))


def test_portfolio_reckons_days_where_the_issuer_is(ana, earner):
    hold(earner, "Far east", issuer=make_issuer(time_zone="Pacific/Auckland"), expires_on=date(2026, 11, 22))

    with clock.at(datetime(2026, 11, 22, 23, tzinfo=UTC)):
        assert "</svg>Expired</span>" in words(ana.get(PORTFOLIO))


@pytest.mark.parametrize(
    "name", ["Ò", "李小龙", "محمد عبد الرحمن", "שרה כהן", "Nguyễn Thị Ánh", "สมชาย ใจดี", "W" * 60, "O’Brien <b>"]
)
def test_portfolio_shows_names_of_every_script(ana, earner, issuer, name):
    hold(earner, name, issuer=issuer)

    assert f"<bdi>{name.replace('<', '&lt;').replace('>', '&gt;')}</bdi></a></h3>" in words(ana.get(PORTFOLIO))


# --- find, filter, sort --------------------------------------------------------------------------


@pytest.fixture
def four(earner):
    north = make_issuer(name="Northgate Council", slug="north")
    south = make_issuer(name="Universität Süd", slug="south")
    hold(earner, "Zebra", issuer=north, expires_on=date(2030, 1, 1))
    hold(earner, "Ámbar", issuer=south, expires_on=date(2029, 1, 1))
    hold(earner, "Middle", issuer=south)
    hold(earner, "Bygone", issuer=north, expires_on=date(2026, 11, 2))


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Bygone", "Middle", "Ámbar", "Zebra"]),
        ("q=zeb", ["Zebra"]),
        ("q=AMBAR", ["Ámbar"]),
        ("q=universitat", ["Middle", "Ámbar"]),
        ("q=sud+ambar", ["Ámbar"]),
        ("q=nothing", []),
        ("issuer=north", ["Bygone", "Zebra"]),
        ("issuer=elsewhere", ["Bygone", "Middle", "Ámbar", "Zebra"]),
        ("sort=name", ["Ámbar", "Bygone", "Middle", "Zebra"]),
        ("sort=expiry", ["Ámbar", "Zebra", "Bygone", "Middle"]),
        ("sort=upwards", ["Bygone", "Middle", "Ámbar", "Zebra"]),
        ("tab=active", ["Middle", "Ámbar", "Zebra"]),
        ("tab=expired", ["Bygone"]),
        ("tab=expiring", []),
        ("tab=other", ["Bygone", "Middle", "Ámbar", "Zebra"]),
        ("tab=active&issuer=south&q=mid", ["Middle"]),
        ("page=9", ["Bygone", "Middle", "Ámbar", "Zebra"]),
    ],
)
def test_portfolio_finds(ana, four, query, found):
    with clock.at(NOW):
        assert names(ana.get(f"{PORTFOLIO}?{query}")) == found


def test_portfolio_finds_by_skill(ana, earner, issuer):
    claim_issuance(
        issue(
            make_published_badge(
                issuer, content={"name": "CNT", "skills": [{"name": "Clean needle technique", "url": ""}]}
            ),
            to=earner,
        ),
        by=earner,
    )

    assert names(ana.get(f"{PORTFOLIO}?q=needle")) == ["CNT"]


def test_portfolio_counts_under_each_tab_what_the_search_found(ana, four):
    with clock.at(NOW):
        page = ana.get(f"{PORTFOLIO}?issuer=north")

    assert [(text, count) for _tab, text, count in page.context["tabs"]] == [
        ("All", 2),
        ("Active", 1),
        ("Expiring", 0),
        ("Expired", 1),
    ]


def test_portfolio_without_a_match_says_so(ana, four):
    assert "No badge matches “&lt;zzz&gt;”" in words(ana.get(f"{PORTFOLIO}?q=<zzz>"))


def test_portfolio_shows_24_to_a_page(ana, earner, issuer):
    for number in range(25):
        hold(earner, f"Badge {number:02}", issuer=issuer)

    assert len(names(ana.get(PORTFOLIO))) == 24
    assert names(ana.get(f"{PORTFOLIO}?page=2")) == ["Badge 00"]


@pytest.mark.parametrize("number", [3, 300])
def test_portfolio_costs_as_many_queries_with_3_badges_as_with_300(ana, issuance, earner, number):
    copy(issuance, times=number - 1)
    assert Issuance.objects.held_by(earner).count() == number

    with CaptureQueriesContext(connection) as queries:
        ana.get(PORTFOLIO)

    # The session, the person, their badges, their profile, their collections.
    assert len(queries) == 5


def copy(issuance, *, times):
    """The same person holds as many other badges that say the same. Issuing each would take half a minute."""
    said = issuance.current_version
    badges = [
        Badge(issuer=issuance.issuer, slug=f"copy-{number}", current_version=said.badge_version)
        for number in range(times)
    ]
    held = [
        Issuance(
            badge=badge,
            issuer=issuance.issuer,
            earner=issuance.earner,
            recipient_email=issuance.recipient_email,
            recipient_key=issuance.recipient_key,
            visibility=issuance.visibility,
            current_version_id=new_id(),
        )
        for badge in badges
    ]
    versions = [
        IssuanceVersion(
            id=copied.current_version_id,
            issuance=copied,
            number=1,
            kind=said.kind,
            recipient_name=said.recipient_name,
            issued_on=said.issued_on,
            issuer_name=said.issuer_name,
            badge_version=said.badge_version,
        )
        for copied in held
    ]
    Badge.objects.bulk_create(badges)
    Issuance.objects.bulk_create(held)
    IssuanceVersion.objects.bulk_create(versions)


# --- what one can do -----------------------------------------------------------------------------

ACTIONS = ["claim", "decline", "take-back", "visibility"]


@pytest.mark.parametrize("action", ACTIONS)
def test_portfolio_actions_need_a_login(client, issuance, action):
    answer = client.post(f"/portfolio/{issuance.pk}/{action}/")

    assert answer.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("action", ACTIONS)
def test_portfolio_actions_on_what_belongs_to_others_find_nothing(client, issuance, stranger, action):
    client.force_login(stranger)

    answer = client.post(f"/portfolio/{issuance.pk}/{action}/", {"visibility": "private"})

    issuance.refresh_from_db()
    assert answer.status_code == 404
    assert (issuance.claimed_at, issuance.declined_at, issuance.visibility) == (None, None, Visibility.LINK_ONLY)


@pytest.mark.parametrize("action", ACTIONS)
def test_portfolio_actions_are_posts(ana, issuance, action):
    assert ana.get(f"/portfolio/{issuance.pk}/{action}/").status_code == 405


def test_claim_issuance_puts_it_into_the_portfolio(ana, issuance):
    answer = ana.post(f"/portfolio/{issuance.pk}/claim/")

    issuance.refresh_from_db()
    assert issuance.is_claimed
    assert answer.url == PORTFOLIO
    assert [str(message) for message in get_messages(answer.wsgi_request)] == [
        "Infection Control Practitioner is in your portfolio now. Choose who can see it, or share it."
    ]


def test_claim_issuance_of_a_revoked_badge_says_why_not(ana, issuance, staff):
    revoke_issuance(issuance, reason="issued in error", by=staff)

    page = ana.post(f"/portfolio/{issuance.pk}/claim/", follow=True)

    assert "This badge was withdrawn by its issuer, so it cannot be claimed." in words(page)


def test_decline_issuance_folds_it_away(ana, issuance):
    page = ana.post(f"/portfolio/{issuance.pk}/decline/", follow=True)

    assert names(page) == []
    assert [card.name for card in page.context["declined"]] == ["Infection Control Practitioner"]
    assert "You can take it back until" in words(page)


def test_declined_badges_come_a_page_at_a_time(ana, issuer, earner):
    for _number in range(25):
        decline_issuance(issue(make_published_badge(issuer), to=earner), by=earner)

    first, second = ana.get(PORTFOLIO), ana.get(PORTFOLIO, {"not_mine": "2", "q": "x"})

    assert [len(page.context["declined"]) for page in (first, second)] == [24, 1]
    assert 'href="?not_mine=2#not-mine"' in words(first)
    assert 'href="?not_mine=1&amp;q=x#not-mine"' in words(second)
    assert '<details class="section fold" id="not-mine">' in words(first)
    assert '<details class="section fold" id="not-mine" open>' in words(second)


def test_take_back_issuance_makes_it_new_again(ana, issuance, earner):
    decline_issuance(issuance, by=earner)

    page = ana.post(f"/portfolio/{issuance.pk}/take-back/", follow=True)

    assert [card.is_new for card in page.context["page"]] == [True]


def test_take_back_issuance_after_30_days_is_refused(ana, issuance, earner):
    decline_issuance(issuance, by=earner)

    with clock.at(clock.now() + timedelta(days=31)):
        # No session lasts so long.
        ana.force_login(earner)
        page = ana.post(f"/portfolio/{issuance.pk}/take-back/", follow=True)

    issuance.refresh_from_db()
    assert issuance.declined_at
    assert "You declined this badge more than 30 days ago. Ask its issuer." in words(page)
    assert f"/portfolio/{issuance.pk}/take-back/" not in words(page)


@pytest.mark.parametrize("visibility", Visibility.values)
def test_set_visibility_keeps_what_was_chosen(ana, claimed, visibility):
    ana.post(f"/portfolio/{claimed.pk}/visibility/", {"visibility": visibility})

    claimed.refresh_from_db()
    assert claimed.visibility == visibility


@pytest.mark.parametrize("sent", [{}, {"visibility": "everybody"}])
def test_set_visibility_to_nothing_we_know_changes_nothing(ana, claimed, sent):
    page = ana.post(f"/portfolio/{claimed.pk}/visibility/", sent, follow=True)

    claimed.refresh_from_db()
    assert claimed.visibility == Visibility.LINK_ONLY
    assert "Choose who can see it: public, link only or private." in words(page)


@pytest.mark.parametrize(
    ("before", "pressed", "after"),
    [
        ("public", False, "private"),
        ("private", True, "public"),
        ("link", True, "public"),
        # Its Save button, pressed without a change and without script.
        ("link", False, "link"),
        ("private", False, "private"),
        ("public", True, "public"),
    ],
)
def test_set_visibility_by_the_switch_on_its_card(ana, claimed, earner, before, pressed, after):
    set_visibility(claimed, visibility=before, by=earner)
    [card] = ana.get(PORTFOLIO).context["page"]
    sent = [card.visibility_when_off.value, "public"] if pressed else [card.visibility_when_off.value]

    ana.post(f"/portfolio/{claimed.pk}/visibility/", {"visibility": sent})

    claimed.refresh_from_db()
    assert claimed.visibility == after


def test_portfolio_actions_lead_back_to_where_they_were_pressed(ana, claimed):
    back = f"/portfolio/?tab=active#badge-{claimed.pk}"

    answer = ana.post(f"/portfolio/{claimed.pk}/visibility/", {"visibility": "public", "back": back})

    assert answer.url == back


@pytest.mark.parametrize("back", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_portfolio_actions_lead_to_no_other_site(ana, claimed, back):
    answer = ana.post(f"/portfolio/{claimed.pk}/visibility/", {"visibility": "public", "back": back})

    assert answer.url == PORTFOLIO


def test_portfolio_actions_need_the_token_of_their_form(claimed, earner):
    client = Client(enforce_csrf_checks=True)
    client.force_login(earner)

    assert client.post(f"/portfolio/{claimed.pk}/decline/").status_code == 403


def test_erased_badges_are_in_no_portfolio(ana, claimed):
    claimed.erased_at = clock.now()
    claimed.save()

    assert ana.get(f"/portfolio/{claimed.pk}/").status_code == 404
