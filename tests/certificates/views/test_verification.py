from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from badgecert.accounts.models import User
from badgecert.core import clock
from badgecert.core.codes import check_character, grouped
from badges.actions.issuances import (
    claim_issuance,
    correct_issuance,
    decline_issuance,
    renew_issuance,
    revoke_issuance,
    set_visibility,
    suspend_issuance,
)
from badges.actions.showing import archive_issuance, prefer_visibility
from badges.models import Badge, Issuance, Visibility
from tests.factories import issue, make_issuer, make_published_badge

TODAY = date(2026, 11, 22)
HOLDER = "Amara Okafor-Lindqvist"


@pytest.fixture(autouse=True)
def _a_day_in_november():
    with clock.at(datetime(2026, 11, 22, 14, 32, tzinfo=ZoneInfo("UTC"))):
        yield


def page_of(issuance: Issuance, **headers: str):
    return Client(headers=headers).get(f"/v/{issuance.code}")


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_page_of_a_valid_badge_says_who_what_from_whom_and_since_when(issuance: Issuance) -> None:
    response = page_of(issuance)

    text = text_of(response)
    assert response.status_code == 200
    assert f"<title>Valid: {HOLDER} – Infection Control Practitioner · BadgeCert</title>" in text
    assert f'<meta property="og:title" content="Valid: {HOLDER} – Infection Control Practitioner">' in text
    assert '<section class="plate" data-tone="valid">' in text
    places = [
        text.index(words, text.index("<main"))
        for words in ("Valid", HOLDER, "Infection Control Practitioner", issuance.issuer.name, "1 November 2026")
    ]
    assert places == sorted(places)
    assert grouped(issuance.code) in text
    assert "A genuine result is only ever shown at <b>testserver</b>" in text


@pytest.mark.parametrize(
    ("expires_on", "tone", "word", "says"),
    [
        (date(2028, 3, 13), "valid", "Valid", "1 year 3 months left"),
        (date(2027, 1, 22), "valid", "Valid", "2 months left"),
        (date(2027, 1, 21), "valid", "Valid, expires soon", "60 days left"),
        (date(2026, 11, 23), "valid", "Valid, expires soon", "1 day left"),
        (date(2026, 11, 22), "valid", "Valid, expires soon", "today is its last day"),
        (date(2026, 11, 21), "warn", "Expired", "21 November 2026"),
    ],
)
def test_page_follows_the_expiry_day(badge: Badge, expires_on: date, tone: str, word: str, says: str) -> None:
    text = text_of(page_of(issue(badge, expires_on=expires_on)))

    assert f"<title>{word}: {HOLDER} – Infection Control Practitioner" in text
    assert f'class="plate" data-tone="{tone}"' in text
    assert says in text


def test_page_reckons_the_last_day_in_the_issuers_zone(db: None) -> None:
    issuance = issue(make_published_badge(make_issuer(time_zone="Pacific/Kiritimati")), expires_on=TODAY)

    assert "<title>Expired" in text_of(page_of(issuance))


def test_page_of_a_suspended_badge_says_since_when(issuance: Issuance, staff: User) -> None:
    suspend_issuance(issuance, reason="a question came up", by=staff)

    text = text_of(page_of(issuance))

    assert f"<title>Under review: {HOLDER}" in text
    assert 'class="plate" data-tone="calm"' in text
    assert 'is under review by the issuer since <time datetime="2026-11-22">22 November 2026</time>' in text
    assert "a question came up" not in text


def test_page_of_a_revoked_badge_gives_the_reason_and_no_holder(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")
    revoke_issuance(issuance, reason="issued in error", by=staff)

    response = page_of(issuance)

    text = text_of(response)
    assert response.status_code == 200
    assert "<title>Revoked: Do not rely on this badge" in text
    assert 'class="plate" data-tone="danger" data-faded' in text
    assert 'revoked <b><bdi>Infection Control Practitioner</bdi></b> on <time datetime="2026-11-22">' in text
    assert "Reason given: issued in error." in text
    assert "Amara" not in text + str(response.headers)


@pytest.mark.parametrize("hide", ["private", "declined"])
def test_page_of_a_hidden_badge_says_nothing_about_it(issuance: Issuance, earner: User, hide: str) -> None:
    if hide == "private":
        set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
    else:
        decline_issuance(issuance, by=earner)

    response = page_of(issuance)

    text = text_of(response)
    assert response.status_code == 200
    assert "<title>Private: The holder keeps this badge private · BadgeCert</title>" in text
    assert 'class="plate" data-tone="calm"' in text
    for secret in (HOLDER, "Infection", issuance.issuer.name, "November 2026</dd>", "pictures/"):
        assert secret not in text + str(response.headers)


def test_page_of_an_erased_badge_is_gone(issuance: Issuance) -> None:
    Issuance.objects.update(erased_at=clock.now())

    response = page_of(issuance)

    assert response.status_code == 410
    assert "Removed at the earner’s request." in text_of(response)
    assert HOLDER not in text_of(response)


def test_page_of_an_unknown_code_names_what_was_asked_for(db: None) -> None:
    code = "7KQ4M2XD9RW" + check_character("7KQ4M2XD9RW")

    response = Client().get(f"/v/{code}")

    text = text_of(response)
    assert response.status_code == 404
    assert "<title>Not found: We have no badge with this code" in text
    assert f"You asked for <b><bdi>{grouped(code)}</bdi></b>." in text
    assert "A badge that can’t be found here should not be trusted." in text
    assert "One character of this code is wrong" not in text


def test_page_of_a_mistyped_code_says_that_a_character_is_wrong(issuance: Issuance) -> None:
    wrong = issuance.code[:-1] + ("0" if issuance.code[-1] != "0" else "1")

    response = Client().get(f"/v/{wrong}")

    assert response.status_code == 404
    assert "One character of this code is wrong." in text_of(response)


@pytest.mark.parametrize(
    "typed", ["0", "-1", "null", "1e3", "abc", "7KQ4M2XD9RW%00", "７KQ4M2XD9RWT", "x" * 10_000, "<b>"]
)
def test_page_of_what_cannot_be_a_code_is_not_found(db: None, typed: str) -> None:
    response = Client().get(f"/v/{typed}")

    assert response.status_code == 404
    assert "<b>x</b>" not in text_of(response)
    assert len(response.content) < 10_000


@pytest.mark.parametrize("spelling", ["lower", "/V/", "hyphens", "spaces", "slash", "look-alikes", "slash and query"])
def test_other_spellings_lead_to_the_one_address(badge: Badge, spelling: str) -> None:
    issuance = issue(badge)
    while not {"0", "1"} & set(issuance.code):
        issuance = issue(badge)
    code = issuance.code
    typed = {
        "lower": f"/v/{code.lower()}",
        "/V/": f"/V/{code}",
        "hyphens": f"/v/{grouped(code)}",
        "spaces": f"/v/{grouped(code).replace('-', '%20')}",
        "slash": f"/v/{code}/",
        "look-alikes": "/v/" + code.replace("0", "o").replace("1", "l"),
        "slash and query": f"/v/{code}/?utm_source=x",
    }[spelling]

    response = Client().get(typed)

    assert response.status_code == 301
    assert response["Location"] == f"/v/{code}" + ("?utm_source=x" if "utm" in typed else "")


@pytest.mark.parametrize("rest", [".json", ".png", "/qr.svg", "/certificate.pdf", "/versions/1"])
def test_other_spellings_keep_the_file_asked_for(issuance: Issuance, rest: str) -> None:
    response = Client().get(f"/V/{issuance.code.lower()}{rest}")

    assert (response.status_code, response["Location"]) == (301, f"/v/{issuance.code}{rest}")


@pytest.mark.parametrize("rest", ["/.css", ";x.png", "/edit", "%2fedit", "/versions/0", "/versions/2", "/versions/x"])
def test_nothing_else_answers_under_a_code(issuance: Issuance, rest: str) -> None:
    response = Client().get(f"/v/{issuance.code}{rest}")

    assert response.status_code == 404
    assert HOLDER not in text_of(response)


def test_old_version_points_to_the_current_one(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="typing slip", recipient_name="Amara Okafor")

    text = text_of(Client().get(f"/v/{issuance.code}/versions/1"))

    assert f"<title>Older version: {HOLDER}" in text
    assert 'class="plate" data-tone="warn" data-faded' in text
    assert f'<a href="/v/{issuance.code}">Open the current version</a>' in text
    assert f'<link rel="canonical" href="http://testserver/v/{issuance.code}">' in text


def test_old_version_keeps_a_name_that_its_earner_left_behind(issuance: Issuance, staff: User) -> None:
    correct_issuance(issuance, by=staff, reason="new name", recipient_name="Ana Lindqvist", hides_earlier_name=True)

    text = text_of(Client().get(f"/v/{issuance.code}/versions/1"))

    assert "<title>Older version: This is an older version" in text
    assert "Amara" not in text
    assert "Lindqvist" not in text


def test_history_names_what_was_corrected_and_when(badge: Badge, staff: User) -> None:
    issuance = issue(badge, expires_on=date(2026, 12, 1))
    with clock.at(datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC"))):
        correct_issuance(
            issuance,
            by=staff,
            reason="seen on the passport",
            public_reason="marriage",
            recipient_name="Amara Lindqvist",
            expires_on=date(2027, 11, 1),
        )
    with clock.at(datetime(2026, 11, 24, tzinfo=ZoneInfo("UTC"))):
        renew_issuance(issuance, expires_on=date(2028, 11, 1), by=staff)

        text = text_of(page_of(issuance))

    assert (
        "<li>Renewed on 24 November 2026</li>"
        "<li>Corrected on 23 November 2026: name, expiry date<small>Reason: marriage</small></li>"
        "<li>Issued on 22 November 2026</li>"
    ) in text.replace("> <", "><")
    assert "passport" not in text


def test_page_shows_only_sections_with_content(badge: Badge, issuer) -> None:
    full = make_published_badge(
        issuer,
        content={"criteria_to_maintain": "Practise every year.", "skills": [{"name": "Clean technique", "url": ""}]},
        renewal_url="https://northgate.example/renew",
        renewal_instructions="Pay the fee.",
    )
    plain, rich = (
        text_of(page_of(issue(badge))),
        text_of(
            page_of(
                issue(full, narrative="Led *an audit*.", evidence=[{"name": "Audit", "url": "https://a.example/1"}])
            )
        ),
    )

    for heading in ("Skills", "Evidence", "How it is renewed", "What it takes to keep"):
        assert f"{heading}</h" not in plain
        assert f"{heading}</h" in rich
    assert "Led <em>an audit</em>." in rich
    assert '<a href="https://a.example/1" rel="nofollow noopener ugc"><bdi>Audit</bdi></a>' in rich
    assert '<a href="https://northgate.example/renew"' in rich


def test_page_links_its_certificate_only_when_there_is_one(issuance: Issuance, issuer) -> None:
    without = issue(make_published_badge(issuer, content={"certificate_design": ""}))

    assert f"/v/{issuance.code}/certificate.pdf" in text_of(page_of(issuance))
    assert "certificate.pdf" not in text_of(page_of(without))


NASTY = "<script>alert(1)</script>\"'&"


def test_nothing_that_people_write_becomes_markup(issuer) -> None:
    badge = make_published_badge(
        issuer,
        content={
            "name": NASTY,
            "description": NASTY,
            "criteria_to_earn": f"{NASTY} [x](javascript:alert(1)) ![i](https://evil.example/i.png)",
            "criteria_to_maintain": NASTY,
            "skills": [{"name": NASTY, "url": "javascript:alert(1)"}],
        },
        renewal_instructions=NASTY,
    )
    issuance = issue(
        badge,
        name=NASTY,
        narrative=NASTY,
        evidence=[{"name": NASTY, "url": "javascript:alert(1)"}, {"name": NASTY, "url": "https://a.example/<b>"}],
    )

    for address in (f"/v/{issuance.code}", f"/badges/{badge.slug}/", f"/issuers/{issuer.slug}/", "/badges/"):
        text = text_of(Client().get(address))
        assert "<script>alert" not in text
        assert 'href="javascript:' not in text
        assert "evil.example" not in text or 'src="https://evil' not in text


@pytest.mark.parametrize(
    "name", ["محمد بن عبد الرحمن", "李小龍", "Nguyễn Thị Minh Khai", "O’Brien-ŞÇĞ", "X", "Wolfeschlegel" * 6, "🜁 Ada"]
)
def test_page_shows_names_of_the_world(badge: Badge, name: str) -> None:
    text = text_of(page_of(issue(badge, name=name)))

    assert f"<h1><bdi>{name}</bdi></h1>" in text


def test_page_is_kept_by_asking_and_names_no_cookie(issuance: Issuance, staff: User) -> None:
    client = Client()
    client.force_login(staff)

    response = client.get(f"/v/{issuance.code}")

    assert response["Cache-Control"] == "no-cache"
    assert response["Vary"] == "Accept, Accept-Language"
    assert not response.cookies
    assert "Set-Cookie" not in response.headers


def test_page_costs_two_queries_at_first_then_one_even_with_a_session(issuance: Issuance, staff: User) -> None:
    client = Client()
    client.force_login(staff)

    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as queries:
            client.get(f"/v/{issuance.code}")
        counts.append(len(queries))

    assert counts == [2, 1]


def test_page_made_for_somebody_before_says_when_it_was_checked_for_this_one(issuance: Issuance) -> None:
    first = text_of(page_of(issuance))
    with clock.at(clock.now() + timedelta(minutes=3)):
        again = text_of(page_of(issuance))

    assert again == first.replace("22 Nov 2026, 14:32 UTC", "22 Nov 2026, 14:35 UTC").replace("T14:32Z", "T14:35Z")
    assert again != first


def test_page_is_made_without_a_cache(issuance: Issuance, settings) -> None:
    settings.CACHES = {
        **settings.CACHES,
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"},
    }

    responses = [page_of(issuance), Client().get("/v/000000000000")]

    assert [response.status_code for response in responses] == [200, 404]


def test_page_that_is_unchanged_costs_one_query(issuance: Issuance) -> None:
    tag = page_of(issuance)["ETag"]

    with CaptureQueriesContext(connection) as queries:
        response = page_of(issuance, if_none_match=tag)

    assert (response.status_code, response.content, len(queries)) == (304, b"", 1)
    assert response["ETag"] == tag
    assert response["Cache-Control"] == "no-cache"
    assert tag.startswith('"')


@pytest.mark.parametrize(
    "change", ["corrected", "private", "suspended", "revoked", "claimed", "issuer", "badge", "domain", "day", "erased"]
)
def test_page_that_changed_is_sent_again(issuance: Issuance, staff: User, earner: User, change: str) -> None:
    tag = page_of(issuance)["ETag"]
    later = clock.now() + timedelta(minutes=1)

    with clock.at(later):
        if change == "corrected":
            correct_issuance(issuance, by=staff, reason="slip", recipient_name="Amara Okafor")
        elif change == "private":
            set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)
        elif change == "suspended":
            suspend_issuance(issuance, reason="audit", by=staff)
        elif change == "revoked":
            revoke_issuance(issuance, reason="error", by=staff)
        elif change == "claimed":
            claim_issuance(issuance, by=earner)
        elif change == "issuer":
            issuance.issuer.description = "New words"
            issuance.issuer.save()
        elif change == "badge":
            issuance.badge.renewal_instructions = "New words"
            issuance.badge.save()
        elif change == "domain":
            type(issuance.issuer).objects.update(domain="northgate.example", domain_confirmed_at=later)
        elif change == "erased":
            Issuance.objects.update(erased_at=later)
    with clock.at(later + timedelta(days=change == "day")):
        responses = [page_of(issuance, if_none_match=tag), page_of(issuance)]

    assert {response.status_code for response in responses} == {410 if change == "erased" else 200}
    assert tag not in {response.headers.get("ETag") for response in responses}


def test_star_is_no_tag(issuance: Issuance) -> None:
    assert page_of(issuance, if_none_match="*").status_code == 200


def test_head_answers_like_get_without_a_body(issuance: Issuance) -> None:
    response = Client().head(f"/v/{issuance.code}")

    assert (response.status_code, response.content) == (200, b"")


def test_page_answers_no_post(issuance: Issuance) -> None:
    assert Client().post(f"/v/{issuance.code}").status_code == 405


def test_page_is_listed_only_when_public_claimed_and_its_earner_wants_to_be_found(
    issuance: Issuance, earner: User
) -> None:
    claim_issuance(issuance, by=earner)
    set_visibility(issuance, visibility=Visibility.PUBLIC, by=earner)
    public = text_of(page_of(issuance))
    prefer_visibility(new_badges="", allows_search_engines=True, by=earner)
    listed = text_of(page_of(issuance))
    archive_issuance(issuance, by=earner)
    archived = text_of(page_of(issuance))

    assert ["noindex" in page for page in (public, listed, archived)] == [True, False, True]
    assert f'<link rel="canonical" href="http://testserver/v/{issuance.code}">' in listed
    assert f'href="http://testserver/v/{issuance.code}.json"' in listed


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,image/avif,image/webp,*/*;q=0.8", "text/html"),
        ("text/html;q=0.2, application/json", "application/json"),
        ("application/vc+ld+json", "application/vc+ld+json"),
        ("application/ld+json, */*;q=0.1", "application/ld+json"),
        ("application/vc+jwt", "application/vc+jwt"),
        ("image/webp,image/png,image/svg+xml,image/*;q=0.8,*/*;q=0.5", "image/png"),
        ("application/pdf", "application/pdf"),
        ("application/x-unknown", "text/html"),
    ],
)
def test_each_form_is_had_at_the_address_of_the_badge(issuance: Issuance, accept: str, form: str) -> None:
    response = Client().get(f"/v/{issuance.code}", headers={"accept": accept})

    assert (response.status_code, response["Content-Type"].partition(";")[0]) == (200, form)
    assert "Accept" in response["Vary"]
    assert response["Cache-Control"] == "no-cache"
    assert ("X-Robots-Tag" in response) == (form != "text/html")


@pytest.mark.parametrize("accept", ["application/json", "image/png", "application/pdf", "application/vc+jwt"])
def test_no_form_of_a_private_badge_is_had(issuance: Issuance, earner: User, accept: str) -> None:
    set_visibility(issuance, visibility=Visibility.PRIVATE, by=earner)

    response = Client().get(f"/v/{issuance.code}", headers={"accept": accept})

    assert response.status_code == 404
    assert HOLDER not in response.content.decode()
    assert "Accept" in response["Vary"]


@pytest.mark.parametrize(
    ("accept", "status_type"), [("text/html", "text/html"), ("application/json", "application/problem+json")]
)
def test_page_without_a_database_says_that_nothing_was_checked(
    issuance: Issuance, accept: str, status_type: str
) -> None:
    def away(*args: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    with connection.execute_wrapper(away):
        response = page_of(issuance, accept=accept)

    assert response.status_code == 503
    assert response["Content-Type"].startswith(status_type)
    assert response["Retry-After"] == "60"
    assert "This says nothing about the badge." in text_of(response)
    assert 'data-outcome="passed"' not in text_of(response)
    assert (text_of(response).count('data-outcome="unchecked"') == 6) == (accept == "text/html")


def test_misses_are_refused_after_some_and_hits_are_not(issuance: Issuance, settings) -> None:
    settings.CODE_MISSES_PER_MINUTE = 3
    client = Client()

    statuses = [client.get("/v/000000000000").status_code for _ in range(5)]
    refusal = client.get("/v/abc")

    assert statuses == [404, 404, 404, 429, 429]
    assert (refusal.status_code, refusal["Retry-After"]) == (429, "60")
    assert client.get(f"/v/{issuance.code}").status_code == 200
    assert client.get("/v/000000000000.json").status_code == 429
    assert Client(REMOTE_ADDR="192.0.2.7").get("/v/000000000000").status_code == 404


def test_misses_of_one_ipv6_network_count_together(db: None, settings) -> None:
    settings.CODE_MISSES_PER_MINUTE = 1
    addresses = ("2001:db8:0:7::1", "2001:db8:0:7:ffff::2", "2001:db8:0:8::1")

    statuses = [Client(REMOTE_ADDR=address).get("/v/000000000000").status_code for address in addresses]

    assert statuses == [404, 429, 404]


def test_misses_of_a_forged_address_count_for_the_true_one(db: None, settings) -> None:
    settings.CODE_MISSES_PER_MINUTE = 1
    client = Client()
    client.get("/v/000000000000", headers={"x-forwarded-for": "198.51.100.1"})

    response = client.get("/v/000000000000", headers={"x-forwarded-for": "198.51.100.2"})

    assert response.status_code == 429
