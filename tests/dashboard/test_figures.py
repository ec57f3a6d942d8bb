"""What became of badges: counted from the rows themselves, shown as figures, a funnel and weeks."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse

from badgecert.core import clock
from badgecert.dashboard.charts import bars
from badgecert.dashboard.counting import all_days, count_days, count_figures
from badgecert.dashboard.figures import Period, Sums, read_dashboard
from badges.actions.issuances import claim_issuance
from badges.activity import record
from badges.models import Activity, ActivityKind, Badge, BadgeDay
from notifications.actions.bounces import record_bounce
from notifications.actions.delivery import deliver_due_messages
from notifications.heartbeats import record_beat
from notifications.models import BounceKind, Message
from tests.factories import issue, make_issuer, make_published_badge, make_staff, make_user

NOW = datetime(2026, 11, 22, 14, 32, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _a_sunday_in_november():
    with clock.at(NOW):
        yield


@pytest.fixture
def desk(client, staff):
    client.force_login(staff)
    return client


def days_ago(number: int):
    return clock.at(NOW - timedelta(days=number))


def story(badge, smtp) -> None:
    """Five badges: one bounced, one refused later, three arrived, two claimed, one of them shared and opened."""
    people = [make_user(f"p{number}@example.org") for number in range(5)]
    with days_ago(10):
        issued = [issue(badge, to=person) for person in people]
        deliver_due_messages()
        record_bounce(Message.objects.get(issuance=issued[0]), kind=BounceKind.HARD)
        Message.objects.filter(issuance=issued[1]).update(state="failed", sent_at=None, remind_at=None)
    with days_ago(3):
        claim_issuance(issued[2], by=people[2])
        claim_issuance(issued[3], by=people[3])
        record(issued[2], ActivityKind.SHARED, 2)
    with days_ago(1):
        record(issued[2], ActivityKind.OPENED, 7)
        record(issued[4], ActivityKind.OPENED, 4)


def test_figures_follow_badges_through_their_lives(badge, smtp):
    story(badge, smtp)

    count_days(all_days())

    assert list(
        BadgeDay.objects.order_by("day").values_list(
            "day", "issued", "delivered", "claimed", "shared", "verified", "claims", "shares", "looks"
        )
    ) == [
        (date(2026, 11, 12), 5, 3, 2, 1, 1, 0, 0, 0),
        (date(2026, 11, 19), 0, 0, 0, 0, 0, 2, 2, 0),
        (date(2026, 11, 21), 0, 0, 0, 0, 0, 0, 0, 11),
    ]


def test_counting_again_changes_nothing_and_only_what_changed_is_counted(badge, smtp):
    story(badge, smtp)
    first = count_figures()
    record_beat("count-figures")
    before = list(BadgeDay.objects.order_by("day").values_list())

    with clock.at(NOW + timedelta(minutes=10)):
        again = count_figures()
        record(badge.issuances.last(), ActivityKind.OPENED)
        after_one_look = count_figures()

    # The day of the look, and the day on which that badge was issued.
    assert (first, again, after_one_look) == (3, 0, 2)
    assert list(BadgeDay.objects.filter(day__lt=date(2026, 11, 22)).order_by("day").values_list()) == before
    assert BadgeDay.objects.get(day=date(2026, 11, 22)).looks == 1


@pytest.mark.parametrize("change", ["claim", "share", "bounce", "mail"])
def test_whatever_changes_a_day_has_it_counted(badge, smtp, change):
    earner = make_user("ana@example.org")
    with days_ago(30):
        issuance = issue(badge, to=earner)
        if change != "mail":
            deliver_due_messages()
    count_days(all_days())
    record_beat("count-figures")

    if change == "claim":
        claim_issuance(issuance, by=earner)
    elif change == "share":
        record(issuance, ActivityKind.SHARED)
    elif change == "bounce":
        record_bounce(Message.objects.get(issuance=issuance), kind=BounceKind.HARD)
    else:
        deliver_due_messages()
    count_figures()

    kept = BadgeDay.objects.get(day=date(2026, 10, 23))
    assert (kept.issued, kept.delivered, kept.claimed, kept.shared) == {
        "claim": (1, 1, 1, 0),
        "share": (1, 1, 0, 1),
        "bounce": (1, 0, 0, 0),
        "mail": (1, 1, 0, 0),
    }[change]


def test_counting_costs_the_same_for_one_and_for_many_of_a_day(badge, smtp, django_assert_num_queries):
    with days_ago(5):
        issue(badge)
    # Whose days, the claims, the looks; then what was issued, claimed and looked at, and the row; a savepoint and its end.
    with django_assert_num_queries(9):
        count_days(all_days())
    with days_ago(5):
        for _number in range(4):
            issue(badge)
    with django_assert_num_queries(9):
        count_days(all_days())

    assert BadgeDay.objects.get().issued == 5


def test_dashboard_compares_with_the_period_before(badge):
    BadgeDay.objects.bulk_create(
        [
            BadgeDay(badge=badge, day=date(2026, 11, 20), issued=112, delivered=110, claimed=80, shared=20, looks=120),
            BadgeDay(badge=badge, day=date(2026, 7, 1), issued=100, delivered=99, claimed=68, shared=18, looks=100),
        ]
    )

    seen = read_dashboard(Badge.objects.all(), Period(13, date(2026, 11, 22)))

    assert [(figure.now, figure.before, figure.change.way, figure.change.words) for figure in seen.figures] == [
        ("112", "100", "up", "12%"),
        ("71%", "68%", "up", "3 points"),
        ("18%", "18%", "same", "same"),
        ("120", "100", "up", "20%"),
    ]


def test_funnel_says_what_each_step_lost_and_what_is_usual(badge, smtp):
    story(badge, smtp)
    count_days(all_days())

    seen = read_dashboard(Badge.objects.all(), Period(13, NOW.date()))

    assert [(step.name, step.number, round(step.percent), step.usual, step.loss) for step in seen.steps] == [
        ("issued", 5, 100, None, ""),
        ("delivered", 3, 60, 99, "2 not delivered: 1 bounced, 1 address refused"),
        ("claimed", 2, 40, 60, "1 not claimed yet, 1 of them in their first 30 days"),
        ("shared", 1, 20, 18, "1 claimed and not shared with our buttons"),
        ("verified", 1, 20, None, "Shared, and opened by someone else at least once"),
    ]


def test_weeks_end_today_and_none_is_left_out(badge):
    BadgeDay.objects.create(badge=badge, day=date(2026, 11, 22), issued=2)
    BadgeDay.objects.create(badge=badge, day=date(2026, 11, 16), issued=3)
    BadgeDay.objects.create(badge=badge, day=date(2026, 11, 15), looks=4)

    seen = read_dashboard(Badge.objects.all(), Period(4, date(2026, 11, 22)))

    assert [(week.starts_on, week.sums.issued, week.sums.looks) for week in seen.weeks] == [
        (date(2026, 10, 26), 0, 0),
        (date(2026, 11, 2), 0, 0),
        (date(2026, 11, 9), 0, 4),
        (date(2026, 11, 16), 5, 0),
    ]


def test_parts_of_nothing_are_nothing():
    assert Sums().part("claimed") == 0


@pytest.mark.parametrize("numbers", [[0, 0, 0], [0, 5, 0], [1], [10**9, 1, 0]])
def test_bars_stay_inside_their_picture(numbers):
    chart = bars("Issued", "about", numbers, [date(2026, 11, 1) + timedelta(days=7 * n) for n in range(len(numbers))])

    assert [bool(bar.path) for bar in chart.bars] == [number > 0 for number in numbers]
    assert all(0 <= bar.middle <= 284 and 0 <= bar.top <= 122 for bar in chart.bars)


# --- the page ------------------------------------------------------------------------------------


def test_page_without_a_badge_shows_three_steps(desk):
    page = desk.get(reverse("admin:index")).content.decode()

    assert "Three steps to your first badge" in page
    assert reverse("admin:badges_badge_add") in page
    assert "funnel" not in page


def test_page_keeps_its_filters_in_the_address(desk, issuer, badge):
    other = make_published_badge(issuer)
    issue(badge)
    issue(other)
    issue(other)
    count_days(all_days())

    shown = desk.get(reverse("admin:index"), {"badge": str(badge.pk), "weeks": "4"})

    page = shown.content.decode()
    assert shown.context["seen"].now.issued == 1
    assert f'<option value="{badge.pk}" selected>' in page
    assert '<option value="4" selected>' in page
    assert f"badge={badge.pk}&amp;weeks=4" in page


@pytest.mark.parametrize("weeks", ["0", "-1", "999999999999", "x", "", "٤", "13.5"])
def test_page_with_a_wrong_period_shows_the_usual_one(desk, badge, weeks):
    issue(badge)

    assert desk.get(reverse("admin:index"), {"weeks": weeks, "badge": "nonsense"}).context["seen"].period.weeks == 13


def test_page_shows_nothing_of_other_organisations(desk, badge):
    elsewhere = make_published_badge(make_issuer())
    issue(badge)
    issue(elsewhere)
    issue(elsewhere)
    count_days(all_days())

    for query in ({}, {"badge": str(elsewhere.pk)}, {"issuer": str(elsewhere.issuer.pk)}):
        assert desk.get(reverse("admin:index"), query).context["seen"].now.issued == 1
        content = desk.get(reverse("admin:dashboard_csv"), query).content.decode("utf-8-sig")
        assert content.splitlines()[1].endswith(",1")


def test_page_costs_the_same_with_many_badges_and_issuances(desk, badge, issuer, django_assert_max_num_queries):
    def cost() -> int:
        with django_assert_max_num_queries(60) as asked:
            desk.get(reverse("admin:index"))
        return len(asked)

    issue(badge)
    count_days(all_days())
    desk.get(reverse("admin:index"))
    with_one = cost()
    for _number in range(3):
        other = make_published_badge(issuer)
        issue(other)
        issue(other)
    count_days(all_days())

    assert cost() == with_one


def test_csv_has_what_the_page_shows_and_no_formula(db, client, smtp):
    issuer = make_issuer(name="=HYPERLINK(1)")
    badge = make_published_badge(issuer, content={"name": "+cmd|' /C calc'!A0"})
    client.force_login(make_staff(issuer))
    story(badge, smtp)
    count_days(all_days())

    answer = client.get(reverse("admin:dashboard_csv"), {"issuer": issuer.pk, "badge": badge.pk, "weeks": 4})

    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert rows[1] == ["'=HYPERLINK(1)", "'+cmd|' /C calc'!A0", "Period", "Issued", "2026-10-26", "2026-11-22", "5"]
    assert [row[3:] for row in rows if row[2] == "From issued to verified"][1] == [
        "Delivered",
        "2026-10-26",
        "2026-11-22",
        "3",
    ]
    weeks = [row for row in rows if row[2] == "Week" and row[3] == "Issued"]
    assert [row[4:] for row in weeks] == [
        ["2026-10-26", "2026-11-01", "0"],
        ["2026-11-02", "2026-11-08", "0"],
        ["2026-11-09", "2026-11-15", "5"],
        ["2026-11-16", "2026-11-22", "0"],
    ]
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_figures_are_read_without_the_rows_they_sum_up(desk, badge, django_assert_num_queries):
    BadgeDay.objects.create(badge=badge, day=date(2026, 11, 20), issued=1_000_000, delivered=990_000)

    with django_assert_num_queries(4):
        seen = read_dashboard(Badge.objects.filter(pk=badge.pk), Period(13, date(2026, 11, 22)))

    assert (seen.figures[0].now, Activity.objects.count()) == ("1,000,000", 0)


def test_recent_actions_name_staff_and_of_an_earner_only_that_it_was_them(desk, issuance, staff):
    issuance.earner.name = "Private Name"
    issuance.earner.save()
    claim_issuance(issuance, by=issuance.earner)

    page = desk.get(reverse("admin:index"))

    assert next((line.who, line.event.verb) for line in page.context["events"]) == ("The earner", "badge claimed")
    assert "Private Name" not in page.content.decode()
